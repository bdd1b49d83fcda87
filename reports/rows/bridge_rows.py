"""The evidence of the revenue bridge as SQL: a row per customer whose money moved between two periods.

Parameters, all integer days: `earlier_start`, `earlier_end` of the period before, `start`, `end` of this one.
"""

from crm.lib.sql import date_sql, json_object_sql
from customers.knowledge import known_money

PARTS = ("new", "reactivated", "expansion", "contraction", "lost", "adjustment")


def moves(vendor: str) -> str:
    """`move(customer_id, earlier, now, part, first_day, on_date)`: what each bought in both periods.

    `on_date` is the last purchase by the period's end; of who had none, the last row of money.
    """
    return f"""
spent AS MATERIALIZED (
    SELECT m.customer_id, MAX(m.day) AS last_row,
        CAST(SUM(CASE WHEN m.day <= %(earlier_end)s THEN m.cents ELSE 0 END) AS BIGINT) AS earlier,
        CAST(SUM(CASE WHEN m.day >= %(start)s THEN m.cents ELSE 0 END) AS BIGINT) AS now
    FROM ({known_money(vendor)}) m
    WHERE m.day >= %(earlier_start)s AND m.day <= %(end)s
        AND (m.day <= %(earlier_end)s OR m.day >= %(start)s)
    GROUP BY m.customer_id
),
buyer AS MATERIALIZED (
    SELECT customer_id, MIN(day) AS first_day,
        MAX(CASE WHEN day <= %(end)s THEN day END) AS last_day
    FROM step GROUP BY customer_id
),
move AS MATERIALIZED (
    SELECT s.customer_id, s.earlier, s.now, b.first_day,
        {date_sql("COALESCE(b.last_day, s.last_row)", vendor)} AS on_date,
        {_part()} AS part
    FROM spent s LEFT JOIN buyer b ON b.customer_id = s.customer_id
    WHERE s.earlier <> 0 OR s.now <> 0
)"""


def _part() -> str:
    return """CASE
            WHEN s.earlier = s.now THEN 'unchanged'
            WHEN s.earlier > 0 AND s.now <= 0 THEN 'lost'
            WHEN s.earlier > 0 AND s.now > s.earlier THEN 'expansion'
            WHEN s.earlier > 0 THEN 'contraction'
            WHEN s.earlier < 0 OR s.now < 0 THEN 'adjustment'
            WHEN b.first_day >= %(start)s AND b.first_day <= %(end)s THEN 'new'
            ELSE 'reactivated' END"""


def evidence(vendor: str) -> str:
    """A row per customer in its part, and one in `kept` for who bought in the period before."""
    kept = "CASE WHEN m.now <= 0 THEN 0 WHEN m.now < m.earlier THEN m.now ELSE m.earlier END"
    return " UNION ALL ".join(
        [
            _rows("m.part", "m.now - m.earlier", "m.earlier <> 0", vendor),
            _rows("'kept'", kept, "m.earlier > 0", vendor, "WHERE m.earlier > 0"),
        ]
    )


def _rows(measure: str, cents: str, in_base: str, vendor: str, narrow: str = "") -> str:
    facets = {
        "segment": "c.segment",
        "region": "c.region",
        "first_purchase": date_sql("m.first_day", vendor),
        "earlier_cents": "m.earlier",
        "now_cents": "m.now",
    }
    return f"""
SELECT {measure} AS measure, c.reference AS line_key, 'customer' AS subject_type,
    m.customer_id AS subject_id, a.rep_id AS owner_id, a.team_id, m.on_date AS occurred_on,
    {cents} AS cents, {cents} AS low_cents, {cents} AS high_cents,
    {in_base} AS in_base, m.earlier AS base_cents, {json_object_sql(facets, vendor)} AS facets
FROM move m JOIN customers_customer c ON c.id = m.customer_id
LEFT JOIN answered a ON a.customer_id = m.customer_id AND a.on_date = m.on_date {narrow}"""
