"""Writing the audit log: in the transaction of the change, set-based, one batch id per act.

`acting` says who acts and from where; the middleware enters it for each request, a job for each run.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from team.audit_rows import store_entries
from team.models import AuditEntry, User

CHUNK = 1000
# The name of what was done without a person and without a job.
NOBODY = "system"


@dataclass(frozen=True)
class Actor:
    """Who acts: a person, or nobody (a schedule, the command line) under a name."""

    user: User | None = None
    name: str = NOBODY
    request_id: str = ""
    address: str = ""
    batch: uuid.UUID = field(default_factory=uuid.uuid4)


_actor: ContextVar[Actor | None] = ContextVar("actor", default=None)


def current_actor() -> Actor:
    return _actor.get() or Actor()


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """Everything recorded inside is by this actor, in this batch."""
    token = _actor.set(actor)
    try:
        yield actor
    finally:
        _actor.reset(token)


@dataclass(frozen=True)
class Change:
    """One audited change of one row; `before` empty = made, `after` empty = removed."""

    subject: models.Model | None
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


def record(
    action: str,
    subject: models.Model | None = None,
    *,
    by: User | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write one entry. Call it inside the transaction of the change it describes."""
    record_many(action, [Change(subject, before or {}, after or {})], by=by)


def record_many(action: str, changes: Iterable[Change], *, by: User | None) -> None:
    """Write one entry per change, in chunks of two statements."""
    actor = current_actor()
    now = timezone.now()
    chunk: list[Change] = []
    for change in changes:
        chunk.append(change)
        if len(chunk) == CHUNK:
            _write(action, chunk, by, actor, now)
            chunk = []
    if chunk:
        _write(action, chunk, by, actor, now)


def _write(
    action: str, changes: list[Change], by: User | None, actor: Actor, now: datetime
) -> None:
    details = [_as_json(change) for change in changes]
    who = by or actor.user
    said = AuditEntry(
        at=now,
        actor_id=who.pk if who else None,
        actor_name=who.name if who else actor.name,
        action=action,
        batch=actor.batch,
        request_id=actor.request_id,
        address=actor.address,
    )
    rows = [
        _subject(change.subject) | {"detail_hash": _hash_of_values(detail)}
        for change, detail in zip(changes, details, strict=True)
    ]
    store_entries(said, rows, details)


def _subject(subject: models.Model | None) -> dict[str, Any]:
    if subject is None:
        return {"subject_type": "", "subject_id": None, "subject_name": ""}
    return {
        "subject_type": subject._meta.label_lower.partition(".")[2],
        "subject_id": subject.pk,
        "subject_name": one_line(str(subject))[:250],
    }


def _hash_of_values(detail: dict[str, Any]) -> str:
    return hash_of(detail) if detail["before"] or detail["after"] else ""


def _as_json(change: Change) -> dict[str, Any]:
    """The values as they will be stored, so that their hash can be checked later."""
    if _is_plain(change.before) and _is_plain(change.after):
        return {"before": dict(change.before), "after": dict(change.after)}
    plain: dict[str, Any] = json.loads(
        json.dumps({"before": change.before, "after": change.after}, cls=DjangoJSONEncoder)
    )
    return plain


def _is_plain(values: dict[str, Any]) -> bool:
    """Nothing in it that JSON would write otherwise: an act over 20,000 records need not write and read each twice."""
    return all(value is None or type(value) in (str, int, bool) for value in values.values())


def hash_of(detail: dict[str, Any]) -> str:
    text = json.dumps(detail, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def one_line(text: str) -> str:
    """No line breaks or control characters: nobody writes their own log lines."""
    return text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)


def last_entry(subject: models.Model, *actions: str) -> AuditEntry | None:
    """The last time that one of these was done to it."""
    kind = subject._meta.label_lower.partition(".")[2]
    done = AuditEntry.objects.filter(subject_type=kind, subject_id=subject.pk, action__in=actions)
    return done.order_by("-pk").first()


def values_of(row: models.Model, names: Iterable[str]) -> dict[str, Any]:
    """The stored values of some fields, foreign keys as ids."""
    return {name: _stored(row, name) for name in names}


def _stored(row: models.Model, name: str) -> Any:
    field = row._meta.get_field(name)
    return field.value_from_object(row) if isinstance(field, models.Field) else None


def changed(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only the entries that differ."""
    names = [name for name in after if before.get(name) != after[name]]
    return {n: before.get(n) for n in names}, {n: after[n] for n in names}
