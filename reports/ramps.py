"""What newcomers sold by month since their first day, as known at a day: the ramp of each hire."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from crm.lib.periods import day_number
from crm.lib.sql import day_number_sql
from customers.knowledge import known, not_test, survivors

# A month since the first day, in days; how many are looked at, and hires of how many years.
MONTH, MONTHS = 30, 12
YEARS = 5 * 365
# A band of fewer hires says nothing, and something of single people.
LEAST = 5


@dataclass(frozen=True)
class Ramp:
    """`cents` are running sums by month since the first day, of the months that are over."""

    rep_id: int
    name: str
    cents: Sequence[int]


def ramps(as_of: date) -> list[Ramp]:
    """Of everybody hired in the last years. One query; leavers are kept up to leaving."""
    values: dict[str, str | int] = {"date": as_of.isoformat(), "day": day_number(as_of)}
    with connection.cursor() as cursor:
        cursor.execute(_statement(connection.vendor), values)
        rows = cursor.fetchall()
    people: dict[int, tuple[str, int, dict[int, int]]] = {}
    for rep, name, over, month, cents in rows:
        found = people.setdefault(rep, (name, min(int(over), MONTHS), {}))
        if month is not None:
            found[2][int(month)] = int(cents)
    return [Ramp(rep, name, _running(sold, over)) for rep, (name, over, sold) in people.items()]


def _running(sold: Mapping[int, int], over: int) -> list[int]:
    sums, whole = [], 0
    for month in range(over):
        whole += sold.get(month, 0)
        sums.append(whole)
    return sums


def band(earlier: Sequence[Ramp]) -> list[tuple[int, int]]:
    """The middle half of earlier hires by month: a quarter lies below, a quarter above."""
    limits = []
    for month in range(MONTHS):
        reached = sorted(ramp.cents[month] for ramp in earlier if len(ramp.cents) > month)
        if len(reached) < LEAST:
            break
        limits.append((reached[len(reached) // 4], reached[-(len(reached) // 4) - 1]))
    return limits


def _statement(vendor: str) -> str:
    on = 'r."on"'
    hired, sold = day_number_sql("e.hired_on", vendor), day_number_sql(on, vendor)
    left = f"COALESCE({day_number_sql('e.left_on', vendor)}, %(day)s)"
    last = f"CASE WHEN {left} < %(day)s THEN {left} ELSE %(day)s END"
    return f"""
WITH RECURSIVE {survivors()},
hire AS MATERIALIZED (
    SELECT e.user_id, u.name, {hired} AS first_day, {last} AS last_day
    FROM team_employment e JOIN team_user u ON u.id = e.user_id
    WHERE e.hired_on IS NOT NULL AND {known("e", "e.hired_on")} AND {hired} > %(day)s - {YEARS}
),
sale AS (
    SELECT h.user_id, h.first_day, ({sold} - h.first_day) / {MONTH} AS month, SUM(r.cents) AS cents
    FROM hire h CROSS JOIN customers_revenue r
    LEFT JOIN survivor v ON v.customer_id = r.customer_id
    WHERE r.rep_id = h.user_id AND {sold} >= h.first_day
        AND {sold} < h.first_day + {MONTH * MONTHS} AND {sold} <= h.last_day
        AND {known("r", on)} AND {not_test("r")}
    GROUP BY h.user_id, h.first_day, ({sold} - h.first_day) / {MONTH}
)
SELECT h.user_id, h.name, (h.last_day - h.first_day + 1) / {MONTH}, s.month, s.cents
FROM hire h LEFT JOIN sale s ON s.user_id = h.user_id AND s.first_day = h.first_day
ORDER BY h.first_day, h.user_id, s.month"""
