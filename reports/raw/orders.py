"""What makes up a row of the churn report: the customer's orders as known at the day, and the arithmetic."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.lib import formatting
from crm.lib.periods import day_number, day_of
from customers.knowledge import known, not_test, survivor_of, survivors
from reports.models import Evidence
from reports.report import Run
from reports.rows.rhythm import parts_of
from reports.screens.parts import Explanation, Table
from team.models import Company

# The measure whose rows are a share of what a customer bought in a year.
EXPECTED = "expected"


@dataclass(frozen=True)
class OrderRow:
    """A revenue row of the customer, or of one that was merged into it."""

    on: date
    order: str
    reference: str
    cents: int


def rows_of(customer_id: int, as_of: date) -> list[OrderRow]:
    """The revenue rows of a surviving customer that were known at a day, the earliest first. One query."""
    on = 'r."on"'
    statement = f"""
WITH RECURSIVE {survivors()},
family AS (
    SELECT customer_id FROM survivor WHERE survivor_id = %(customer)s
    UNION ALL SELECT %(customer)s
)
SELECT {on}, r.order_ref, r.reference, r.cents
FROM customers_revenue r LEFT JOIN survivor v ON v.customer_id = r.customer_id
WHERE r.customer_id IN (SELECT customer_id FROM family) AND {survivor_of("r")} = %(customer)s
    AND {known("r", on)} AND {not_test("r")}
ORDER BY {on}, r.id"""
    with connection.cursor() as cursor:
        cursor.execute(statement, {"customer": customer_id, "date": as_of.isoformat()})
        return [OrderRow(_date(day), *rest) for day, *rest in cursor.fetchall()]


def _date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def purchase_days(rows: list[OrderRow]) -> list[date]:
    """The days of orders whose rows add up to more than nothing, on their earliest positive row (R6)."""
    orders: dict[str, list[OrderRow]] = {}
    for number, row in enumerate(rows):
        orders.setdefault(row.order or f"\0{number}", []).append(row)
    found = {
        min(row.on for row in order if row.cents > 0)
        for order in orders.values()
        if sum(row.cents for row in order) > 0
    }
    return sorted(found)


def explain(evidence: Evidence, run: Run) -> Explanation:
    rows = rows_of(evidence.subject_id, run.as_of)
    days = purchase_days(rows)
    if not days:
        return Explanation([], [], 0)
    since = days[-1] - timedelta(days=run.values["value_days"] - 1)
    counted = [row for row in rows if row.on >= since]
    cents = max(0, sum(row.cents for row in counted))
    return Explanation(
        _arithmetic(evidence, run, days),
        [_orders(counted, since, run.as_of, cents), gaps_table(days)],
        evidence.cents if evidence.measure == EXPECTED else cents,
    )


def _arithmetic(evidence: Evidence, run: Run, days: list[date]) -> list[tuple[Any, Any]]:
    """Typical interval, threshold and the day it was lost on, as the rule makes them."""
    facets = evidence.facets
    facts: list[tuple[Any, Any]] = [(_("Last order"), formatting.day(days[-1]))]
    if "typical_halves" not in facets:
        return facts
    typical = Fraction(facets["typical_halves"], 2)
    threshold = Fraction(facets["threshold_parts"], parts_of(run.values["k"]))
    facts.append((_("Usual gap"), _days(typical)))
    if facets["basis"] == "contract":
        return [*facts, (_("Told by"), _("its contract"))]
    if facets["basis"] == "model":
        return [*facts, *_by_model(evidence)]
    rule = _("%(k)s × %(typical)s, at least %(floor)s, at most %(cap)s = %(threshold)s") % {
        "k": formatting.number(run.values["k"]),
        "typical": formatting.number(typical),
        "floor": formatting.number(run.values["floor_days"]),
        "cap": formatting.number(run.values["cap_days"]),
        "threshold": _days(threshold),
    }
    lost = day_of(day_number(days[-1]) + int(threshold) + 1)
    on = _("%(last)s + %(threshold)s + 1 = %(lost)s") % {
        "last": formatting.day(days[-1]),
        "threshold": _days(Fraction(int(threshold))),
        "lost": formatting.day(lost),
    }
    return [*facts, (_("May be silent for"), rule), (_("Counts as lost on"), on)]


def _by_model(evidence: Evidence) -> list[tuple[Any, Any]]:
    """The chance that it is a customer still, and what follows: the day it was lost, or what it is expected to cost."""
    chance = evidence.facets["p_alive"]
    facts: list[tuple[Any, Any]] = [
        (_("Told by"), _("the model")),
        (_("Still a customer"), formatting.percent(chance)),
    ]
    if evidence.measure == "loss" and evidence.occurred_on:
        facts.append((_("Counts as lost on"), formatting.day(evidence.occurred_on)))
    if evidence.measure == EXPECTED:
        currency = Company.get().base_currency
        told = _("%(value)s × (1 − %(chance)s) = %(cents)s") % {
            "value": formatting.money(evidence.facets["value_cents"], currency),
            "chance": formatting.number(round(chance, 4), 4),
            "cents": formatting.money(evidence.cents, currency),
        }
        facts.append((_("Expected loss"), told))
    return facts


def _days(span: Fraction) -> str:
    return ngettext("%(days)s day", "%(days)s days", -(-span // 1)) % {
        "days": formatting.number(span)
    }


def _orders(rows: list[OrderRow], since: date, as_of: date, cents: int) -> Table:
    span = {"since": formatting.day(since), "day": formatting.day(as_of)}
    title = _("What it bought from %(since)s to %(day)s") % span
    below = sum(row.cents for row in rows) < 0
    note = _("Less than nothing counts as nothing.") if below else ""
    return orders_table(title, rows, cents, _("A year"), note)


def orders_table(title: str, rows: list[OrderRow], cents: int, total: str, note: str = "") -> Table:
    """Revenue rows with what they come to."""
    currency = Company.get().base_currency
    return Table(
        title,
        [(_("Day"), "day"), (_("Order"), "text"), (_("Row"), "text"), (currency, "cents")],
        [(row.on, row.order, row.reference, row.cents) for row in rows],
        (total, "", "", cents),
        note,
    )


def gaps_table(days: list[date]) -> Table:
    """The days it bought on, the latest first, and how long after the one before."""
    gaps = [None, *(later - earlier for earlier, later in zip(days, days[1:], strict=False))]
    told = [
        (day, "" if gap is None else formatting.number(gap.days))
        for day, gap in zip(days, gaps, strict=True)
    ]
    return Table(
        _("Days it bought on"),
        [(_("Day"), "day"), (_("Days after the one before"), "number")],
        told[::-1],
    )
