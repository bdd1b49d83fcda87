"""Writing the evidence of a snapshot and adding it up, set-based."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, models

from reports.models import Snapshot
from reports.report import Sum, Totals

COLUMNS = (
    "measure, line_key, subject_type, subject_id, owner_id, team_id,"
    " occurred_on, cents, in_base, base_cents, facets"
)


def insert_rows(snapshot: Snapshot, expressions: str, select: str, values: dict[str, Any]) -> int:
    """Insert what `select` yields, in the order of `COLUMNS`; the answer is the number of rows.

    `expressions` are the common table expressions it reads.
    """
    statement = (
        f"INSERT INTO reports_evidence (snapshot_id, {COLUMNS})"
        f" WITH RECURSIVE {expressions}"
        f" SELECT %(snapshot)s, {COLUMNS} FROM ({select}) evidence_row"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, {**values, "snapshot": snapshot.pk})
        return int(cursor.rowcount)


def add_up(snapshot: Snapshot, by_month: Iterable[str], *, by_line: bool) -> None:
    """Write the parts of a snapshot: its evidence by measure, owner and team, some by month or by line."""
    listed = ", ".join(f"'{measure}'" for measure in by_month)
    month = "SUBSTR(CAST(occurred_on AS TEXT), 1, 7)"
    month = f"CASE WHEN measure IN ({listed}) THEN {month} ELSE '' END" if listed else "''"
    groups = "measure, key, month, owner_id, team_id"
    statement = f"""
        INSERT INTO reports_part (snapshot_id, {groups}, n, cents, base_n, base_cents)
        SELECT %s, {groups}, COUNT(*), SUM(cents), SUM(CASE WHEN in_base THEN 1 ELSE 0 END),
            SUM(CASE WHEN in_base THEN base_cents ELSE 0 END)
        FROM (
            SELECT measure, {"line_key" if by_line else "''"} AS key, {month} AS month, owner_id,
                team_id, cents, in_base, base_cents
            FROM reports_evidence WHERE snapshot_id = %s
        ) evidence_row GROUP BY {groups}"""
    with connection.cursor() as cursor:
        cursor.execute(statement, [snapshot.pk, snapshot.pk])


def totals_of(parts: Any) -> Totals:
    """Sums of a queryset of parts, by measure, key and month: any of them left out sums over it."""
    totals = Totals()
    names = ("measure", "key", "month")
    sums = {name: models.Sum(name) for name in ("n", "cents", "base_n", "base_cents")}
    for row in parts.order_by().values(*names).annotate(**{f"sum_{k}": v for k, v in sums.items()}):
        whole = Sum(row["sum_n"], row["sum_cents"], row["sum_base_n"], row["sum_base_cents"])
        totals.add(row["measure"], row["key"], row["month"], whole)
    return totals
