"""The evidence of the profit structure as SQL: revenue of the period by customer, product and rep.

Parameters: `start_on`, `end_on` of the period and the as-of day `date`, all ISO text. A row's rep is the one
credited with it, else who owned the customer on its day; the team is the rep's on that day.
"""

from crm.lib.sql import json_object_sql
from customers.knowledge import known, not_test, survivor_of
from reports.rows.knowledge import owners, teams


def told() -> str:
    """`told`: the revenue rows of the period with the rep and team that answer for them."""
    return f"""
sold AS MATERIALIZED (
    SELECT {survivor_of("r")} AS customer_id, r."on" AS on_date, r.rep_id AS credited_id,
        r.product, r.cents, r.cost_cents
    FROM customers_revenue r LEFT JOIN survivor v ON v.customer_id = r.customer_id
    WHERE {known("r", 'r."on"')} AND {not_test("r")}
        AND r."on" >= %(start_on)s AND r."on" <= %(end_on)s
),
owned_moment AS MATERIALIZED (
    SELECT DISTINCT customer_id, on_date FROM sold WHERE credited_id IS NULL
),
{owners("owned_moment")},
credited_moment AS MATERIALIZED (
    SELECT DISTINCT credited_id AS rep_id, on_date FROM sold WHERE credited_id IS NOT NULL
),
{teams("credited_moment")},
told AS MATERIALIZED (
    SELECT s.*, t.team_id, s.credited_id AS rep_id
    FROM sold s LEFT JOIN in_team t ON t.rep_id = s.credited_id AND t.on_date = s.on_date
    WHERE s.credited_id IS NOT NULL
    UNION ALL
    SELECT s.*, a.team_id, a.rep_id
    FROM sold s LEFT JOIN answered a ON a.customer_id = s.customer_id AND a.on_date = s.on_date
    WHERE s.credited_id IS NULL
)"""


def measured() -> str:
    """`measured`: the rows with a cost, those without, and those sold for less than they cost."""
    columns = "customer_id, product, rep_id, team_id, on_date, cents"
    return f"""
measured AS (
    SELECT 'costed' AS measure, cents - cost_cents AS gained, {columns}
    FROM told WHERE cost_cents IS NOT NULL
    UNION ALL
    SELECT 'uncosted', 0, {columns} FROM told WHERE cost_cents IS NULL
    UNION ALL
    SELECT 'below_cost', cents - cost_cents, {columns} FROM told
    WHERE cost_cents > cents AND cents > 0
),
summed AS (
    SELECT measure, customer_id, product, rep_id, team_id, MAX(on_date) AS on_date,
        CAST(SUM(gained) AS BIGINT) AS gained, CAST(SUM(cents) AS BIGINT) AS cents
    FROM measured GROUP BY measure, customer_id, product, rep_id, team_id
)"""


def evidence(vendor: str) -> str:
    """A row per measure, customer, product and rep: `cents` the margin, `base_cents` the revenue."""
    facets = {"product": "s.product", "segment": "c.segment", "region": "c.region"}
    return f"""
SELECT s.measure, c.reference AS line_key, 'customer' AS subject_type,
    s.customer_id AS subject_id, s.rep_id AS owner_id, s.team_id, s.on_date AS occurred_on,
    s.gained AS cents, s.gained AS low_cents, s.gained AS high_cents, 1 = 1 AS in_base,
    s.cents AS base_cents, {json_object_sql(facets, vendor)} AS facets
FROM summed s JOIN customers_customer c ON c.id = s.customer_id"""
