"""Loss 5 (new reps without results, section 7): slow and plain."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from tests.oracle.company_calendar import ONE_DAY, Calendar, add_months, calendar_of
from tests.oracle.knowledge import half_up, known_at, money
from tests.oracle.rules import Rules, rules_of
from tests.oracle.tables import Settings, Tables
from tests.oracle.wages import Rep, reps_known
from tests.oracle.work_facts import Activity, Booked, booked_rows, done_activities


@dataclass(frozen=True)
class Books:
    rules: Rules
    calendar: Calendar
    booked: list[Booked]
    done: list[Activity]


def new_reps(
    tables: Tables,
    settings: Settings,
    from_: date,
    to: date,
    as_of: date,
    params: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The report `new_reps` with exactly its output keys (section 13)."""
    calendar = calendar_of(settings)
    books = Books(
        rules_of(settings, params),
        calendar,
        booked_rows(tables, known_at(tables, as_of)),
        done_activities(tables, calendar, as_of),
    )
    reps = reps_known(tables, as_of)
    end = min(to, as_of)
    lines = [_line(rep, books) for rep in reps if from_ <= evaluation_day(rep, books.rules) <= end]
    counted = [line for line in lines if line["counted"]]
    return {
        "loss": sum((line["loss"] for line in lines), money(0)),
        "wages": sum((line["wage"] for line in counted), money(0)),
        "expenses": sum((line["expenses"] for line in counted), money(0)),
        "reps": len(counted),
        "evaluated": len(lines),
        "no_result_but_worked": sum(line["no_result"] and not line["no_record"] for line in lines),
        "in_progress": sum(evaluation_day(rep, books.rules) > as_of for rep in reps),
        "lines": lines,
    }


def evaluation_day(rep: Rep, rules: Rules) -> date:
    """The last day of the ramp, or the last day employed if that is earlier."""
    ramp_end = add_months(rep.hired, rules.whole("ramp_months")) - ONE_DAY
    return ramp_end if rep.left is None else min(ramp_end, rep.left)


def _line(rep: Rep, books: Books) -> dict[str, Any]:
    rules, last = books.rules, evaluation_day(rep, books.rules)
    days = books.calendar.working_days(rep.hired, last)
    present = [on for on in days if on not in rep.absent]
    result = sum(
        row.cents
        for row in books.booked
        if row.rep == rep.reference and rep.hired <= row.on <= last
    )
    activities = sum(
        each.rep == rep.reference and rep.hired <= each.on <= last for each in books.done
    )
    no_result = result <= rules.number("min_result") * 100
    no_record = activities < rules.number("min_activities_per_day") * len(present)
    counted = no_result and (no_record or not rules.on("require_no_record"))
    wage = _total(days, rep.daily_wage, books.calendar)
    expenses = _total(days, rep.daily_expenses, books.calendar)
    return {
        "rep_id": rep.reference,
        "hire_on": rep.hired.isoformat(),
        "evaluated_on": last.isoformat(),
        "working_days": len(present),
        "result": money(result),
        "activities": activities,
        "no_result": no_result,
        "no_record": no_record,
        "counted": counted,
        "wage": money(wage),
        "expenses": money(expenses),
        "loss": money(wage + expenses if counted else 0),
    }


def _total(
    days: list[date], daily: Callable[[date, Calendar], Fraction], calendar: Calendar
) -> int:
    """Cents of all the days, rounded once."""
    return half_up(sum((daily(on, calendar) for on in days), Fraction(0)))
