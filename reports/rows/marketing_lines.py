"""What holds of a whole campaign: its cost, its leads by what was done, the customers they became and their revenue.

Read from the tables `worked_lead` (`reports.rows.marketing_rows`) and `won_customer`. A customer is the campaign's
whose lead was the first that led to it; its revenue and margin count from its conversion to the as-of day.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

from crm.lib.sql import day_number_sql
from customers.knowledge import known, survivors
from reports.rows import lead_rows, marketing_rows
from reports.snapshots.filling import drafted, read_rows

COUNTED = ("leads", "unworked", "pending", "converted")
WON = ("customers", "revenue_cents", "costed_cents", "margin_cents")


@contextmanager
def winners(values: Mapping[str, Any], vendor: str, zone: ZoneInfo) -> Iterator[None]:
    """The table `won_customer` for the statements inside: the customers that the drafted leads became.

    Each with what it bought since: the rows of the evidence and the line of its campaign are both made of it.
    """
    led = [
        survivors(),
        lead_rows.endings(vendor),
        lead_rows.led_to(vendor, zone),
        _first_leads(),
    ]
    # a table of its own: guessing at few winners, PostgreSQL added up all revenue for each (21 s)
    with (
        drafted("winner", ",".join(led), _WINNERS, dict(values)),
        drafted("won_customer", f"earned AS ({_earned(vendor)})", _WON, dict(values)),
    ):
        yield


def lines_of(values: Mapping[str, Any], vendor: str) -> dict[str, dict[str, Any]]:
    """By campaign reference, in order: every campaign with a cost or a valid lead in the period."""
    rows = [
        *read_rows(marketing_rows.costs(), _COSTS, dict(values)),
        *read_rows("", _LEADS, dict(values)),
        *read_rows("", _BROUGHT, dict(values)),
    ]
    lines: dict[str, dict[str, Any]] = {}
    for row in rows:
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

# A customer that was won (`won_id`), and under `is_own` 0 those that were merged into it.
_WINNERS = """
SELECT f.customer_id, f.customer_id AS won_id, k.lead_id, k.campaign_id, f.converted_day AS day, 1 AS is_own
FROM worked_lead k JOIN first_lead f ON f.lead_id = k.lead_id
UNION ALL
SELECT v.customer_id, f.customer_id, k.lead_id, k.campaign_id, f.converted_day, 0
FROM worked_lead k JOIN first_lead f ON f.lead_id = k.lead_id
JOIN survivor v ON v.survivor_id = f.customer_id
WHERE v.customer_id NOT IN (SELECT id FROM test_customer)"""

# A customer that bought nothing since was won all the same.
_WON = """
SELECT w.won_id, w.lead_id, w.campaign_id, w.day, CAST(COALESCE(e.cents, 0) AS BIGINT) AS cents,
    CAST(COALESCE(e.costed_cents, 0) AS BIGINT) AS costed_cents,
    CAST(COALESCE(e.margin_cents, 0) AS BIGINT) AS margin_cents
FROM winner w LEFT JOIN earned e ON e.won_id = w.won_id WHERE w.is_own = 1"""

_BROUGHT = """
SELECT c.reference AS line_key, COUNT(*) AS customers, SUM(w.cents) AS revenue_cents,
    SUM(w.costed_cents) AS costed_cents, SUM(w.margin_cents) AS margin_cents
FROM won_customer w JOIN sales_campaign c ON c.id = w.campaign_id GROUP BY c.reference"""


def _first_leads() -> str:
    """`first_lead(customer_id, lead_id, converted_day)`: of the valid leads that led to a customer the earliest."""
    return """
ranked AS (
    SELECT t.*, ROW_NUMBER() OVER (PARTITION BY customer_id ORDER BY created, reference) AS place
    FROM led_to t WHERE valid = 1
),
first_lead AS (SELECT customer_id, lead_id, converted_day FROM ranked WHERE place = 1)"""


def _earned(vendor: str) -> str:
    """Net revenue of a customer since its conversion; the margin is over the rows whose cost is known."""
    on = 'r."on"'
    return f"""
SELECT w.won_id, SUM(r.cents) AS cents,
    SUM(CASE WHEN r.cost_cents IS NOT NULL THEN r.cents END) AS costed_cents,
    SUM(r.cents - r.cost_cents) AS margin_cents
FROM winner w JOIN customers_revenue r ON r.customer_id = w.customer_id
WHERE {known("r", on)} AND {day_number_sql(on, vendor)} >= w.day
GROUP BY w.won_id"""
