"""Behind rows of the margin, of answers and of deals: the order rows with their cost, the survey, each change."""

from datetime import date
from fractions import Fraction
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from crm.lib import formatting
from crm.lib.money import half_up
from customers.knowledge import known, not_test, survivor_of, survivors
from reports.models import Evidence
from reports.report import Run
from reports.screens.lead_names import reason_names
from reports.screens.parts import Explanation, Table
from sales.models import DealChange
from team.models import Company


def of_margin(evidence: Evidence, run: Run) -> Explanation:
    """The rows of the customer, product and rep that have a cost (or none, or sold below it)."""
    on = 'r."on"'
    statement = f"""
WITH RECURSIVE {survivors()},
family AS (
    SELECT customer_id FROM survivor WHERE survivor_id = %(customer)s
    UNION ALL SELECT %(customer)s
)
SELECT {on}, r.reference, r.cents, r.cost_cents, r.rep_id
FROM customers_revenue r LEFT JOIN survivor v ON v.customer_id = r.customer_id
WHERE r.customer_id IN (SELECT customer_id FROM family) AND {survivor_of("r")} = %(customer)s
    AND r.product = %(product)s AND {on} >= %(start)s AND {on} <= %(end)s
    AND {known("r", on)} AND {not_test("r")} ORDER BY {on}, r.id"""
    values = {
        "customer": evidence.subject_id,
        "product": evidence.facets.get("product") or "",
        "start": run.period.start.isoformat(),
        "end": run.end.isoformat(),
        "date": run.as_of.isoformat(),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchall()
    rows = [
        (_date(day), reference, cents, cost, cents - cost if cost is not None else None)
        for day, reference, cents, cost, rep in found
        if rep in (None, evidence.owner_id) and _counts(evidence.measure, cents, cost)
    ]
    margin = sum(row[4] or 0 for row in rows)
    heads: list[tuple[Any, Any]] = [
        (_("Day"), "day"),
        (_("Row"), "text"),
        (_("Revenue"), "cents"),
        (_("Cost"), "cents"),
        (_("Margin"), "cents"),
    ]
    sums = (sum(row[2] for row in rows), sum(row[3] or 0 for row in rows), margin)
    return Explanation([], [Table(_("The rows"), heads, rows, (_("Together"), "", *sums))], margin)


def _counts(measure: str, cents: int, cost: int | None) -> bool:
    if measure == "uncosted":
        return cost is None
    return cost is not None and (measure == "costed" or 0 < cents < cost)


def _date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def of_answer(evidence: Evidence, run: Run) -> Explanation:
    """The answer itself."""
    facets = evidence.facets
    facts: list[tuple[Any, Any]] = []
    if facets.get("score") is not None:
        facts.append((_("Score"), formatting.number(facets["score"])))
    if evidence.occurred_on:
        facts.append((_("Day"), formatting.day(evidence.occurred_on)))
    if facets.get("lost_by"):
        told = _("lost by %(day)s") if evidence.in_base else _("still active on %(day)s")
        day = formatting.day(date.fromisoformat(facets["lost_by"]))
        facts.append((_("A year later"), told % {"day": day}))
    return Explanation(facts, [], 0)


def of_deal(evidence: Evidence, run: Run) -> Explanation:
    """Each change of the deal that was known at the day, and the chance it is weighed with."""
    kept = Q(deleted_on__isnull=True) | Q(deleted_on__gt=run.as_of)
    changes = (
        DealChange.everything.filter(
            kept, deal=evidence.subject_id, on__lte=run.as_of, recorded_on__lte=run.as_of
        )
        .select_related("stage")
        .order_by("on", "reference")
    )
    names = reason_names([each.reason for each in changes if each.reason])
    rows = [
        (
            each.on,
            str(each.stage),
            each.cents,
            each.expected_close_on,
            names.get(each.reason, each.reason),
        )
        for each in changes
    ]
    heads: list[tuple[Any, Any]] = [
        (_("Day"), "day"),
        (_("Stage"), "text"),
        (_("Amount"), "cents"),
        (_("Expected to close"), "day"),
        (_("Reason"), "text"),
    ]
    table = Table(_("What happened to it"), heads, rows)
    amount = rows[-1][2] if rows else 0
    if "p" not in evidence.facets:
        return Explanation([], [table], amount)
    chance = Fraction(evidence.facets["p"])
    told = _("%(amount)s × %(chance)s") % {
        "amount": formatting.money(amount, Company.get().base_currency, minor=True),
        "chance": formatting.percent(chance),
    }
    return Explanation([(_("Expected"), told)], [table], half_up(amount * chance))


def of_nothing(evidence: Evidence, run: Run) -> Explanation:
    """A row that stands for a record alone: its facets are in the list."""
    return Explanation([], [], evidence.cents)
