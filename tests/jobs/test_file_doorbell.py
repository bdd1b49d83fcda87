"""The queue of files after a full disk or a kill: what is half written stops nobody."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu import Connection
from kombu.transport.virtual import BrokerState

from crm.celery import file_queue
from crm.file_doorbell import Transport


@pytest.fixture
def queue(tmp_path: Path, settings, monkeypatch) -> Iterator[Connection]:
    settings.DATA_DIR = tmp_path
    forget_queues(monkeypatch)
    told = file_queue()
    with Connection(
        told["broker_url"],
        transport=told["broker_transport"],
        transport_options=told["broker_transport_options"],
    ) as connection:
        yield connection


def forget_queues(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a new process knows none."""
    monkeypatch.setattr(Transport, "global_state", BrokerState())


def ring(connection: Connection, word: str) -> None:
    with connection.SimpleQueue("celery") as bell:
        bell.put(word)


def heard(connection: Connection) -> str:
    with connection.SimpleQueue("celery") as bell:
        message = bell.get(timeout=5)
        message.ack()
        return str(message.payload)


@pytest.mark.parametrize("half", [b"", b'{"body": "W1tdLCB', b"\xff\xfe"])
def test_half_a_message_is_passed_over(half: bytes, queue: Connection, tmp_path: Path) -> None:
    messages = tmp_path / "queue" / "messages"
    (messages / "0_half.celery.msg").write_bytes(half)
    ring(queue, "whole")
    assert heard(queue) == "whole"
    assert list(messages.iterdir()) == []


def test_half_a_table_of_queues_is_written_anew(
    queue: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring(queue, "first")
    (table,) = (tmp_path / "queue" / "control").iterdir()
    table.write_bytes(b"")
    forget_queues(monkeypatch)
    with Connection(
        "filesystem://localhost/",
        transport="crm.file_doorbell:Transport",
        transport_options=file_queue()["broker_transport_options"],
    ) as other:
        ring(other, "second")
        # those of one millisecond come in any order
        assert {heard(other), heard(other)} == {"first", "second"}
    assert table.read_bytes()
