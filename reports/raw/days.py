"""Behind a rep's row: the days of a month with what was paid and done; the sales and the wages of a newcomer."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from crm.lib import formatting
from crm.lib.money import half_up
from crm.lib.periods import Period, day_number, day_of, month_end, month_start
from customers.models import Revenue
from reports.models import Evidence
from reports.report import Run
from reports.screens.parts import Explanation, Table
from reports.staff import Staff
from reports.time_lines import minutes_a_day
from reports.time_rows import Work, work_of
from reports.wage_rows import cost_of
from reports.work_calendar import WorkCalendar
from team.models import Company

# Of a measure of loss 4, what the days add up to.
COUNTED = {"selling": "selling", "working_days": "paid_days", "logged_days": "logged_days"}


def of_month(evidence: Evidence, run: Run) -> Explanation:
    """Loss 4: each day of the rep's month in the period, with its wage where that may be read."""
    rep, first = evidence.owner_id, date.fromisoformat(f"{evidence.facets['month']}-01")
    if rep is None:
        return Explanation([], [], 0)
    period = Period(max(first, run.period.start), min(month_end(first), run.end))
    staff, calendar = Staff(run.as_of, [rep]), WorkCalendar.over(period.start, period.end)
    days = range(day_number(period.start), day_number(period.end) + 1)
    cut = Run(period, run.as_of, run.values)
    works = [
        work
        for work in work_of(cut, staff, calendar, {rep: days})
        if work.segment.team_id == evidence.team_id and (work.paid_days or work.selling)
    ]
    with_money = evidence.cents is not None
    return Explanation(
        _time_facts(evidence, works, run),
        [_days(works, staff, calendar, with_money=with_money)],
        _counted(evidence, works),
    )


def _counted(evidence: Evidence, works: list[Work]) -> int | None:
    """What the days come to: minutes or days of these measures; of money its own line has been rounded once."""
    name = COUNTED.get(evidence.measure)
    return evidence.cents if name is None else sum(int(getattr(work, name)) for work in works)


def _time_facts(evidence: Evidence, works: list[Work], run: Run) -> list[tuple[Any, Any]]:
    selling, paid = sum(w.selling for w in works), sum(w.paid_days for w in works)
    available = int(paid * minutes_a_day(run.values))
    facts: list[tuple[Any, Any]] = [
        (
            _("Selling"),
            _("%(selling)s of %(available)s on %(days)s paid days")
            % {
                "selling": formatting.minutes(selling),
                "available": formatting.minutes(available),
                "days": formatting.number(paid),
            },
        )
    ]
    if evidence.measure != "loss" or evidence.cents is None:
        return facts
    currency = Company.get().base_currency
    allowance = run.values["allowance_share"]
    told = _("%(cost)s × (1 − %(allowed)s − %(share)s) = %(loss)s") % {
        "cost": formatting.money(evidence.base_cents, currency, minor=True),
        "allowed": formatting.percent(allowance),
        "share": formatting.percent(evidence.facets["share"]),
        "loss": formatting.money(evidence.cents, currency, minor=True),
    }
    return [*facts, (_("Paid without business"), told)]


def _days(works: list[Work], staff: Staff, calendar: WorkCalendar, *, with_money: bool) -> Table:
    heads: list[tuple[Any, Any]] = [
        (_("Day"), "day"),
        (_("Paid"), "text"),
        (_("Record"), "text"),
        (_("Selling"), "minutes"),
    ]
    rows: list[list[Any]] = []
    wages = Fraction(0)
    for work in sorted(works, key=lambda one: one.segment.first):
        day = day_of(work.segment.first)
        row: list[Any] = [
            day,
            _("yes") if work.paid_days else _("no"),
            _("yes") if work.logged_days else "",
            work.selling,
        ]
        if with_money:
            rep, number = work.segment.rep_id, work.segment.first
            wage = cost_of(staff, calendar, rep, number, number).wages
            wage = wage if work.paid_days else Fraction(0)
            wages += wage
            row.append(half_up(wage))
        rows.append(row)
    total: list[Any] = [_("Together"), "", "", sum(work.selling for work in works)]
    if with_money:
        heads.append((_("Wage"), "cents"))
        total.append(half_up(wages))
    return Table(
        _("The days"),
        heads,
        rows,
        total,
        _("A sum is rounded once, so that it may differ by a cent from its days.")
        if with_money
        else "",
    )


def of_newcomer(evidence: Evidence, run: Run) -> Explanation:
    """Loss 5: what was sold and done from the first day to the evaluation, and what it cost by month."""
    facets = evidence.facets
    hired, judged = (date.fromisoformat(facets[name]) for name in ("hire_on", "evaluated_on"))
    facts: list[tuple[Any, Any]] = [
        (_("First day"), formatting.day(hired)),
        (_("Judged on"), formatting.day(judged)),
        (_("Working days without absences"), formatting.number(facets["working_days"])),
        (_("Records of work"), formatting.number(facets["activities"])),
    ]
    tables = [_sold(evidence, hired, min(judged, run.as_of), run)]
    if evidence.cents is None:
        return Explanation(facts, tables, None)
    if evidence.measure == "in_progress":
        return Explanation(facts, tables, 0)
    first = run.as_of + timedelta(days=1) if evidence.measure == "in_progress_idle" else hired
    table, cents = _paid(evidence, first, judged, run)
    return Explanation(facts, [*tables, table], cents)


def _sold(evidence: Evidence, hired: date, last: date, run: Run) -> Table:
    kept = Q(deleted_on__isnull=True) | Q(deleted_on__gt=run.as_of)
    rows = Revenue.everything.filter(
        kept, rep_id=evidence.owner_id, on__range=(hired, last), recorded_on__lte=run.as_of
    )
    told = [(row.on, row.reference, row.cents) for row in rows.order_by("on", "pk")]
    heads: list[tuple[Any, Any]] = [(_("Day"), "day"), (_("Order"), "text"), (_("Money"), "cents")]
    total = (_("Together"), "", sum(row[2] for row in told))
    return Table(_("Sales credited to the newcomer"), heads, told, total)


def _paid(evidence: Evidence, first: date, last: date, run: Run) -> tuple[Table, int]:
    """Wages and expenses by month; each is rounded once over the whole span."""
    rep = evidence.owner_id or 0
    staff, calendar = Staff(run.as_of, [rep]), WorkCalendar.over(first, last)
    rows, month = [], month_start(first)
    while month <= last:
        start, end = max(first, month), min(month_end(month), last)
        cost = cost_of(staff, calendar, rep, day_number(start), day_number(end))
        rows.append((formatting.month(month), half_up(cost.wages), half_up(cost.expenses)))
        month = month_end(month) + timedelta(days=1)
    whole = cost_of(staff, calendar, rep, day_number(first), day_number(last))
    wages, expenses = half_up(whole.wages), half_up(whole.expenses)
    heads: list[tuple[Any, Any]] = [
        (_("Month"), "text"),
        (_("Wages"), "cents"),
        (_("Expenses"), "cents"),
    ]
    table = Table(_("What it cost"), heads, rows, (_("Together"), wages, expenses))
    only_wages = evidence.measure == "in_progress_idle"
    return table, wages if only_wages else wages + expenses
