"""What somebody did, as a file that shows whether it was changed: for a dispute, or a court.

Each line carries the hash over itself and the line before, entries of the audit log their seal as well.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from heapq import merge
from typing import Any

from crm.lib.csvio import inert
from team.models import AuditEntry, Reading, User

HEAD = ("at (UTC)", "what", "kind", "record", "name", "address", "seal", "hash")
CHUNK = 2000


def evidence_of(user: User, since: datetime) -> Iterator[Sequence[Any]]:
    """Lines by time, the head first: the audit entries of a person and the customers they opened. Two queries."""
    yield HEAD
    before = ""
    for line in merge(_entries(user, since), _openings(user, since), key=lambda row: row[0]):
        before = chained(before, line)
        yield (*line, before)


def chained(before: str, line: Sequence[Any]) -> str:
    """SHA-256 over the hash of the line before and the fields of this one as the file has them, parted by a unit
    separator.
    """
    text = "\x1f".join([before, *(str(inert(value)) for value in line)])
    return hashlib.sha256(text.encode()).hexdigest()


def _entries(user: User, since: datetime) -> Iterator[Sequence[Any]]:
    rows = AuditEntry.objects.filter(actor=user, at__gte=since).order_by("at", "pk")
    told = rows.values_list(
        "at", "action", "subject_type", "subject_id", "subject_name", "address", "sealed"
    )
    for at, action, kind, record, name, address, sealed in told.iterator(CHUNK):
        yield (_moment(at), action, kind, record or "", name, address, sealed)


def _openings(user: User, since: datetime) -> Iterator[Sequence[Any]]:
    rows = Reading.objects.filter(user=user, at__gte=since).order_by("at", "pk")
    for at, customer in rows.values_list("at", "customer_id").iterator(CHUNK):
        yield (_moment(at), "open", "customer", customer, "", "", "")


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
