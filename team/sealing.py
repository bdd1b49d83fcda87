"""The hash chain over the audit log (ruling 27): each entry is sealed with the seal of the one before.

Whoever rewrites or removes a sealed entry breaks every seal after it. The last seal, kept elsewhere,
also shows when the end of the log was cut off.
"""

import hashlib
import json
import time
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from team.audit import hash_of
from team.models import AuditEntry

CHUNK = 1000
LONGEST_LIST = 20
# How long to wait for transactions that may hold earlier ids than what can be seen.
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Head:
    """A sealed entry. Written down elsewhere, it vouches for the log up to there."""

    entry_id: int = 0
    seal: str = ""

    def __str__(self) -> str:
        return f"{self.entry_id}:{self.seal}"


@dataclass
class Check:
    """What walking the chain found; `broken` holds a sentence per entry that is not as it was sealed."""

    head: Head = field(default_factory=Head)
    sealed: int = 0
    unsealed: int = 0
    blanked: int = 0
    broken: list[str] = field(default_factory=list)

    def complain(self, sentence: str) -> None:
        if len(self.broken) < LONGEST_LIST:
            self.broken.append(sentence)


def seal_log(patience: float = PATIENCE_SECONDS) -> int:
    """Seal what is settled, in order of id, in chunks; answers how many entries were sealed."""
    upto = _settled_id(patience)
    head, count = last_head(), 0
    while chunk := _seal_chunk(head, upto):
        head = Head(chunk[-1].pk, chunk[-1].sealed)
        count += len(chunk)
    return count


def check_log(known: Head | None = None) -> Check:
    """Walk the whole log once. With `known`, a head written down earlier must still be in it."""
    check = Check()
    seen_known = known is None or known == Head()
    entries = AuditEntry.objects.order_by("id").select_related("detail")
    for entry in entries.iterator(chunk_size=CHUNK):
        if not entry.sealed:
            check.unsealed += 1
            continue
        if check.unsealed:
            check.complain(f"Before entry {entry.pk} there are {check.unsealed} without a seal.")
            check.unsealed = 0
        if entry.sealed != _seal(check.head.seal, entry):
            check.complain(f"Entry {entry.pk} does not follow from the one before it.")
        _check_detail(check, entry)
        check.head = Head(entry.pk, entry.sealed)
        check.sealed += 1
        seen_known = seen_known or check.head == known
    if not seen_known:
        check.complain(f"The log no longer holds the head {known}.")
    return check


def last_head() -> Head:
    last = AuditEntry.objects.exclude(sealed="").order_by("-id").first()
    return Head(last.pk, last.sealed) if last else Head()


def _seal_chunk(head: Head, upto: int) -> list[AuditEntry]:
    with transaction.atomic():
        fresh = AuditEntry.objects.filter(pk__gt=head.entry_id, pk__lte=upto)
        chunk = list(fresh.order_by("id")[:CHUNK])
        previous = head.seal
        for entry in chunk:
            previous = entry.sealed = _seal(previous, entry)
        AuditEntry.objects.bulk_update(chunk, ["sealed"])
    return chunk


def _seal(previous: str, entry: AuditEntry) -> str:
    values = [
        previous,
        entry.pk,
        entry.at.astimezone(UTC).isoformat(),
        entry.actor_id,
        entry.actor_name,
        entry.action,
        entry.subject_type,
        entry.subject_id,
        entry.subject_name,
        str(entry.batch),
        entry.request_id,
        entry.address,
        entry.detail_hash,
    ]
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _check_detail(check: Check, entry: AuditEntry) -> None:
    detail: Any = getattr(entry, "detail", None)
    if detail is None or not entry.detail_hash:
        if detail is not None or entry.detail_hash:
            check.complain(f"The values of entry {entry.pk} are missing or were added.")
        return
    values = {"before": detail.before, "after": detail.after}
    if values == {"before": {}, "after": {}}:
        check.blanked += 1
    elif hash_of(values) != entry.detail_hash:
        check.complain(f"The values of entry {entry.pk} were changed.")


def _settled_id(patience: float) -> int:
    """The highest id below which no entry can appear any more; 0 if a writer keeps it open too long.

    On SQLite writers queue, so ids are committed in order. On PostgreSQL a transaction may commit
    entries later than others with higher ids; it shows by the lock it holds on the table.
    """
    newest: int = AuditEntry.objects.aggregate(newest=Max("id"))["newest"] or 0
    if connection.vendor != "postgresql":
        return newest
    before = _writing()
    deadline = time.monotonic() + patience
    while before & _writing():
        if time.monotonic() > deadline:
            return 0
        time.sleep(0.2)
    return newest


def _writing() -> set[str]:
    """The transactions of others that have written to the log and are still open (PostgreSQL)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT virtualtransaction FROM pg_locks WHERE relation = 'team_auditentry'::regclass"
            " AND mode = 'RowExclusiveLock' AND pid <> pg_backend_pid()"
        )
        return {row[0] for row in cursor.fetchall()}
