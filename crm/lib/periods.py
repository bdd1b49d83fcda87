"""The only place that turns dates into instants and instants into dates (loss-reports R3, R4).

Business dates are local dates of the company's zone; instants are stored in UTC.
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

# The first day of what was so since ever: of rows that name none, of facts that need one that nobody knows.
SINCE_EVER = date(1900, 1, 1)
# Day 0 of the integer days that reports compute with: 1970-01-01.
_EPOCH = date(1970, 1, 1).toordinal()


@cache
def zone_names() -> frozenset[str]:
    """The zones that this machine knows: asked for once, since each time hundreds of files are looked at."""
    return frozenset(available_timezones())


def day_number(day: date) -> int:
    """Days since 1970-01-01; the same integers that `DAY_SQL` yields in both databases."""
    return day.toordinal() - _EPOCH


def day_of(number: int) -> date:
    """The date of an integer day."""
    return date.fromordinal(number + _EPOCH)


def local_date(instant: datetime, zone: ZoneInfo) -> date:
    """The calendar date of an instant in the company's zone."""
    return instant.astimezone(zone).date()


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which a local day begins; a midnight that the clock skips is the first instant after it."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which local `day` ends: the beginning of the next (exclusive)."""
    return day_start(day + timedelta(days=1), zone)


def add_months(day: date, months: int) -> date:
    """Same day of a later month, cut to its last day: `add_months(31 Jan, 1)` is the last of February."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def month_start(day: date) -> date:
    return day.replace(day=1)


def month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


@dataclass(frozen=True)
class Period:
    """Local dates, both inclusive."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("The period ends before it starts.")

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def previous(self) -> "Period":
        """The calendar month, quarter or year before, if this is one; else as many days just before (R4)."""
        for months in (1, 3, 12):
            if self._is_calendar(months):
                return Period(add_months(self.start, -months), self.start - timedelta(days=1))
        before = self.start - timedelta(days=1)
        return Period(before - timedelta(days=self.days - 1), before)

    def _is_calendar(self, months: int) -> bool:
        starts = self.start.day == 1 and (self.start.month - 1) % months == 0
        return starts and self.end == add_months(self.start, months) - timedelta(days=1)

    def previous_as_of(self, as_of: date) -> date:
        """The as-of date at which the previous period is equally mature (R4)."""
        before = self.previous()
        if as_of >= self.end:
            return before.end + (as_of - self.end)
        return min(before.end, before.start + (as_of - self.start))
