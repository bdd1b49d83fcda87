"""The cross-check of loss 2 from the top: what new customers bought, and which of them no lead had told of.

`first_purchases` drafts the table `first_purchase(customer_id, day)`; the others read it.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from fractions import Fraction
from typing import Any

from crm.lib.money import half_up
from crm.lib.sql import date_sql, json_object_sql
from customers.knowledge import known_money, survivors
from reports.models import Snapshot
from reports.report import Run
from reports.rows import knowledge, lead_rows
from reports.snapshots.filling import drafted, insert_rows, read_rows
from team.models import Company

# The company's books are old enough to tell who is new if they begin so many days before the period.
BOOKS_BEFORE = timedelta(days=365)


def first_purchases(values: Mapping[str, Any], vendor: str) -> AbstractContextManager[None]:
    """The table of every customer's first purchase as it was known."""
    return drafted(
        "first_purchase",
        f"{survivors()},{knowledge.purchase_steps(vendor)}",
        "SELECT customer_id, day FROM step WHERE n = 1",
        {**values, "memory": 0},
    )


def norm(run: Run, values: Mapping[str, Any], vendor: str) -> dict[str, Any]:
    """What new customers should have bought in the period by the norm, and what they bought; in cents.

    Nothing but `available` where the books begin less than a year before the period.
    """
    wanted = {
        "new_days": run.values["new_days"],
        "from": run.period.start.isoformat(),
        "to": run.end.isoformat(),
        "books_from": (run.period.start - BOOKS_BEFORE).isoformat(),
    }
    sums = read_rows(survivors(), _sales(vendor), {**values, **wanted})[0]
    if not sums["available"]:
        empty = dict.fromkeys(("sales_cents", "new_sales_cents", "expected_cents", "loss_cents"))
        return {"available": False, **empty}
    sales, new_sales = int(sums["sales"] or 0), int(sums["new_sales"] or 0)
    expected = Fraction(run.values["norm_share"]) * sales
    return {
        "available": True,
        "sales_cents": sales,
        "new_sales_cents": new_sales,
        "expected_cents": half_up(expected),
        "loss_cents": half_up(max(Fraction(0), expected - new_sales)),
    }


def _sales(vendor: str) -> str:
    money = known_money(vendor)
    return f"""
SELECT SUM(m.cents) AS sales, SUM(CASE WHEN m.day < f.day + %(new_days)s THEN m.cents END) AS new_sales,
    CASE WHEN EXISTS ({money} AND r."on" <= %(books_from)s) THEN 1 ELSE 0 END AS available
FROM ({money} AND r."on" BETWEEN %(from)s AND %(to)s) m
LEFT JOIN first_purchase f ON f.customer_id = m.customer_id"""


def insert_new_customers(snapshot: Snapshot, values: dict[str, Any], vendor: str) -> None:
    """A row for each customer whose first purchase lies in the period: `reported` or `unreported`.

    Reported is who a lead of that day or before had led to, valid or not. The owner is that of the day.
    """
    expressions = ",".join(
        [
            survivors(),
            lead_rows.endings(vendor),
            lead_rows.led_to(vendor, Company.at(snapshot.as_of).zone),
            _newcomers(vendor),
            knowledge.owners("newcomer"),
        ]
    )
    insert_rows(snapshot, expressions, _evidence(vendor), values)


def _newcomers(vendor: str) -> str:
    return f"""
newcomer AS MATERIALIZED (
    SELECT f.customer_id, {date_sql("f.day", vendor)} AS on_date,
        CASE WHEN l.day <= f.day THEN 1 ELSE 0 END AS reported
    FROM first_purchase f
    LEFT JOIN (SELECT customer_id, MIN(day) AS day FROM led_to GROUP BY customer_id) l
        ON l.customer_id = f.customer_id
    WHERE f.day BETWEEN %(start)s AND %(end)s
)"""


def _evidence(vendor: str) -> str:
    facets = json_object_sql({"region": "c.region", "segment": "c.segment"}, vendor)
    return f"""
SELECT CASE WHEN n.reported = 1 THEN 'reported' ELSE 'unreported' END AS measure,
    c.reference AS line_key, 'customer' AS subject_type, n.customer_id AS subject_id,
    a.rep_id AS owner_id, a.team_id, n.on_date AS occurred_on, 0 AS cents, 0 AS low_cents,
    0 AS high_cents, 0 = 1 AS in_base, 0 AS base_cents, {facets} AS facets
FROM newcomer n JOIN customers_customer c ON c.id = n.customer_id
LEFT JOIN answered a ON a.customer_id = n.customer_id AND a.on_date = n.on_date"""
