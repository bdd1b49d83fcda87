"""Behind a rep's row: the days of a month with what was paid and done; the sales and the wages of a newcomer."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from crm.lib import formatting
from crm.lib.money import half_up
from crm.lib.periods import Period, day_number, month_end, month_start
from customers.models import Revenue
from reports.models import Evidence
from reports.report import Run
from reports.rows.rep_days import ABSENT, NOT_EMPLOYED, OFF, WORKING, RepDay, days_of
from reports.rows.staff import Staff
from reports.rows.time_lines import minutes_a_day
from reports.rows.wage_rows import cost_of
from reports.rows.work_calendar import WorkCalendar
from reports.screens.parts import Explanation, Table
from team.models import Company

# Of a measure of loss 4, what the days add up to.
COUNTED = {"selling": "selling_minutes", "working_days": "is_paid", "logged_days": "is_logged"}


def of_month(evidence: Evidence, run: Run) -> Explanation:
    """Loss 4: each day of the rep's month in the period; of its money with the wages, where these may be read."""
    rep = evidence.owner
    if rep is None:
        return Explanation([], [], 0)
    month = date.fromisoformat(f"{evidence.facets['month']}-01")
    within = Period(run.period.start, run.end)
    staff = Staff(run.as_of, [rep.pk])
    found = days_of(rep, month, run.as_of, run.values, within=within)
    days = [
        each for each in found if staff.team_at(rep.pk, day_number(each.day)) == evidence.team_id
    ]
    table = _days(days, rep.pk, staff, run.as_of, with_money=_is_priced(evidence))
    return Explanation(_time_facts(evidence, days, run), [table], _counted(evidence, days))


def _is_priced(evidence: Evidence) -> bool:
    """Minutes and days are told to more people than wages are: their days come without a wage, whoever reads them."""
    return evidence.measure == "loss" and evidence.cents is not None


def _counted(evidence: Evidence, days: list[RepDay]) -> int | None:
    """What the days come to: minutes or days of these measures; of money its own line has been rounded once."""
    name = COUNTED.get(evidence.measure)
    return evidence.cents if name is None else sum(int(getattr(day, name)) for day in days)


def _time_facts(evidence: Evidence, days: list[RepDay], run: Run) -> list[tuple[Any, Any]]:
    selling, paid = sum(day.selling_minutes for day in days), sum(day.is_paid for day in days)
    told = _("%(selling)s of %(available)s on %(days)s paid days") % {
        "selling": formatting.minutes(selling),
        "available": formatting.minutes(int(paid * minutes_a_day(run.values))),
        "days": formatting.number(paid),
    }
    facts: list[tuple[Any, Any]] = [(_("Selling"), told)]
    if evidence.measure != "loss" or evidence.cents is None:
        return facts
    currency = Company.get().base_currency
    money = _("%(cost)s × (1 − %(allowed)s − %(share)s) = %(loss)s") % {
        "cost": formatting.money(evidence.base_cents, currency, minor=True),
        "allowed": formatting.percent(run.values["allowance_share"]),
        "share": formatting.percent(evidence.facets["share"]),
        "loss": formatting.money(evidence.cents, currency, minor=True),
    }
    return [*facts, (_("Paid without business"), money)]


def _state_words() -> dict[str, str]:
    return {
        WORKING: _("paid"),
        OFF: _("day off"),
        ABSENT: _("absent"),
        NOT_EMPLOYED: _("not employed"),
    }


def _days(days: list[RepDay], rep: int, staff: Staff, as_of: date, *, with_money: bool) -> Table:
    """Days that were paid or on which something was done; minutes taken for granted are told."""
    words = _state_words()
    heads: list[tuple[Any, Any]] = [
        (_("Day"), "day"),
        (_("State"), "text"),
        (_("Records"), "number"),
        (_("Without minutes"), "number"),
        (_("Selling"), "minutes"),
    ]
    shown = [day for day in days if day.is_paid or day.entries]
    rows: list[list[Any]] = [
        [day.day, words[day.state], len(day.entries), day.imputed, day.selling_minutes]
        for day in shown
    ]
    total: list[Any] = [_("Together"), "", *(sum(row[n] for row in rows) for n in (2, 3, 4))]
    if not with_money or not days:
        return Table(_("The days"), heads, rows, total)
    calendar = WorkCalendar.over(days[0].day, days[-1].day, as_of)
    wages = [_wage(day, rep, staff, calendar) for day in shown]
    priced = [[*row, half_up(wage)] for row, wage in zip(rows, wages, strict=True)]
    note = _("A sum is rounded once, so that it may differ by a cent from its days.")
    heads.append((_("Wage"), "cents"))
    return Table(_("The days"), heads, priced, [*total, half_up(sum(wages, Fraction(0)))], note)


def _wage(day: RepDay, rep: int, staff: Staff, calendar: WorkCalendar) -> Fraction:
    number = day_number(day.day)
    return cost_of(staff, calendar, rep, number, number).wages if day.is_paid else Fraction(0)


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
    staff = Staff(run.as_of, [rep])
    calendar = WorkCalendar.over(first, last, run.as_of)
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
