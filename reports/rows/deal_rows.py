"""Where deals stood at the end of a day, and the evidence of won, lost and open ones, as SQL (ruling 14).

Parameters: `date` the as-of day, `until` the last day whose changes count, `start_on` and `end_on` of the
period, all as ISO text. A run of closed changes begins after the last open one; its first day is the
closing day. References are ordered by code point: PostgreSQL keeps them in the collation C.
"""

from crm.lib.sql import json_object_sql
from customers.knowledge import held, known, not_test, said, survivor_of


def stands(since: str) -> str:
    """`stand`: one row per deal that has a change: stage, kind, money, and when and from where it closed.

    `since` is the parameter of the day from which closings count: what closed before may be left out, and what
    only was changed before that day and in whose last days nothing is open is, since most deals of a company are
    such. Needs `survivors()`. A deal made after the as-of day does not exist; those of test customers do not count.
    """

    def last(is_open: str) -> str:
        return f"""MAX(CASE WHEN s.kind {is_open} 'open' THEN h."on" END)"""

    return f"""
deal_then AS (
    SELECT d.id, d.reference, {said("d", "p", "owner_id")} AS owner_id,
        {said("d", "p", "customer_id")} AS customer_id
    FROM sales_deal d LEFT JOIN sales_dealpast p ON p.deal_id = d.id AND {held("p")}
    WHERE d.opened_on <= %(date)s
),
counted AS MATERIALIZED (
    SELECT d.id, d.reference, d.owner_id, c.reference AS customer, c.segment, c.region
    FROM deal_then d LEFT JOIN survivor v ON v.customer_id = d.customer_id
    LEFT JOIN customers_customer c ON c.id = {survivor_of("d")}
    WHERE d.customer_id IS NULL OR {not_test("d")}
),
lately AS (
    SELECT h.deal_id FROM sales_dealchange h JOIN sales_stage s ON s.id = h.stage_id
    WHERE {known("h", 'h."on"')} AND h."on" <= %(until)s
    GROUP BY h.deal_id
    HAVING MAX(h."on") >= {since} OR {last("=")} >= COALESCE({last("<>")}, {last("=")})
),
change AS (
    SELECT h.deal_id, h."on", h.stage_id, s.key AS stage, s.kind, h.cents, h.expected_close_on,
        h.reason, h.competitor,
        ROW_NUMBER() OVER (PARTITION BY h.deal_id ORDER BY h."on", h.reference) AS n
    FROM sales_dealchange h JOIN sales_stage s ON s.id = h.stage_id
    WHERE {known("h", 'h."on"')} AND h."on" <= %(until)s
        AND h.deal_id IN (SELECT id FROM counted) AND h.deal_id IN (SELECT deal_id FROM lately)
),
closing AS MATERIALIZED (
    SELECT change.*, COUNT(*) OVER (PARTITION BY deal_id) AS last_n,
        MAX(CASE WHEN kind = 'open' THEN n ELSE 0 END) OVER (PARTITION BY deal_id) AS open_n
    FROM change
),
stand AS MATERIALIZED (
    SELECT deal_id, MIN(CASE WHEN n > open_n THEN "on" END) AS closed_on,
        MAX(CASE WHEN n = open_n THEN stage END) AS stage_before,
        {_of_last("stage_id", "stage", "kind", "cents", "expected_close_on")},
        {_of_last("reason", "competitor")}
    FROM closing GROUP BY deal_id
)"""


def _of_last(*columns: str) -> str:
    return ", ".join(f"MAX(CASE WHEN n = last_n THEN {name} END) AS {name}" for name in columns)


def closed() -> str:
    """`closed_deal`: the deals of `stand` that closed in the period, and `moment`s of who answered for them."""
    return """
closed_deal AS MATERIALIZED (
    SELECT s.*, c.reference, c.owner_id, c.customer, c.segment, c.region
    FROM stand s JOIN counted c ON c.id = s.deal_id
    WHERE s.kind <> 'open' AND s.closed_on >= %(start_on)s AND s.closed_on <= %(end_on)s
),
moment AS (
    SELECT DISTINCT owner_id AS rep_id, closed_on AS on_date FROM closed_deal
    WHERE owner_id IS NOT NULL
)"""


def closed_evidence(vendor: str) -> str:
    """A row per closed deal. The line of a lost one is its reason, so that reasons add up in any part."""
    facets = {
        "deal": "d.reference",
        "customer": "d.customer",
        "reason": "CASE WHEN d.kind = 'lost' THEN d.reason ELSE '' END",
        "competitor": "d.competitor",
        "stage_before": "d.stage_before",
        "segment": "d.segment",
        "region": "d.region",
    }
    return f"""
SELECT d.kind AS measure, CASE WHEN d.kind = 'lost' THEN d.reason ELSE '' END AS line_key,
    'deal' AS subject_type, d.deal_id AS subject_id, d.owner_id, t.team_id,
    d.closed_on AS occurred_on, d.cents, d.cents AS low_cents, d.cents AS high_cents,
    1 = 1 AS in_base, d.cents AS base_cents, {json_object_sql(facets, vendor)} AS facets
FROM closed_deal d
LEFT JOIN in_team t ON t.rep_id = d.owner_id AND t.on_date = d.closed_on"""
