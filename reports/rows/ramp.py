"""The ramp of newcomers: what was credited to them in the months after their hire, over the band of earlier hires.

A month of tenure runs from the day of hire, or the same day of a later month, to the day before the next; only
those that were over at the as-of day and within employment count, so that leavers are kept up to leaving.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

from django.db import connection

from crm.lib.periods import add_months, day_number, day_of
from crm.lib.sql import given_rows_sql, looked_up_sql
from crm.lib.transactions import roomy
from customers.knowledge import known, not_test, survivors
from reports.rows.staff import Employed, employments_known

MONTHS = 12
# A band of fewer hires says nothing, and something of single people.
LEAST = 5
SPAN = {
    "number": "BIGINT",
    "month": "BIGINT",
    "rep_id": "BIGINT",
    "first_on": "DATE",
    "last_on": "DATE",
}


def ramp(as_of: date, newcomers: Collection[int]) -> dict[str, Any]:
    """The ramp as known at a day, as JSON, in cents summed up from the first day of tenure.

    `sold`: of each hire of the `newcomers` (ids of reps), in the order of the hires, the rep and the sums by month;
    `band`: by month the limits of the middle half of all other hires, as far as there are five of them; `earlier`: how
    many these are. Who has no month of tenure that is over is in neither.
    """
    hires = [(one.rep_id, list(accumulate(one.cents))) for one in tenures(as_of) if one.cents]
    earlier = [sums for rep_id, sums in hires if rep_id not in newcomers]
    sold = [[rep_id, sums] for rep_id, sums in hires if rep_id in newcomers]
    return {"sold": sold, "band": _band(earlier), "earlier": len(earlier)}


def _band(earlier: Sequence[Sequence[int]]) -> list[list[int]]:
    """A quarter lies below, a quarter above."""
    limits = []
    for month in range(MONTHS):
        reached = sorted(sums[month] for sums in earlier if len(sums) > month)
        if len(reached) < LEAST:
            break
        limits.append([reached[len(reached) // 4], reached[-(len(reached) // 4) - 1]])
    return limits


@dataclass(frozen=True)
class Tenure:
    """What was credited to one hire in each month of tenure that is over, the first one first."""

    rep_id: int
    cents: tuple[int, ...]


def tenures(as_of: date) -> list[Tenure]:
    """Of each hire, in the order of the hires, as known at a day."""
    hires = sorted(employments_known(as_of), key=lambda one: (one.hired_on, one.reference))
    spans = [
        _span(number, hire, month)
        for number, hire in enumerate(hires)
        for month in range(1, MONTHS + 1)
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
