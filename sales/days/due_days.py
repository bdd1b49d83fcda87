"""The days on which a next step may be due: none that has passed, none in another age; and which are worked."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from crm.lib import formatting
from crm.lib.periods import add_months
from team.models import Company, Holiday

MONTHS_AHEAD = 120
# No company is closed for longer: a calendar full of holidays must not be walked for ever.
MOST_DAYS_OFF = 400


def has_passed(day: date, today: date) -> str:
    """The sentence for a day before today; nothing for any other."""
    return _("This day has passed. Choose today or later.") if day < today else ""


def is_too_far(day: date, today: date) -> str:
    """The sentence for a day more than ten years ahead; nothing for any other."""
    last = add_months(today, MONTHS_AHEAD)
    if day <= last:
        return ""
    return _("This day is more than ten years ahead. Choose %(day)s or earlier.") % {
        "day": formatting.day(last)
    }


def why_not_due(day: date, today: date) -> str:
    """The sentence that says why a new step cannot be due then; nothing if it can."""
    return has_passed(day, today) or is_too_far(day, today)


@dataclass(frozen=True)
class WorkCalendar:
    """The company's days as seen from one of them; the holidays are read once."""

    company: Company
    today: date
    holidays: frozenset[date]

    @classmethod
    def of(cls, company: Company) -> "WorkCalendar":
        return cls(company, company.today, Holiday.all_days())

    @property
    def next_day(self) -> date:
        return self.today + timedelta(days=1)

    def is_worked(self, day: date) -> bool:
        return day.weekday() in self.company.workdays and day not in self.holidays

    def on_or_after(self, day: date) -> date:
        """The day itself if it is worked, else the next one that is."""
        for ahead in range(MOST_DAYS_OFF if self.company.workdays else 0):
            if self.is_worked(day + timedelta(days=ahead)):
                return day + timedelta(days=ahead)
        return day

    def after(self, count: int) -> date:
        """The `count`-th working day after today."""
        day = self.today
        for _n in range(count):
            day = self.on_or_after(day + timedelta(days=1))
        return day

    def in_days(self, count: int) -> date:
        """So many days from today, or the first working day after that."""
        return self.on_or_after(self.today + timedelta(days=count))

    def another_hour(self, tried_at: datetime) -> time:
        """The middle of that half of the working day in which it was not tried; to the half hour."""
        start, end = (_minutes(at) for at in (self.company.work_start, self.company.work_end))
        noon = (start + end) // 2
        tried = _minutes(tried_at.astimezone(self.company.zone).time())
        middle = (noon + end) // 2 if tried < noon else (start + noon) // 2
        return time(middle // 60, middle % 60 // 30 * 30)


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
