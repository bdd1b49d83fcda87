"""Lifting the guards of the audit log, for emptying a whole database and for nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections, transaction

TABLES = ("team_auditentry", "team_auditdetail")


@contextmanager
def audit_guards_lifted(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Inside, audit entries can be removed; afterwards, or if it fails, the guards stand as before."""
    with transaction.atomic(using=using):
        if connections[using].vendor == "postgresql":
            _switch_triggers(using, "DISABLE")
            yield
            _switch_triggers(using, "ENABLE")
        else:
            triggers = _drop_triggers(using)
            yield
            _execute(using, triggers)


def _switch_triggers(using: str, word: str) -> None:
    # a table with checks outstanding cannot be altered: let them run now, later ones wait again
    _execute(using, ["SET CONSTRAINTS ALL IMMEDIATE"])
    _execute(using, [f"ALTER TABLE {table} {word} TRIGGER USER" for table in TABLES])
    _execute(using, ["SET CONSTRAINTS ALL DEFERRED"])


def _drop_triggers(using: str) -> list[str]:
    """Drop the triggers of SQLite; the answer is what makes them again."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN (%s, %s)",
            TABLES,
        )
        found = cursor.fetchall()
    _execute(using, [f"DROP TRIGGER {name}" for name, _sql in found])
    return [sql for _name, sql in found]


def _execute(using: str, statements: list[str]) -> None:
    with connections[using].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
