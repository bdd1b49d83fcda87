"""Asking for each page in turn, round after round, so that a busy machine is equally busy for all."""

import socket
import time
import uuid
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from random import Random
from statistics import median
from typing import Any
from urllib.parse import urlencode

from reports.bench.counting import HEADER
from reports.bench.stand import BenchFailed, Stand

CONNECTIONS = 4
WARM_UP = 5


@dataclass
class Measured:
    """One page as one person on one database: its queries and its milliseconds from first byte to last."""

    page: str
    who: str
    database: str
    queries: set[int] = field(default_factory=set)
    times: list[float] = field(default_factory=list)
    kilobytes: int = 0
    rows: int = 0

    @property
    def median(self) -> float:
        return median(self.times)

    @property
    def p95(self) -> float:
        return sorted(self.times)[max(0, round(len(self.times) * 0.95) - 1)]


class Browser:
    """Keeps some connections to a stand open and uses them in turn, so that every worker serves."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.connections = [
            HTTPConnection("127.0.0.1", stand.port, timeout=60) for _ in range(CONNECTIONS)
        ]
        self.turn = 0

    def ask(self, target: dict[str, Any]) -> tuple[float, int, bytes]:
        """Milliseconds, queries and content of one answer."""
        self.turn += 1
        connection = self.connections[self.turn % CONNECTIONS]
        headers = dict(self.stand.plan["headers"][target["who"]])
        method, body = "GET", None
        if target["data"]:
            client_ref = str(uuid.uuid4())
            self.stand.client_refs.append(client_ref)
            method, body = "POST", urlencode(target["data"] | {"client_ref": client_ref})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        _open(connection)
        begun = time.perf_counter()
        connection.request(method, target["path"], body, headers)
        answer = connection.getresponse()
        content = answer.read()
        spent = (time.perf_counter() - begun) * 1000
        expected = 303 if target["data"] else 200
        if answer.status != expected:
            raise BenchFailed(
                f"{target['page']} as {target['who']} on {self.stand.name} answered {answer.status}, not {expected}."
            )
        return spent, int(answer.headers[HEADER]), content


def _open(connection: HTTPConnection) -> None:
    """A connection that the server closed while idle is opened anew, outside the measured time."""
    if connection.sock is not None and _closed(connection.sock):
        connection.close()
    if connection.sock is None:
        # http.client sends small requests at once: it sets TCP_NODELAY itself
        connection.connect()


def _closed(sock: socket.socket) -> bool:
    sock.setblocking(False)
    try:
        return sock.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        sock.settimeout(60)


def measure(stands: list[Stand], rounds: int) -> list[Measured]:
    """Every target of every stand, `rounds` times after the warm-up."""
    browsers = [Browser(stand) for stand in stands]
    shuffle = Random(1).shuffle  # noqa: S311 - an order, no secret
    rows = [
        (browser, target, Measured(target["page"], target["who"], browser.stand.name))
        for targets in zip(*(browser.stand.plan["targets"] for browser in browsers), strict=True)
        for browser, target in zip(browsers, targets, strict=True)
    ]
    for number in range(WARM_UP + rounds):
        # no page always follows the same one
        shuffle(rows)
        for browser, target, row in rows:
            try:
                spent, queries, content = browser.ask(target)
            except (OSError, HTTPException) as error:
                raise BenchFailed(f"{row.page} as {row.who} on {row.database}: {error}") from error
            if number >= WARM_UP:
                row.times.append(spent)
                row.queries.add(queries)
                row.kilobytes = len(content) // 1024
                row.rows = content.count(b"<tr") + content.count(b"<li")
    order = {
        (target["page"], target["who"]): n for n, target in enumerate(stands[0].plan["targets"])
    }
    measured = [row for _browser, _target, row in rows]
    return sorted(measured, key=lambda row: (order[row.page, row.who], row.database))
