"""The gross margin rate of the year up to a day: over the rows whose cost is known, exact (section 9)."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from django.db import connection

from crm.lib.periods import day_number
from crm.lib.sql import date_sql
from customers.knowledge import known, not_test, survivors
from reports.snapshots.filling import read_rows

# The days it looks back on; no parameter.
YEAR = 365


def margin_rate_at(as_of: date) -> Fraction | None:
    """(net revenue - cost) / net revenue; None where those rows come to no revenue."""
    values = {"date": as_of.isoformat(), "day": day_number(as_of)}
    row = read_rows(survivors(), _statement(connection.vendor), values)[0]
    revenue, cost = int(row["revenue"] or 0), int(row["cost"] or 0)
    return Fraction(revenue - cost, revenue) if revenue else None


def _statement(vendor: str) -> str:
    on = 'r."on"'
    return f"""
SELECT SUM(r.cents) AS revenue, SUM(r.cost_cents) AS cost
FROM customers_revenue r LEFT JOIN survivor v ON v.customer_id = r.customer_id
WHERE r.cost_cents IS NOT NULL AND {on} > {date_sql(f"%(day)s - {YEAR}", vendor)}
    AND {known("r", on)} AND {not_test("r")}"""


def as_text(rate: Fraction | None) -> str | None:
    """As `Snapshot.whole` keeps it."""
    return None if rate is None else f"{rate.numerator}/{rate.denominator}"


def rate_in(whole: Mapping[str, Any]) -> Fraction | None:
    """The rate that a ledger kept."""
    text = whole["margin_rate"]
    return None if text is None else Fraction(text)


def usable(rate: Fraction | None) -> bool:
    """Whether there is a margin basis at all."""
    return rate is not None and rate > 0
