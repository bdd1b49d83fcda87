"""Loss 4 (selling time, section 6): slow and plain."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.oracle.company_calendar import Calendar, calendar_of
from tests.oracle.knowledge import half_up, money
from tests.oracle.rules import Rules, rules_of
from tests.oracle.shares import rate
from tests.oracle.tables import Settings, Tables
from tests.oracle.wages import Rep, reps_known
from tests.oracle.work_facts import Activity, done_activities

SELLING = {
    "call": 10,
    "email": 5,
    "message": 3,
    "meeting": 60,
    "visit": 90,
    "demo": 60,
    "proposal": 45,
    "negotiation": 60,
}
"""Selling kinds with the minutes that stand for missing ones."""


@dataclass(frozen=True)
class RepMonth:
    """What a line is made of."""

    rep: Rep
    month: str
    days: list[date]
    """Working days employed in from..e without the absences: never none."""
    logged_days: int
    selling_minutes: int
    cost: Fraction

    def available(self, rules: Rules) -> Fraction:
        return len(self.days) * rules.number("hours_per_day") * 60

    def available_logged(self, rules: Rules) -> Fraction:
        return self.logged_days * rules.number("hours_per_day") * 60


def time(
    tables: Tables,
    settings: Settings,
    from_: date,
    to: date,
    as_of: date,
    params: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The report `time` with exactly its output keys (section 13)."""
    rules = rules_of(settings, params)
    months = rep_months(tables, settings, from_, to, as_of, params)
    lines = [line_of(each, rules) for each in months]
    available = sum((each.available(rules) for each in months), Fraction(0))
    selling = sum(each.selling_minutes for each in months)
    logged = sum(each.logged_days for each in months)
    working = sum(len(each.days) for each in months)
    return {
        **{
            key: sum((line[key] for line in lines), money(0)) for key in ("loss", "loss_lo", "cost")
        },
        "share": rate(_share(selling, available)) if months else None,
        "logged_share": rate(Fraction(logged, working)) if working else None,
        "lines": lines,
    }


def rep_months(
    tables: Tables,
    settings: Settings,
    from_: date,
    to: date,
    as_of: date,
    params: Mapping[str, Any] | None,
) -> list[RepMonth]:
    """By rep and calendar month, in the order of the lines."""
    rules, calendar = rules_of(settings, params), calendar_of(settings)
    end = min(to, as_of)
    done = done_activities(tables, calendar, as_of)
    working = calendar.working_days(from_, end)
    found = []
    for rep in reps_known(tables, as_of):
        own = [each for each in done if each.rep == rep.reference and from_ <= each.on <= end]
        days = [on for on in working if rep.employed(on) and on not in rep.absent]
        for month in sorted({_month(on) for on in days}):
            found.append(
                _rep_month(
                    rep,
                    month,
                    [on for on in days if _month(on) == month],
                    [each for each in own if _month(each.on) == month],
                    rules,
                    calendar,
                )
            )
    return found


def _rep_month(
    rep: Rep,
    month: str,
    days: list[date],
    done: list[Activity],
    rules: Rules,
    calendar: Calendar,
) -> RepMonth:
    active = {each.on for each in done}
    return RepMonth(
        rep,
        month,
        days,
        len(active & set(days)),
        sum(_selling_minutes([each for each in done if each.on == on], rules) for on in active),
        sum((rep.daily_wage(on, calendar) for on in days), Fraction(0)),
    )


def line_of(each: RepMonth, rules: Rules) -> dict[str, Any]:
    available = each.available(rules)
    share = _share(each.selling_minutes, available)
    share_logged = _share(each.selling_minutes, each.available_logged(rules))
    return {
        "rep_id": each.rep.reference,
        "month": each.month,
        "working_days": len(each.days),
        "logged_days": each.logged_days,
        "available_minutes": _number(available),
        "selling_minutes": each.selling_minutes,
        "share": rate(share),
        "cost": money(half_up(each.cost)),
        "loss": money(half_up(each.cost * _unsold(share, rules))),
        "loss_lo": money(half_up(each.cost * _unsold(share_logged, rules))),
    }


def _unsold(share: Fraction, rules: Rules) -> Fraction:
    return max(Fraction(0), 1 - rules.number("allowance_share") - share)


def _share(selling: int, available: Fraction) -> Fraction:
    """At most 1; without available time 1 if something was sold in it nevertheless, else 0."""
    if available == 0:
        return Fraction(int(selling > 0))
    return min(Fraction(1), selling / available)


def _selling_minutes(of_day: Iterable[Activity], rules: Rules) -> int:
    """Whole minutes in the union of one day's selling intervals, from second to second."""
    total, covered = 0, 0
    for each in sorted(of_day, key=lambda each: each.start):
        if each.kind not in SELLING:
            continue
        end = each.start + 60 * _minutes(each, rules)
        total += max(0, end - max(each.start, covered))
        covered = max(covered, end)
    return total // 60


def _minutes(each: Activity, rules: Rules) -> int:
    given = each.minutes is not None and each.minutes >= 0
    minutes = each.minutes if given and each.minutes is not None else SELLING[each.kind]
    return min(minutes, rules.whole("max_activity_minutes"))


def _number(value: Fraction) -> int | Decimal:
    if value.denominator == 1:
        return value.numerator
    return Decimal(value.numerator) / value.denominator


def _month(on: date) -> str:
    return on.isoformat()[:7]
