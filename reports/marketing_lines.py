"""What holds of a whole campaign: its cost, its leads by what was done, the customers they became and their revenue.

Read from the table `worked_lead` (`reports.marketing_rows`). A customer is the campaign's whose lead was the first
that led to it; its revenue and margin count from the day of its conversion to the as-of day.
"""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from crm.lib.sql import day_number_sql
from customers.knowledge import known, not_test, survivor_of, survivors
from reports import lead_rows, marketing_rows
from reports.filling import read_rows

COUNTED = ("leads", "unworked", "pending", "converted")
WON = ("customers", "revenue_cents", "costed_cents", "margin_cents")


def lines_of(values: Mapping[str, Any], vendor: str, zone: ZoneInfo) -> dict[str, dict[str, Any]]:
    """By campaign reference, in order: every campaign with a cost or a valid lead in the period."""
    lines: dict[str, dict[str, Any]] = {}
    won = ",".join(
        [
            survivors(),
            lead_rows.endings(vendor),
            lead_rows.led_to(vendor, zone),
            _customers(),
            _revenue(vendor),
        ]
    )
    for row in (
        *read_rows(marketing_rows.costs(), _COSTS, dict(values)),
        *read_rows("", _LEADS, dict(values)),
        *read_rows(won, _WON, dict(values)),
    ):
        line = lines.setdefault(row.pop("line_key"), _nothing())
        line.update({name: int(value or 0) for name, value in row.items()})
    return {key: _with_return(line) for key, line in sorted(lines.items())}


def _nothing() -> dict[str, Any]:
    return dict.fromkeys(("cost_cents", *COUNTED, *WON), 0)


def _with_return(line: dict[str, Any]) -> dict[str, Any]:
    """`roi` = (margin - cost) / cost; None where nothing was spent or no cost of what was sold is known."""
    cost, margin = line["cost_cents"], line["margin_cents"]
    known_cost = cost > 0 and (line["costed_cents"] or not line["customers"])
    return {**line, "roi": (margin - cost) / cost if known_cost else None}


_COSTS = """
SELECT COALESCE(c.reference, '(none)') AS line_key, x.cost AS cost_cents
FROM campaign_cost x LEFT JOIN sales_campaign c ON c.id = x.campaign_id"""

_LEADS = """
SELECT c.reference AS line_key, COUNT(*) AS leads,
    SUM(CASE WHEN k.measure = 'loss' THEN 1 ELSE 0 END) AS unworked,
    SUM(CASE WHEN k.measure = 'pending' THEN 1 ELSE 0 END) AS pending,
    SUM(CASE WHEN k.converted_day IS NOT NULL THEN 1 ELSE 0 END) AS converted
FROM worked_lead k JOIN sales_campaign c ON c.id = k.campaign_id GROUP BY c.reference"""

_WON = """
SELECT c.reference AS line_key, COUNT(*) AS customers, SUM(m.cents) AS revenue_cents,
    SUM(m.costed) AS costed_cents, SUM(m.margin) AS margin_cents
FROM won w JOIN sales_campaign c ON c.id = w.campaign_id
LEFT JOIN won_money m ON m.customer_id = w.customer_id GROUP BY c.reference"""


def _customers() -> str:
    """`won(customer_id, campaign_id, day)`: customers whose first lead is one of the campaigns' leads of the period."""
    return """
first_lead AS (
    SELECT t.*, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY created, reference) AS place
    FROM led_to t WHERE valid = 1
),
won AS MATERIALIZED (
    SELECT f.customer_id, k.campaign_id, f.converted_day AS day
    FROM worked_lead k JOIN first_lead f ON f.lead_id = k.lead_id WHERE f.place = 1
),
winner AS MATERIALIZED (
    SELECT customer_id FROM won
    UNION SELECT v.customer_id FROM survivor v JOIN won ON won.customer_id = v.survivor_id
)"""


def _revenue(vendor: str) -> str:
    """`won_money(customer_id, cents, costed, margin)`; margin is over rows whose cost is known."""
    on = 'r."on"'
    return f"""
won_money AS (
    SELECT w.customer_id, SUM(r.cents) AS cents,
        SUM(CASE WHEN r.cost_cents IS NOT NULL THEN r.cents END) AS costed,
        SUM(r.cents - r.cost_cents) AS margin
    FROM customers_revenue r LEFT JOIN survivor v ON v.customer_id = r.customer_id
    JOIN won w ON w.customer_id = {survivor_of("r")}
    WHERE r.customer_id IN (SELECT customer_id FROM winner) AND {known("r", on)}
        AND {not_test("r")} AND {day_number_sql(on, vendor)} >= w.day
    GROUP BY w.customer_id
)"""
