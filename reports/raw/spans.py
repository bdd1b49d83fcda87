"""What a customer bought in spans of days: behind the rows of loss 6, the bridge, the classes and the margin."""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from crm.lib import formatting
from reports.models import Evidence
from reports.raw.orders import OrderRow, explain, orders_table, rows_of
from reports.report import Run
from reports.screens.parts import Explanation, Table

YEAR = timedelta(days=364)


def bought(title: str, rows: list[OrderRow]) -> Table:
    """Rows of orders with their sum."""
    return orders_table(title, rows, sum(row.cents for row in rows), _("Together"))


def _between(rows: list[OrderRow], start: date, end: date) -> list[OrderRow]:
    return [row for row in rows if start <= row.on <= end]


def _span(start: date, end: date) -> str:
    return f"{formatting.day(start)} – {formatting.day(end)}"


def of_two_periods(evidence: Evidence, run: Run) -> Explanation:
    """The bridge: what a customer bought in the period before and in this one."""
    before = run.previous()
    rows = rows_of(evidence.subject_id, run.as_of)
    earlier = _between(rows, before.period.start, before.end)
    now = _between(rows, run.period.start, run.end)
    was, is_now = (sum(row.cents for row in some) for some in (earlier, now))
    cents = max(0, min(is_now, was)) if evidence.measure == "kept" else is_now - was
    return Explanation(
        [],
        [
            bought(
                _("The period before: %(span)s") % {"span": _span(before.period.start, before.end)},
                earlier,
            ),
            bought(_("This period: %(span)s") % {"span": _span(run.period.start, run.end)}, now),
        ],
        cents,
    )


def of_window(evidence: Evidence, run: Run) -> Explanation:
    """RFM and ABC: what a customer bought in the window that ends at the day."""
    start = run.as_of - timedelta(days=run.values["rfm_days"] - 1)
    rows = _between(rows_of(evidence.subject_id, run.as_of), start, run.as_of)
    facets = evidence.facets
    scores = [
        (label, f"{formatting.number(facets[value])} → {facets[score]}")
        for label, value, score in (
            (_("Days since the last order"), "recency", "R"),
            (_("Days it bought on"), "frequency", "F"),
        )
        if facets.get(score) is not None
    ]
    table = bought(_span(start, run.as_of), rows)
    return Explanation(scores, [table], sum(row.cents for row in rows))


def of_last_year(evidence: Evidence, run: Run) -> Explanation:
    """Who changes hands: what the customer bought in the year up to the day, not below nothing."""
    start = run.as_of - YEAR
    rows = _between(rows_of(evidence.subject_id, run.as_of), start, run.as_of)
    table = bought(_span(start, run.as_of), rows)
    facts: list[tuple[Any, Any]] = []
    if evidence.facets.get("watched"):
        facts.append((_("Handed over on"), formatting.day(evidence.occurred_on)))
    return Explanation(facts, [table], max(0, sum(row.cents for row in rows)))


def of_departure(evidence: Evidence, run: Run) -> Explanation:
    """Loss 6: the line of loss 1 with who left when, and who took over."""
    if evidence.measure == "leaver":
        return _left_with(evidence)
    if evidence.measure == "to_hand_over":
        return of_last_year(evidence, run)
    if evidence.measure != "loss":
        return Explanation([], [], 0)
    told, facets = explain(evidence, run), evidence.facets
    left = date.fromisoformat(facets["leave_on"])
    after: list[tuple[Any, Any]] = [
        (_("Rep’s last day"), formatting.day(left)),
        (_("Days without an owner"), formatting.number(facets["days_without_owner"])),
        (_("Taken over by"), facets["successor"] or formatting.UNKNOWN),
    ]
    return Explanation([*after, *told.facts], told.tables, told.cents)


def _left_with(evidence: Evidence) -> Explanation:
    """The lost customers of a leaver."""
    lost = evidence.snapshot.evidence.filter(
        measure="loss", facets__departure=evidence.line_key
    ).order_by("-cents", "pk")
    rows = [(row.line_key, row.occurred_on, row.cents) for row in lost]
    cents = sum(row[2] for row in rows)
    heads: list[tuple[Any, Any]] = [
        (_("Customer"), "text"),
        (_("Lost on"), "day"),
        (_("A year"), "cents"),
    ]
    table = Table(_("Customers who left"), heads, rows, (_("Together"), "", cents))
    return Explanation([], [table], cents)
