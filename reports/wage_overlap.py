"""Wages that two losses count: the part of a line of loss 4 that lies within some days (section 9, 4&5)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from django.db.models import Q

from crm.lib.periods import day_number, day_of, month_start
from reports.report import Run
from reports.staff import Staff
from reports.work_calendar import WorkCalendar
from team.models import Absence

Span = tuple[int, int]


def parts_within(run: Run, spans: Mapping[int, Sequence[Span]]) -> dict[tuple[int, date], Fraction]:
    """By rep id and month (its first day): the part of the cost of their line of loss 4 that lies in the spans.

    `spans` are first and last days (integers, both included) by rep id: hire to evaluation of a newcomer
    that loss 5 counts. Exact; 0 of a line that cost nothing. A fixed number of queries.
    """
    staff, calendar = (
        Staff(run.as_of, spans),
        WorkCalendar.over(run.period.start, run.end),
    )
    working = calendar.working_between(day_number(run.period.start), day_number(run.end))
    away = _absences(run, spans)
    found: dict[tuple[int, date], Fraction] = {}
    for rep_id, within in spans.items():
        whole: dict[date, Fraction] = defaultdict(Fraction)
        part: dict[date, Fraction] = defaultdict(Fraction)
        for day in working:
            if day in away[rep_id] or not staff.is_employed(rep_id, day):
                continue
            month = month_start(day_of(day))
            cost = Fraction(staff.pay_at(rep_id, day).wage)
            whole[month] += cost
            part[month] += cost if any(first <= day <= last for first, last in within) else 0
        for month, cost in whole.items():
            found[rep_id, month] = part[month] / cost if cost else Fraction(0)
    return found


def _absences(run: Run, spans: Mapping[int, Sequence[Span]]) -> dict[int, set[int]]:
    alive = Q(deleted_on__isnull=True) | Q(deleted_on__gt=run.as_of)
    rows = Absence.objects.filter(
        alive,
        user__in=list(spans),
        on__range=(run.period.start, run.end),
        recorded_on__lte=run.as_of,
    )
    found: dict[int, set[int]] = defaultdict(set)
    for rep_id, on in rows.values_list("user", "on"):
        found[rep_id].add(day_number(on))
    return found
