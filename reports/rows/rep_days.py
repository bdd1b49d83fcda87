"""A line of loss 4 opened: each day of a rep and month, with what was done on it and what of that counted.

    days_of(rep, date(2026, 4, 1), as_of, run.values)      every day of April up to the as-of day
    days_of(rep, month, as_of, values, within=period)      of a period that covers only a part of it

The sums over the days equal the row: `is_paid` the working days, `is_logged` the logged ones, and
`selling_minutes` the selling minutes, from the same statement as the report.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from crm.lib.periods import Period, day_number, day_of, month_end, month_start
from reports.rows import work_rows
from reports.rows.staff import employments_known
from reports.rows.work_calendar import WorkCalendar
from reports.rules.catalogue import Values
from team.models import Absence, Company, User

WORKING, OFF, ABSENT, NOT_EMPLOYED = "working", "off", "absent", "not_employed"


@dataclass(frozen=True)
class Entry:
    """A done activity. `minutes` are clipped; `seconds` is what it adds to the selling time of its day.

    `is_imputed`: no minutes were noted, those usual for its kind stand in.
    """

    activity_id: int
    kind: str
    start_at: datetime
    minutes: int
    seconds: int
    is_selling: bool
    is_imputed: bool


@dataclass(frozen=True)
class RepDay:
    """`state` is one of `working`, `off` (no working day), `absent` and `not_employed`."""

    day: date
    state: str
    entries: tuple[Entry, ...]

    @property
    def is_paid(self) -> bool:
        return self.state == WORKING

    @property
    def is_logged(self) -> bool:
        return self.is_paid and bool(self.entries)

    @property
    def selling_minutes(self) -> int:
        """The union of the selling intervals, floored to whole minutes."""
        return sum(entry.seconds for entry in self.entries) // 60

    @property
    def counted(self) -> int:
        """How many intervals add to the selling time; others lie inside of earlier ones or are no selling."""
        return sum(entry.seconds > 0 for entry in self.entries)

    @property
    def imputed(self) -> int:
        return sum(entry.is_imputed for entry in self.entries)


def days_of(
    rep: User, month: date, as_of: date, values: Values, *, within: Period | None = None
) -> list[RepDay]:
    """The days of the month of `month`, in order, as known at the end of `as_of`. Four queries and the calendar."""
    first, last = month_start(month), min(month_end(month), as_of)
    if within is not None:
        first, last = max(first, within.start), min(last, within.end)
    if last < first:
        return []
    calendar = WorkCalendar.over(first, last, as_of)
    entries = _entries(rep, first, last, as_of, values["max_activity_minutes"])
    employed = employments_known(as_of, [rep.pk])
    away = _absences(rep, first, last, as_of)
    found = []
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        is_employed = any(e.first <= day_number(day) <= e.last for e in employed)
        state = _state(calendar.is_working(day), is_employed, day in away)
        found.append(RepDay(day, state, tuple(entries.get(day, ()))))
    return found


def _state(is_working: bool, is_employed: bool, is_away: bool) -> str:
    if not is_employed:
        return NOT_EMPLOYED
    if not is_working:
        return OFF
    return ABSENT if is_away else WORKING


def _absences(rep: User, first: date, last: date, as_of: date) -> set[date]:
    alive = Q(deleted_on__isnull=True) | Q(deleted_on__gt=as_of)
    known = Absence.objects.filter(alive, user=rep, on__range=(first, last), recorded_on__lte=as_of)
    return set(known.values_list("on", flat=True))


def _entries(
    rep: User, first: date, last: date, as_of: date, max_minutes: int
) -> dict[date, list[Entry]]:
    zone, vendor = Company.at(as_of).zone, connection.vendor
    own = f"{work_rows.known()} AND a.author_id = %(rep)s"
    statement = f"""
WITH {work_rows.done(zone, vendor, own)},{work_rows.placed()}
SELECT day, id, kind, start_s, minutes, seconds, selling, imputed
FROM placed ORDER BY start_s, minutes, id"""
    values: dict[str, Any] = {
        "rep": rep.pk,
        "date": as_of.isoformat(),
        "max_minutes": max_minutes,
        **work_rows.instants(first, last, zone),
    }
    found: dict[date, list[Entry]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for day, pk, kind, start, minutes, seconds, selling, imputed in cursor.fetchall():
            at = datetime.fromtimestamp(start, UTC)
            entry = Entry(pk, kind, at, minutes, seconds, selling == 1, imputed == 1)
            found[day_of(day)].append(entry)
    return found
