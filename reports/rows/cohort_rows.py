"""The evidence of the cohorts as SQL: who bought in which month, and from when to when each was a customer.

Two measures, both by cohort (month of the first purchase) and month: `bought`, a row per customer and
month with a purchase; `active`, a row where a customer becomes active (+1) or is lost (-1). How many of
a cohort are active at the end of a month is the sum of its changes up to then.
"""

from crm.lib.sql import date_sql, json_object_sql, month_start_sql
from reports.rows.standing import NEVER

# Wider than any day: the last purchase and the day it counts as lost by it travel as one number. (Looking
# the second up again took SQLite seven seconds for 400 customers.)
WIDTH = 1_000_000_000


def spans() -> str:
    """`span(customer_id, start_day, stop_day)`: active from the end of one day, lost on another.

    A span runs from a purchase, or from the start of a contract, to the next of these, or to the
    day the customer counts as lost by what holds until then.
    """
    return f"""
point AS (
    SELECT customer_id, day, lost_day, NULL AS last_day FROM rule
    UNION ALL
    SELECT customer_id, start_day, NULL, last_day FROM contract_span
),
joined AS (
    SELECT customer_id, day, MAX(lost_day) AS lost_day, MAX(last_day) AS last_day
    FROM point GROUP BY customer_id, day
),
carried AS (
    SELECT customer_id, day,
        MAX(CAST(day AS BIGINT) * {WIDTH} + lost_day) OVER in_order AS bought,
        MAX(last_day) OVER in_order AS last_day,
        LEAD(day) OVER in_order AS next_point
    FROM joined WINDOW in_order AS (PARTITION BY customer_id ORDER BY day)
),
ending AS (
    SELECT customer_id, day, next_point,
        CASE WHEN last_day IS NULL OR bought / {WIDTH} > last_day THEN bought %% {WIDTH}
            WHEN last_day = {NEVER} THEN {NEVER} ELSE last_day + %(grace)s + 1 END AS lost_day
    FROM carried WHERE bought IS NOT NULL
),
span AS (
    SELECT customer_id, day AS start_day,
        CASE WHEN next_point < lost_day THEN next_point ELSE lost_day END AS stop_day
    FROM ending WHERE lost_day > day
)"""


def changes(vendor: str) -> str:
    """`change(customer_id, month, change)`: +1 or -1 in a month at whose end a customer's state differs."""
    start = month_start_sql(date_sql("start_day", vendor), vendor)
    stop = month_start_sql(date_sql("stop_day", vendor), vendor)
    return f"""
turn AS (
    SELECT customer_id, {start} AS month, 1 AS change FROM span
    UNION ALL
    SELECT customer_id, {stop}, -1 FROM span WHERE stop_day <= %(day)s
),
change AS (
    SELECT customer_id, month, SUM(change) AS change FROM turn
    GROUP BY customer_id, month HAVING SUM(change) <> 0
)"""


def members(vendor: str) -> str:
    """`member`: every customer with its first and last purchase."""
    first = month_start_sql(date_sql("MIN(day)", vendor), vendor)
    return f"""
member AS (
    SELECT customer_id, {first} AS cohort, {date_sql("MAX(day)", vendor)} AS on_date
    FROM step GROUP BY customer_id
),
bought_month AS (
    SELECT DISTINCT customer_id, {month_start_sql(date_sql("day", vendor), vendor)} AS month FROM step
)"""


def evidence(vendor: str) -> str:
    """The rows of both measures; what changes after the last complete month is left out.

    In the base are those of the first month: each customer once.
    """
    return " UNION ALL ".join(
        [
            _rows("bought", "bought_month", "0", "p.month = m.cohort", vendor),
            _rows("active", "change", "p.change", _false(vendor), vendor),
        ]
    )


def _rows(measure: str, source: str, cents: str, in_base: str, vendor: str) -> str:
    return f"""
SELECT '{measure}' AS measure, SUBSTR(CAST(m.cohort AS TEXT), 1, 7) AS line_key,
    'customer' AS subject_type, p.customer_id AS subject_id, a.rep_id AS owner_id, a.team_id,
    p.month AS occurred_on, {cents} AS cents, {cents} AS low_cents, {cents} AS high_cents,
    {in_base} AS in_base, 0 AS base_cents,
    {json_object_sql({}, vendor)} AS facets
FROM {source} p JOIN member m ON m.customer_id = p.customer_id
LEFT JOIN answered a ON a.customer_id = p.customer_id AND a.on_date = m.on_date"""


def _false(vendor: str) -> str:
    return "0" if vendor == "sqlite" else "FALSE"
