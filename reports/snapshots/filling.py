"""Writing the evidence of a snapshot and adding it up, set-based."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, models

from crm.lib.sql import given_rows_sql
from crm.lib.transactions import roomy
from reports.models import Snapshot
from reports.report import Sum, Totals

COLUMNS = (
    "measure, line_key, subject_type, subject_id, owner_id, team_id,"
    " occurred_on, cents, low_cents, high_cents, in_base, base_cents, facets"
)
# The same columns as a list of rows made in Python holds them.
GIVEN = {
    **dict.fromkeys(("measure", "line_key", "subject_type"), "TEXT"),
    **dict.fromkeys(("subject_id", "owner_id", "team_id"), "BIGINT"),
    "occurred_on": "DATE",
    **dict.fromkeys(("cents", "low_cents", "high_cents", "in_base", "base_cents"), "BIGINT"),
    "facets": "JSON",
}

# The columns of a part that are added up, in the order of `Sum`.
SUMMED = ("n", "cents", "low_cents", "high_cents", "base_n", "base_cents")

SUMS_BY_TEAM = """
    INSERT INTO reports_teamsum
        (snapshot_id, measure, owner_id, team_id, n, cents, low_cents, high_cents, base_n, base_cents)
    SELECT snapshot_id, measure, owner_id, team_id, SUM(n), SUM(cents), SUM(low_cents), SUM(high_cents), SUM(base_n),
        SUM(base_cents)
    FROM (
        SELECT snapshot_id, measure, CASE WHEN team_id IS NULL THEN owner_id END AS owner_id, team_id,
            n, cents, low_cents, high_cents, base_n, base_cents
        FROM reports_part WHERE snapshot_id = %s
    ) part GROUP BY snapshot_id, measure, owner_id, team_id ORDER BY team_id, owner_id"""

# Rows that are written at once where writers take turns: nobody waits longer than this takes.
TURN = 2000


def insert_rows(
    snapshot: Snapshot, expressions: str, select: str, values: dict[str, Any], *, reads: str = ""
) -> int:
    """Insert what `select` yields, in the order of `COLUMNS`; the answer is the number of rows.

    `expressions` are the common table expressions it reads. If it `reads` a single one, in several parts, SQLite
    works that one out first: it plans it for each part anew, which takes longer than to run it on a small company
    (of churn 66 ms, and 12 so). Call it outside of a transaction.
    """
    if reads and connection.vendor == "sqlite":
        with drafted(reads, expressions, f"SELECT * FROM {reads}", values):
            return insert_rows(snapshot, "", select, values)
    given = f"WITH RECURSIVE {expressions}" if expressions else ""
    rows = f"{given} SELECT {COLUMNS} FROM ({select}) evidence_row"
    insert = _in_turns if connection.vendor == "sqlite" else _in_one
    return insert(snapshot.pk, rows, values)


@dataclass(frozen=True)
class Row:
    """A row of evidence made in Python, of reports with few of them: people, months.

    `counts` are further measures of the same line, owner, team and day, without a range or base; their
    facets are `brief`. Without a `measure` the row is only these.
    """

    measure: str
    line_key: str
    subject: tuple[str, int]
    owner_id: int | None
    team_id: int | None
    occurred_on: date
    cents: int
    low_cents: int | None = None
    in_base: bool = False
    base_cents: int = 0
    facets: dict[str, Any] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    brief: dict[str, Any] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        return {
            "measure": self.measure,
            "line_key": self.line_key,
            "subject_type": self.subject[0],
            "subject_id": self.subject[1],
            "owner_id": self.owner_id,
            "team_id": self.team_id,
            "occurred_on": self.occurred_on.isoformat(),
            "cents": self.cents,
            "low_cents": self.cents if self.low_cents is None else self.low_cents,
            "high_cents": self.cents,
            "in_base": int(self.in_base),
            "base_cents": self.base_cents,
            "facets": self.facets,
            "brief": self.brief,
            **self.counts,
        }


def insert_made(snapshot: Snapshot, rows: Iterable[Row], counts: Sequence[str] = ()) -> int:
    """Insert rows made in Python, all in one statement. Call it outside of a transaction.

    `counts` name the measures that every row has in its own `counts`.
    """
    columns = GIVEN | {"brief": "JSON"} | dict.fromkeys(counts, "BIGINT")
    given = given_rows_sql("rows", columns, connection.vendor)
    selects = [
        f"SELECT {COLUMNS.replace('in_base', 'in_base = 1 AS in_base')} FROM made WHERE measure <> ''",
        *(
            f"SELECT '{name}', line_key, subject_type, subject_id, owner_id, team_id, occurred_on,"
            f" {name}, {name}, {name}, 0 = 1, 0, brief FROM made"
            for name in counts
        ),
    ]
    told = json.dumps([row.told() for row in rows], separators=(",", ":"))
    expressions = f"made AS MATERIALIZED ({given})"
    return insert_rows(snapshot, expressions, " UNION ALL ".join(selects), {"rows": told})


@contextmanager
def drafted(
    name: str, expressions: str, select: str, values: dict[str, Any], *, looked_up_by: str = ""
) -> Iterator[None]:
    """A table `name` of what `select` yields, for the statements inside that need it more than once.

    Nobody else sees it, and it is gone afterwards. Call it outside of a transaction. By the column
    `looked_up_by` SQLite finds its rows, which it would else scan for each row that it is joined to.
    """
    with _large_statement() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {name}")
        cursor.execute(f"CREATE TEMP TABLE {name} AS WITH RECURSIVE {expressions} {select}", values)
        if connection.vendor == "postgresql":
            cursor.execute(f"ANALYZE {name}")
        elif looked_up_by:
            cursor.execute(f"CREATE INDEX temp.{name}_lookup ON {name} ({looked_up_by})")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {name}")


def lent(
    name: str, columns: tuple[str, ...], rows: Iterable[tuple[int, ...]]
) -> AbstractContextManager[None]:
    """A table of whole numbers worked out beside the database, for the statements inside."""
    given = given_rows_sql("rows", dict.fromkeys(columns, "BIGINT"), connection.vendor)
    told = json.dumps([dict(zip(columns, row, strict=True)) for row in rows])
    return drafted(name, f"given AS ({given})", "SELECT * FROM given", {"rows": told})


def read_rows(expressions: str, select: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    """What a statement yields, by the names of its columns; for a few rows, such as one a line."""
    with _large_statement() as cursor:
        cursor.execute(f"{expressions and 'WITH RECURSIVE'} {expressions} {select}", values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@contextmanager
def _large_statement() -> Iterator[Any]:
    """A cursor with time and memory for a large statement."""
    with roomy(), connection.cursor() as cursor:
        yield cursor


def _in_one(snapshot_id: int, rows: str, values: dict[str, Any]) -> int:
    """Joined by hashing, never row by row.

    Of what a statement has worked out so far the planner knows no numbers: it guessed one row, and
    compared each with each (margins of 43,000 orders: 63 s; by hashing 2.3).
    """
    with _large_statement() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(
            f"INSERT INTO reports_evidence (snapshot_id, {COLUMNS})"
            f" SELECT %(snapshot)s, {COLUMNS} FROM ({rows}) evidence_row",
            {**values, "snapshot": snapshot_id},
        )
        return int(cursor.rowcount)


def _in_turns(snapshot_id: int, rows: str, values: dict[str, Any]) -> int:
    """SQLite lets one writer at a time: compute beside the database, then write in short turns.

    In one statement the nightly job held everybody else up for as long as it computed.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS temp.drafted")
        cursor.execute(f"CREATE TEMP TABLE drafted AS {rows}", values)
        cursor.execute("SELECT COUNT(*) FROM temp.drafted")
        count = int(cursor.fetchone()[0])
        for start in range(0, max(count, 1), TURN):
            cursor.execute(
                f"INSERT INTO reports_evidence (snapshot_id, {COLUMNS})"
                f" SELECT %s, {COLUMNS} FROM temp.drafted WHERE rowid > %s AND rowid <= %s",
                [snapshot_id, start, start + TURN],
            )
        cursor.execute("DROP TABLE temp.drafted")
    return count


def add_up(snapshot: Snapshot, by_month: Iterable[str], *, by_line: bool) -> None:
    """Write the parts of a snapshot: its evidence by measure, owner and team, some by month or by line; sums by team.

    What one manager reads lies together: 10 ms instead of 38 for the cohorts of 180 owners.
    """
    listed = ", ".join(f"'{measure}'" for measure in by_month)
    month = "SUBSTR(CAST(occurred_on AS TEXT), 1, 7)"
    month = f"CASE WHEN measure IN ({listed}) THEN {month} ELSE '' END" if listed else "''"
    groups = "measure, key, month, owner_id, team_id"
    statement = f"""
        INSERT INTO reports_part
            (snapshot_id, {groups}, n, cents, low_cents, high_cents, base_n, base_cents)
        SELECT %s, {groups}, COUNT(*), SUM(cents), SUM(low_cents), SUM(high_cents),
            SUM(CASE WHEN in_base THEN 1 ELSE 0 END),
            SUM(CASE WHEN in_base THEN base_cents ELSE 0 END)
        FROM (
            SELECT measure, {"line_key" if by_line else "''"} AS key, {month} AS month, owner_id,
                team_id, cents, low_cents, high_cents, in_base, base_cents
            FROM reports_evidence WHERE snapshot_id = %s
        ) evidence_row GROUP BY {groups} ORDER BY team_id, owner_id"""
    with _large_statement() as cursor:
        cursor.execute(statement, [snapshot.pk, snapshot.pk])
        cursor.execute(SUMS_BY_TEAM, [snapshot.pk])


def totals_of(parts: Any) -> Totals:
    """Sums of a queryset of parts, by measure, key and month: any of them left out sums over it."""
    totals = Totals()
    names = ("measure", "key", "month")
    rows = parts.order_by().values_list(*names)
    for measure, key, month, *sums in rows.annotate(*(models.Sum(name) for name in SUMMED)):
        totals.add(measure, key, month, Sum(*sums))
    return totals
