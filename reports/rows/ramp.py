"""The ramp of newcomers: what was credited to them in each month after their hire, over all hires.

A month of tenure runs from the day of hire, or the same day of a later month, to the day before the next; only
those that were over at the as-of day and within employment count, so that leavers are kept up to leaving.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.db import connection

from crm.lib.money import half_up
from crm.lib.periods import add_months, day_number, day_of
from crm.lib.sql import given_rows_sql, looked_up_sql
from crm.lib.transactions import roomy
from customers.knowledge import known, not_test, survivors
from reports.rows.staff import Employed, employments_known

MONTHS = 12
SPAN = {
    "number": "BIGINT",
    "month": "BIGINT",
    "rep_id": "BIGINT",
    "first_on": "DATE",
    "last_on": "DATE",
}


@dataclass(frozen=True)
class RampMonth:
    """Month `month` of tenure (1 is the first) of `hires`: quartiles of their credited net revenue, in cents."""

    month: int
    hires: int
    lower: int
    median: int
    upper: int


def ramp(
    as_of: date, *, rep_ids: Iterable[int] | None = None, months: int = MONTHS
) -> list[RampMonth]:
    """The first months of tenure, as known at a day, of these reps or all; a month nobody had is left out."""
    of_month: dict[int, list[int]] = defaultdict(list)
    for tenure in tenures(as_of, rep_ids=rep_ids, months=months):
        for month, cents in enumerate(tenure.cents, start=1):
            of_month[month].append(cents)
    return [_month(month, sorted(cents)) for month, cents in sorted(of_month.items())]


@dataclass(frozen=True)
class Tenure:
    """What was credited to one hire in each month of tenure that is over, the first one first."""

    rep_id: int
    cents: tuple[int, ...]


def tenures(
    as_of: date, *, rep_ids: Iterable[int] | None = None, months: int = MONTHS
) -> list[Tenure]:
    """Of each hire, in the order of the hires, as known at a day."""
    hires = employments_known(as_of, None if rep_ids is None else sorted(rep_ids))
    spans = [
        _span(number, hire, month)
        for number, hire in enumerate(hires)
        for month in range(1, months + 1)
    ]
    told = [span for span in spans if span["last"] <= min(day_number(as_of), span.pop("left"))]
    credited = _credited(told, as_of)
    of_hire: dict[int, list[int]] = defaultdict(list)
    for span in told:
        of_hire[span["number"]].append(credited.get((span["number"], span["month"]), 0))
    return [Tenure(hire.rep_id, tuple(of_hire[number])) for number, hire in enumerate(hires)]


def _span(number: int, hire: Employed, month: int) -> dict[str, Any]:
    last = day_number(add_months(hire.hired_on, month)) - 1
    return {
        "number": number,
        "month": month,
        "rep_id": hire.rep_id,
        "first_on": add_months(hire.hired_on, month - 1).isoformat(),
        "last_on": day_of(last).isoformat(),
        "last": last,
        "left": hire.last,
    }


def _credited(spans: list[dict[str, Any]], as_of: date) -> dict[tuple[int, int], int]:
    """Cents by hire and month of tenure, where there are any."""
    on = 'r."on"'
    own = f"r.rep_id = s.rep_id AND {on} >= s.first_on AND {on} <= s.last_on"
    statement = f"""
WITH RECURSIVE {survivors()},
span AS MATERIALIZED ({given_rows_sql("spans", SPAN, connection.vendor)})
SELECT s.number, s.month, CAST(SUM(r.cents) AS BIGINT)
FROM {looked_up_sql("span s", "customers_revenue", "r", own, connection.vendor)}
LEFT JOIN survivor v ON v.customer_id = r.customer_id
WHERE {known("r", on)} AND {not_test("r")}
GROUP BY s.number, s.month"""
    with roomy(), connection.cursor() as cursor:
        cursor.execute(statement, {"spans": json.dumps(spans), "date": as_of.isoformat()})
        return {(number, month): int(cents) for number, month, cents in cursor.fetchall()}


def _month(month: int, cents: list[int]) -> RampMonth:
    quartiles = (half_up(_quantile(cents, Fraction(n, 4))) for n in (1, 2, 3))
    return RampMonth(month, len(cents), *quartiles)


def _quantile(ordered: list[int], part: Fraction) -> Fraction:
    """Between the two nearest values in proportion; the middle two at a half."""
    place = part * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])
