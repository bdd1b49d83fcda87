"""Storing entries of the audit log: as many as there are in two statements.

A hand-over of 18,000 records spent most of its time on making objects of its entries and statements of these.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from crm.lib.sql import given_rows_sql
from team.models import AuditEntry

# What each entry says by itself, as a list of rows made in Python holds it; the rest is said once for all.
GIVEN = {
    "n": "BIGINT",
    "subject_type": "TEXT",
    "subject_id": "BIGINT",
    "subject_name": "TEXT",
    "detail_hash": "TEXT",
}
DETAIL = {"entry_id": "BIGINT", "before": "JSON", "after": "JSON"}

_ENTRIES = """INSERT INTO team_auditentry (at, actor_id, actor_name, action, batch, request_id, address, sealed,
    subject_type, subject_id, subject_name, detail_hash)
SELECT {said}, '', subject_type, subject_id, subject_name, detail_hash FROM ({given}) entries ORDER BY n
RETURNING id"""
_DETAILS = """INSERT INTO team_auditdetail (entry_id, before, after)
SELECT entry_id, before, after FROM ({given}) details"""


def store_entries(
    said: AuditEntry, rows: Sequence[Mapping[str, Any]], details: Sequence[Mapping[str, Any]]
) -> None:
    """An entry for each of `rows`, which hold its subject, with what `said` says of all, and its values beside it."""
    names = ("at", "actor_id", "actor_name", "action", "batch", "request_id", "address")
    told = {name: _adapted(said, name) for name in names}
    numbered = [{"n": n, **row} for n, row in enumerate(rows)]
    entries = _ENTRIES.replace("{said}", ", ".join(_typed(name) for name in names))
    ids = sorted(row[0] for row in _written(entries, GIVEN, numbered, told))
    beside = [
        {"entry_id": pk, **detail}
        for pk, detail in zip(ids, details, strict=True)
        if detail["before"] or detail["after"]
    ]
    if beside:
        _written(_DETAILS, DETAIL, beside, {})


def _adapted(said: AuditEntry, name: str) -> Any:
    """As the column stores it."""
    field = AuditEntry._meta.get_field(name)
    return field.get_db_prep_save(getattr(said, name), connection)  # type: ignore[union-attr]


def _typed(name: str) -> str:
    """A parameter as an expression of its column's type: beside a SELECT nothing else says it."""
    field = AuditEntry._meta.get_field(name)
    kind = "bigint" if name == "actor_id" else field.db_type(connection)
    return f"CAST(%({name})s AS {kind})" if connection.vendor == "postgresql" else f"%({name})s"


def _written(
    statement: str, columns: Mapping[str, str], rows: Sequence[Any], told: dict[str, Any]
) -> list[tuple[Any, ...]]:
    given = given_rows_sql("rows", dict(columns), connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("{given}", given), {**told, "rows": json.dumps(rows)})
        return list(cursor.fetchall()) if cursor.description else []
