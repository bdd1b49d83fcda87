"""The company's working days as integer days: asked for once, counted without the database."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from crm.lib.periods import day_number, month_end, month_start
from team.models import Company, Holiday


@dataclass(frozen=True)
class WorkCalendar:
    """Worked weekdays (0 = Monday) that are no holidays, from the first day of a month to the last of one."""

    start: date
    end: date
    workdays: frozenset[int]
    holidays: frozenset[date]

    @classmethod
    def over(cls, start: date, end: date, as_of: date) -> "WorkCalendar":
        """The calendar of all months that the days start..end lie in, as known at the end of `as_of`."""
        weekdays = frozenset(Company.at(as_of).workdays)
        return cls(month_start(start), month_end(end), weekdays, Holiday.days_at(as_of))

    def is_working(self, day: date) -> bool:
        return day.weekday() in self.workdays and day not in self.holidays

    def days(self) -> Iterator[date]:
        return (self.start + timedelta(days=n) for n in range((self.end - self.start).days + 1))

    @cached_property
    def working(self) -> list[int]:
        """All working days, in order."""
        return [day_number(day) for day in self.days() if self.is_working(day)]

    def working_between(self, first: int, last: int) -> list[int]:
        """The working days among first..last, both included and inside the calendar."""
        return self.working[bisect_left(self.working, first) : bisect_right(self.working, last)]

    def of_month(self, day: date) -> int:
        """Working days of the calendar month that a day lies in."""
        return self._of_months[day.year, day.month]

    @cached_property
    def _of_months(self) -> dict[tuple[int, int], int]:
        found: dict[tuple[int, int], int] = {}
        for day in self.days():
            key = (day.year, day.month)
            found[key] = found.get(key, 0) + self.is_working(day)
        return found

    def rows(self, first: date, last: date) -> list[dict[str, Any]]:
        """The days first..last for a statement: `day`, `month` (its first day), `weekday`, `working`."""
        return [
            {
                "day": day_number(day),
                "month": month_start(day).isoformat(),
                "weekday": day.weekday(),
                "working": int(self.is_working(day)),
            }
            for day in self.days()
            if first <= day <= last
        ]


# The members of `WorkCalendar.rows`, as `crm.lib.sql.given_rows_sql` takes them.
DAY_COLUMNS = {"day": "BIGINT", "month": "TEXT", "weekday": "BIGINT", "working": "BIGINT"}
