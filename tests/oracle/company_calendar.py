"""Local days and working time of the company (R3, section 4 "due", section 6 "working days").

An instant is a whole number of seconds since 1970 UTC.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import cache
from zoneinfo import ZoneInfo

from tests.oracle.tables import Settings, instant

ONE_DAY = timedelta(days=1)
FAR_AHEAD = 4000


@dataclass(frozen=True)
class Calendar:
    zone: ZoneInfo
    workdays: frozenset[int]
    holidays: frozenset[date]
    opens: time
    closes: time

    def local_day(self, moment: int) -> date:
        return datetime.fromtimestamp(moment, UTC).astimezone(self.zone).date()

    def at(self, on: date, clock: time) -> int:
        """The instant of a clock time; a time that summer time skips is the moment of skipping."""
        return int(datetime.combine(on, clock, self.zone).timestamp())

    def end_of(self, on: date) -> int:
        """R3: the instant the next local day begins."""
        return self.at(on + ONE_DAY, time(0))

    def works(self, on: date) -> bool:
        return on.weekday() in self.workdays and on not in self.holidays

    def working_days(self, first: date, last: date) -> list[date]:
        span = ((first + n * ONE_DAY) for n in range((last - first).days + 1))
        return [on for on in span if self.works(on)]

    def working_days_of_month(self, on: date) -> int:
        return _working_days_of_month(self, on.replace(day=1))

    def after_working(self, start: int, seconds: Fraction) -> Fraction | None:
        """The earliest instant at which so much working time has run; None if it never does."""
        if seconds <= 0:
            return Fraction(start)
        on = self.local_day(start)
        for _ in range(FAR_AHEAD):
            if self.works(on):
                begin = max(start, self.at(on, self.opens))
                running = max(0, self.at(on, self.closes) - begin)
                if seconds <= running:
                    return begin + seconds
                seconds -= running
            on += ONE_DAY
        return None


@cache
def _working_days_of_month(calendar: Calendar, first: date) -> int:
    return len(calendar.working_days(first, add_months(first, 1) - ONE_DAY))


def calendar_of(settings: Settings) -> Calendar:
    return Calendar(
        ZoneInfo(settings.get("tz") or "UTC"),
        frozenset(settings.get("workdays", range(5))),
        frozenset(date.fromisoformat(each) for each in settings.get("holidays", [])),
        time.fromisoformat(settings.get("work_start", "09:00")),
        time.fromisoformat(settings.get("work_end", "18:00")),
    )


@cache
def moment_of(text: str) -> int:
    return int(instant(text).timestamp())


def add_months(on: date, months: int) -> date:
    """R3: the same day so many months later, or the last day of a shorter month."""
    count = on.year * 12 + on.month - 1 + months
    first = date(count // 12, count % 12 + 1, 1)
    following = date((count + 1) // 12, (count + 1) % 12 + 1, 1)
    return min(first + timedelta(days=on.day - 1), following - ONE_DAY)
