"""A full disk is told as one: refused, nothing half stored, reading goes on (trust.md, fault 18)."""

import errno
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from crm.lib.errors import is_disk_full
from customers.models import Customer
from sales.models import Activity
from team.models import AuditEntry, User

Login = Callable[[User], Client]
SAID = "The disk of the server is full"
NOTES = 400


@pytest.fixture
def no_room(request: pytest.FixtureRequest) -> Iterator[Callable[[], None]]:
    """Let SQLite's file grow no page more: it answers as on a disk without room."""

    def pragma(limit: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA max_page_count = {limit}")

    def fill() -> None:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA page_count")
            pages = cursor.fetchone()[0]
        pragma(pages)

    yield fill
    pragma(1_073_741_823)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="of the file of SQLite")
@pytest.mark.django_db(transaction=True)
def test_a_note_without_room_is_refused_and_reading_goes_on(
    no_room: Callable[[], None], login: Login, rep: User
) -> None:
    customer = Customer.everything.create(name="Full", reference="full", owner=rep)
    browser = login(rep)
    browser.raise_request_exception = False
    no_room()
    refused, kept = None, 0
    while refused is None and kept < NOTES:
        answer = note(browser, customer)
        if answer.status_code == 303:
            kept += 1
        else:
            refused = answer
    assert refused is not None and refused.status_code == 503
    told = refused.content.decode()
    assert SAID in told and "busy" not in told and "Retry-After" not in refused
    assert Activity.everything.filter(customer=customer).count() == kept
    told_of = AuditEntry.objects.filter(subject_type="activity").values("subject_id").distinct()
    assert told_of.count() == kept
    assert browser.get(f"/customers/{customer.pk}/").status_code == 200


@pytest.mark.skipif(connection.vendor != "sqlite", reason="of the file of SQLite")
@pytest.mark.django_db(transaction=True)
def test_with_room_again_the_same_is_kept(
    no_room: Callable[[], None], login: Login, rep: User
) -> None:
    customer = Customer.everything.create(name="Full", reference="full", owner=rep)
    browser = login(rep)
    browser.raise_request_exception = False
    no_room()
    while note(browser, customer).status_code == 303:
        pass
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1073741823")
    assert note(browser, customer).status_code == 303


def note(browser: Client, customer: Customer) -> Any:
    body = {"note": "long " * 900, "client_ref": str(uuid.uuid4())}
    return browser.post(f"/customers/{customer.pk}/notes/", body)


class DiskFull(Exception):
    """As the driver of PostgreSQL raises it."""

    sqlstate = "53100"


class TooManyConnections(Exception):
    sqlstate = "53300"


@pytest.mark.parametrize(
    ("cause", "full"), [(DiskFull(), True), (TooManyConnections(), False), (None, False)]
)
def test_postgresql_says_it_by_a_code(cause: Exception | None, full: bool) -> None:
    error = OperationalError("could not extend file")
    error.__cause__ = cause
    assert is_disk_full(error) is full


@pytest.mark.parametrize(
    ("code", "full"), [(errno.ENOSPC, True), (errno.EDQUOT, True), (errno.EACCES, False)]
)
def test_a_file_that_finds_no_room_is_told_the_same(code: int, full: bool) -> None:
    assert is_disk_full(OSError(code, "no")) is full
