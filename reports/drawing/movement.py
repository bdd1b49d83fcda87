"""How customers moved between the classes or segments of two days, as a matrix."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import QuerySet

from reports.models import Evidence, Snapshot


@dataclass(frozen=True)
class Move:
    """Customers that went from one segment to another; `cents` is what they brought by the later day.

    `was` is empty for who was no customer yet on the earlier day.
    """

    was: str
    now: str
    customers: int
    cents: int


def movement(before: Snapshot, rows: QuerySet[Evidence]) -> list[Move]:
    """The matrix of `rows` (the evidence of a later snapshot of `rfm` or `abc`, all or a viewer's part).

    Every one of these customers is in it once, wherever it stood in the snapshot `before` and whoever
    answered for it then. One query.
    """
    later, values = (
        rows.order_by().values_list("subject_id", "measure", "cents").query.sql_with_params()
    )
    statement = f"""
WITH placed(subject_id, was, now, cents) AS (
    SELECT subject_id, measure, '', 0 FROM reports_evidence WHERE snapshot_id = %s
    UNION ALL
    SELECT subject_id, '', measure, cents FROM ({later}) later
),
moved AS (
    SELECT subject_id, MAX(was) AS was, MAX(now) AS now, SUM(cents) AS cents
    FROM placed GROUP BY subject_id HAVING MAX(now) <> ''
)
SELECT was, now, COUNT(*), CAST(SUM(cents) AS BIGINT) FROM moved
GROUP BY was, now ORDER BY was, now"""
    with connection.cursor() as cursor:
        cursor.execute(statement, [before.pk, *values])
        return [Move(*row) for row in cursor.fetchall()]
