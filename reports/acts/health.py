"""In which order to call customers at risk: by what is known of their health. An order, never a figure.

Four things are told of each customer and stand beside it: how much of its threshold has passed in silence,
what it answered last, what it bought in the last half-year against the half-year before, and how many of its
complaints nobody has answered. The place is the sum of the four ranks. What is not known counts as neither good nor
bad. The points on a customer's page are another thing (docs/decisions/0018).
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.fields.json import KT

from crm.lib.periods import day_number
from crm.lib.sql import day_number_sql
from customers.knowledge import known, known_money, not_test, survivor_of, survivors
from reports.models import Evidence, Snapshot
from reports.rows.rhythm import parts_of
from reports.snapshots.taking import run_of
from reports.statistics.intervals import share, wilson

HALF_YEAR = 182
# An answer is told for a year.
ANSWER_DAYS = 365
# What an answer of nobody counts as, between detractors and promoters.
NEUTRAL = 7.5


@dataclass(frozen=True)
class Health:
    """`silence` is the part of the threshold that has passed, `answer` the last one (0 to 10) of a year,
    `trend` revenue of the last half-year ÷ that of the one before (None: nothing before), `complaints` those open."""

    evidence_id: int
    customer_id: int
    silence: float
    answer: int | None
    trend: float | None
    complaints: int


@dataclass(frozen=True)
class Third:
    """A third of a call list of a year ago, the worst first: how many, and how many are lost since."""

    place: int
    customers: int
    lost: int

    @property
    def rate(self) -> float | None:
        return share(self.lost, self.customers)

    @property
    def interval(self) -> tuple[float | None, float | None]:
        return wilson(self.lost, self.customers)


def in_order(rows: QuerySet[Evidence], snapshot: Snapshot, most: int = 100) -> list[Health]:
    """The first of these rows of the list `at_risk` of a churn snapshot, the worst health first.

    One query. Ties: larger value first.
    """
    told = f"""{_ranked(rows)}
SELECT id, subject_id, silence, answer, trend, complaints FROM ranked
ORDER BY place DESC, cents DESC, id LIMIT %(most)s"""
    return [Health(*row) for row in _read(told, rows, snapshot, most=most)]


def check(rows: QuerySet[Evidence], then: Snapshot, now: Snapshot) -> list[Third]:
    """Does the order tell who is lost? The call list of a snapshot a year old against a churn snapshot of now.

    Lost: no longer active by `now`. One query.
    """
    told = f"""{_ranked(rows)},
third AS (
    SELECT NTILE(3) OVER (ORDER BY place DESC, cents DESC, id) AS place, subject_id FROM ranked
)
SELECT place, COUNT(*), SUM(CASE WHEN subject_id IN (
    SELECT e.subject_id FROM reports_evidence e WHERE e.snapshot_id = %(now)s AND e.measure = 'active'
) THEN 0 ELSE 1 END) FROM third GROUP BY place ORDER BY place"""
    return [Third(*row) for row in _read(told, rows, then, now=now.pk)]


def _read(
    statement: str, rows: QuerySet[Evidence], snapshot: Snapshot, **more: int
) -> list[tuple[Any, ...]]:
    """`rows` give the values `r0`, `r1` ... of their own part of the statement."""
    as_of: date = snapshot.as_of
    values: dict[str, Any] = {
        "date": as_of.isoformat(),
        "day": day_number(as_of),
        "parts": parts_of(run_of(snapshot).values["k"]),
        **{f"r{n}": value for n, value in enumerate(_compiled(rows)[1])},
        **more,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _compiled(rows: QuerySet[Evidence]) -> tuple[str, tuple[Any, ...]]:
    told = rows.order_by().annotate(threshold=KT("facets__threshold_parts"))
    columns = ("id", "subject_id", "cents", "occurred_on", "threshold")
    statement, values = told.values_list(*columns).query.sql_with_params()
    numbers = iter(range(len(values)))
    return re.sub("%s", lambda _: f"%(r{next(numbers)})s", statement), values


def _ranked(rows: QuerySet[Evidence]) -> str:
    """`ranked`: the rows with the four things told of them and their place."""
    vendor = connection.vendor
    silent = f"(%(day)s - {day_number_sql('occurred_on', vendor)})"
    return f"""
WITH RECURSIVE {survivors()},
listed(id, subject_id, cents, occurred_on, threshold) AS MATERIALIZED ({_compiled(rows)[0]}),
concerned AS MATERIALIZED (
    SELECT subject_id AS customer_id FROM listed
    UNION SELECT v.customer_id FROM survivor v JOIN listed l ON l.subject_id = v.survivor_id
),
bought AS MATERIALIZED (
    SELECT m.customer_id,
        SUM(CASE WHEN m.day > %(day)s - {HALF_YEAR} THEN m.cents ELSE 0 END) AS lately,
        SUM(CASE WHEN m.day <= %(day)s - {HALF_YEAR} THEN m.cents ELSE 0 END) AS earlier
    FROM ({known_money(vendor)} AND r.customer_id IN (SELECT customer_id FROM concerned)) m
    WHERE m.day > %(day)s - 2 * {HALF_YEAR}
    GROUP BY m.customer_id
),
said AS (
    SELECT {survivor_of("s")} AS customer_id, s.score, ROW_NUMBER() OVER (
        PARTITION BY {survivor_of("s")} ORDER BY s.answered_on DESC, s.reference DESC) AS place
    FROM customers_survey s LEFT JOIN survivor v ON v.customer_id = s.customer_id
    WHERE s.kind = 'nps' AND s.score IS NOT NULL AND {known("s", "s.answered_on")}
        AND {day_number_sql("s.answered_on", vendor)} > %(day)s - {ANSWER_DAYS} AND {not_test("s")}
),
last_said AS MATERIALIZED (SELECT customer_id, score FROM said WHERE place = 1),
waiting AS MATERIALIZED (
    SELECT {survivor_of("p")} AS customer_id, COUNT(*) AS complaints
    FROM customers_complaint p LEFT JOIN survivor v ON v.customer_id = p.customer_id
    WHERE {known("p", "p.made_on")} AND (p.settled_on IS NULL OR p.settled_on > %(date)s)
    GROUP BY {survivor_of("p")}
),
told AS (
    SELECT l.id, l.subject_id, l.cents,
        CAST({silent} AS DOUBLE PRECISION) * %(parts)s / CAST(l.threshold AS BIGINT) AS silence,
        a.score AS answer,
        CASE WHEN b.earlier > 0
            THEN CAST(b.lately AS DOUBLE PRECISION) / b.earlier END AS trend,
        COALESCE(w.complaints, 0) AS complaints
    FROM listed l LEFT JOIN bought b ON b.customer_id = l.subject_id
    LEFT JOIN last_said a ON a.customer_id = l.subject_id
    LEFT JOIN waiting w ON w.customer_id = l.subject_id
),
ranked AS (
    SELECT told.*, RANK() OVER (ORDER BY silence)
        + RANK() OVER (ORDER BY COALESCE(answer, {NEUTRAL}) DESC)
        + RANK() OVER (ORDER BY COALESCE(trend, 1.0) DESC)
        + RANK() OVER (ORDER BY complaints) AS place
    FROM told
)"""
