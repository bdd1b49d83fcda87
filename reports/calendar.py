"""The periods that pages offer and nights compute, and the month-ends of the trend."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.lib.periods import Period, add_months, month_end, month_start

TREND_MONTHS = 13
LAST_MONTH = "last-month"
# What nights keep frozen: the trend and the year before it.
FROZEN_MONTHS = TREND_MONTHS + 12


@dataclass(frozen=True)
class Choice:
    """A standard period by name, as the last ended day makes it; computed every night, or once a week.

    One of somebody's own (`own_period`) is computed when it is asked for. `is_rolling`: each day has its own.
    """

    key: str
    label: Any
    period: Period
    every_night: bool = True
    is_own: bool = False
    is_rolling: bool = False


def choices(yesterday: date) -> list[Choice]:
    """The standard periods; the running month and year go on to their last day (they are partial)."""
    year = date(yesterday.year, 1, 1)
    last_month = add_months(month_start(yesterday), -1)
    return [
        Choice(
            "12-months",
            _("Last 12 months"),
            Period(_year_before(yesterday), yesterday),
            is_rolling=True,
        ),
        Choice("month", _("This month"), running_month(yesterday)),
        Choice(LAST_MONTH, _("Last month"), Period(last_month, month_end(last_month))),
        Choice("year", _("This year"), Period(year, date(year.year, 12, 31)), every_night=False),
    ]


def running_month(yesterday: date) -> Period:
    return Period(month_start(yesterday), month_end(yesterday))


def choice_named(key: str, yesterday: date) -> Choice | None:
    return next((choice for choice in choices(yesterday) if choice.key == key), None)


def month_ends(upto: date, count: int = TREND_MONTHS) -> list[Period]:
    """The last whole months that ended by a day, the earliest first."""
    last = month_start(upto + timedelta(days=1))
    starts = [add_months(last, -i) for i in range(count, 0, -1)]
    return [Period(start, month_end(start)) for start in starts]


def trend_starts(end: date) -> list[date]:
    """The first days of the trend's months: those over when the month of a day began, the earliest first."""
    last = month_start(end)
    return [add_months(last, -back) for back in range(TREND_MONTHS, 0, -1)]


def _year_before(day: date) -> date:
    """The day after the same day of the year before: twelve months, both ends counted."""
    return add_months(day, -12) + timedelta(days=1)
