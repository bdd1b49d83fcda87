"""The demonstration's calendar: the day it is made for, and what lies before and after it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from crm.lib.periods import add_months, day_start

# Fixed days of the Ukrainian calendar (month, day) on which nobody works.
HOLIDAYS = {
    (1, 1): "New Year",
    (3, 8): "International Women’s Day",
    (5, 1): "Labour Day",
    (5, 8): "Day of Remembrance",
    (6, 28): "Constitution Day",
    (7, 15): "Statehood Day",
    (8, 24): "Independence Day",
    (10, 1): "Defenders’ Day",
    (12, 25): "Christmas",
}
# The demonstration opens in the middle of a morning's work.
MORNING = (10, 45)


@dataclass(frozen=True)
class Clock:
    """`today` is a local date of the company, `moment` the instant up to which things have happened."""

    today: date
    moment: datetime
    zone: ZoneInfo

    @classmethod
    def on(cls, today: date, zone: ZoneInfo, now: datetime) -> "Clock":
        """Mid-morning of `today`; earlier if the morning of that very day has not come yet."""
        morning = day_start(today, zone) + timedelta(hours=MORNING[0], minutes=MORNING[1])
        begins = day_start(today, zone) + timedelta(minutes=5)
        return cls(today, max(begins, min(morning, now.astimezone(UTC))), zone)

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def ahead(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def months_ago(self, months: int) -> date:
        return add_months(self.today, -months)

    def at(self, day: date, minute: int) -> datetime:
        """The instant of a minute of a local day (0 = midnight)."""
        return day_start(day, self.zone) + timedelta(minutes=minute)

    def is_workday(self, day: date) -> bool:
        return day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS

    def workday_by(self, day: date) -> date:
        """This day, or the last working day before it."""
        while not self.is_workday(day):
            day -= timedelta(days=1)
        return day

    def workday_from(self, day: date) -> date:
        """This day, or the first working day after it."""
        while not self.is_workday(day):
            day += timedelta(days=1)
        return day

    def workdays(self, first: date, last: date) -> list[date]:
        """Working days from `first` to `last`, both included."""
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return [day for day in days if self.is_workday(day)]
