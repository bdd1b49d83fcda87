"""The company's working time: when so many hours of it have run, and how many run between two instants."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from crm.lib.periods import local_date
from team.models import Company, Holiday

# A calendar without working days has no end.
FARTHEST_DAYS = 1000


@dataclass
class WorkingTime:
    """Of one company, as its calendar stands today. The holidays are asked for once, when they are needed."""

    company: Company

    @cached_property
    def _holidays(self) -> frozenset[date]:
        return Holiday.all_days()

    def after(self, start: datetime, hours: int) -> datetime | None:
        """The earliest instant at which so many working hours have run; it may be closing time.

        None: not within `FARTHEST_DAYS`.
        """
        left, start = timedelta(hours=hours), start.astimezone(UTC)
        for opens, closes in self._spans(start):
            begins = max(start, opens)
            if closes - begins >= left:
                return begins + left
            left -= max(closes - begins, timedelta(0))
        return None

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much of the time between two instants is working time."""
        run = timedelta(0)
        for opens, closes in self._spans(start):
            if opens >= end:
                break
            run += max(min(closes, end) - max(opens, start), timedelta(0))
        return run

    def _spans(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Opening and closing of the working days from that of an instant on; in UTC, where all hours are equal."""
        first, zone = local_date(start, self.company.zone), self.company.zone
        for number in range(FARTHEST_DAYS):
            day = first + timedelta(days=number)
            if day.weekday() in self.company.workdays and day not in self._holidays:
                opens = datetime.combine(day, self.company.work_start, zone)
                closes = datetime.combine(day, self.company.work_end, zone)
                yield opens.astimezone(UTC), closes.astimezone(UTC)
