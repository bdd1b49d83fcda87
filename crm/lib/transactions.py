"""Transactions of long work: without the time limit of pages, and reading one state of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


def unhurried() -> None:
    """Lift the time limit of statements for the rest of this transaction."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")


@contextmanager
def roomy() -> Iterator[None]:
    """Time and memory for large statements: with the usual 4 MB their sorts go to disk.

    On PostgreSQL a transaction of its own, or the one there is; SQLite needs neither, and would hold up writers.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '30min'; SET LOCAL work_mem = '64MB'")
        yield


def count_rows_anew(*tables: str) -> None:
    """Let PostgreSQL plan with what was just stored in bulk, in these tables or all of them.

    It would find out by itself a minute later. What somebody else counts at this moment is passed over: two that wait
    for each other's count would wait for ever.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE (SKIP_LOCKED) {', '.join(tables)}")


@contextmanager
def one_state() -> Iterator[None]:
    """Inside, every statement reads the database as it was at the first one; nobody's writing waits."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            unhurried()
            yield
    else:
        # not `atomic`: its BEGIN IMMEDIATE would keep writers out
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("COMMIT")
