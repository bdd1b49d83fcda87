"""Where every customer stands: on the day before the period, at its end, and at the as-of day.

Parts of one SQL statement on top of `reports.rows.knowledge` and `reports.rows.rhythm`. Parameters, all integer
days: `before` (from - 1), `start` (from), `end` (e), `day` (D), and the lengths `value_days`,
`grace`, `cap_days`, `least_days` (of silence that can make a loss), `departure_grace`, `handover`.
"""

from crm.lib.sql import day_number_sql
from customers.knowledge import known, not_test, survivor_of

# A contract without end: later than any day.
NEVER = 9_999_999
POINTS = ("before", "end", "day")


def covers(vendor: str, points: tuple[str, ...] = POINTS) -> str:
    """`cover(customer_id, cover_before, ...)`: the last covered day by contracts begun by each point."""
    start = day_number_sql("c.start_on", vendor)
    end = f"COALESCE({day_number_sql('c.end_on', vendor)}, {NEVER})"
    cancelled = (
        f"CASE WHEN c.cancelled_on <= %(date)s THEN {day_number_sql('c.cancelled_on', vendor)}"
        f" ELSE {NEVER} END"
    )
    columns = ", ".join(
        f"MAX(CASE WHEN start_day <= %({point})s THEN last_day END) AS cover_{point}"
        for point in points
    )
    return f"""
contract_span AS (
    SELECT {survivor_of("c")} AS customer_id, {start} AS start_day,
        CASE WHEN {end} < {cancelled} THEN {end} ELSE {cancelled} END AS last_day
    FROM customers_contract c LEFT JOIN survivor v ON v.customer_id = c.customer_id
    WHERE {known("c", "c.start_on")} AND {not_test("c")}
),
cover AS (SELECT customer_id, {columns} FROM contract_span GROUP BY customer_id)"""


def wanted_purchases(by_model: bool = False) -> str:
    """`wanted`: purchases after which a customer may have been called lost, or whose rule a line shows.

    Left out: purchases so old that no state or call of the period hangs on them. The model knows no cap.
    """
    recent = "(c.customer_id IS NOT NULL OR s.day + %(cap_days)s + 1 >= %(start)s)"
    return f"""
wanted AS (
    SELECT s.* FROM step s LEFT JOIN cover c ON c.customer_id = s.customer_id
    WHERE (s.next_day IS NULL OR s.next_day > s.day + %(least_days)s + 1
            OR s.day <= %(before)s AND s.next_day > %(before)s
            OR s.day <= %(end)s AND s.next_day > %(end)s)
        AND {"1 = 1" if by_model else recent}
        AND (s.next_day IS NULL OR s.next_day > %(before)s)
)"""


def states(by_model: bool = False) -> str:
    """`state`: one row per customer, its last purchase and its lost day at each of the three points.

    `by_model`: read from `told` (`reports.modelling.churn_model`) instead of `rule`, repeat customers without a
    contract by then are lost on their `model_day`; state has a column `by_model` that says so at the as-of day.
    """
    columns = ", ".join(
        f"""
        MAX(CASE WHEN {_last_at(point)} AND r.day <= %({point})s
            THEN CASE {_by_model(point) if by_model else ""}
                WHEN c.cover_{point} IS NULL OR r.day > c.cover_{point} THEN r.lost_day
                WHEN c.cover_{point} = {NEVER} THEN {NEVER}
                ELSE c.cover_{point} + %(grace)s + 1 END END) AS lost_{point}"""
        for point in POINTS
    )
    return f"""
spoken AS (
    SELECT r.customer_id,
        MAX(CASE WHEN r.next_day IS NULL THEN r.n END) AS purchase_days,
        MAX(CASE WHEN r.next_day IS NULL THEN r.purchases END) AS purchases,
        MIN(r.first_day) AS first_day,
        MAX(CASE WHEN r.next_day IS NULL THEN r.day END) AS last_day,
        MAX(CASE WHEN r.next_day IS NULL THEN r.halves END) AS halves,
        MAX(CASE WHEN r.next_day IS NULL THEN r.parts END) AS parts,
        MAX(CASE WHEN r.next_day IS NULL AND r.day <= c.cover_day THEN 1 ELSE 0 END) AS by_contract,
        MAX(CASE WHEN c.customer_id IS NULL AND r.next_day > r.lost_day
            AND r.lost_day >= %(start)s AND r.lost_day <= %(end)s THEN r.lost_day END) AS called_day,
        {_who_goes_by_model() if by_model else ""}{columns}
    FROM {"told" if by_model else "rule"} r LEFT JOIN cover c ON c.customer_id = r.customer_id
    GROUP BY r.customer_id
),
state AS (
    SELECT spoken.*,
        CASE WHEN lost_before > %(before)s THEN 1 ELSE 0 END AS opening,
        CASE WHEN lost_end > %(end)s THEN 1 ELSE 0 END AS active,
        CASE WHEN lost_day <= %(day)s AND lost_day >= %(start)s AND lost_day <= %(end)s
            THEN 1 ELSE 0 END AS line,
        CASE WHEN lost_day > %(day)s AND by_contract = 0{" AND by_model = 0" if by_model else ""}
            AND (%(day)s - last_day) * CAST(%(warn_day_parts)s AS BIGINT) >= parts * %(warn_parts)s
            THEN 1 ELSE 0 END AS at_risk
    FROM spoken
)"""


def _by_model(point: str) -> str:
    return f"WHEN c.cover_{point} IS NULL AND r.model_day IS NOT NULL THEN r.model_day "


def _who_goes_by_model() -> str:
    return """MAX(CASE WHEN r.next_day IS NULL AND c.customer_id IS NULL AND r.model_day IS NOT NULL
            THEN 1 ELSE 0 END) AS by_model,"""


def _last_at(point: str) -> str:
    """Is this the last purchase by then? (The next one comes later, or never.)"""
    return f"(r.next_day IS NULL OR r.next_day > %({point})s)"
