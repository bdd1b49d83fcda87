"""Until when forecasts run, and which one of a week is kept."""

from datetime import date, timedelta

from crm.lib.periods import Period, add_months, month_end

# Kept ones that a night catches up on and a page compares: a quarter.
WEEKS = 13


def horizons(day: date) -> dict[str, Period]:
    """From a day to the end of its month, quarter and year, by name."""
    quarter = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    ends = {
        "month": month_end(day),
        "quarter": month_end(add_months(quarter, 2)),
        "year": date(day.year, 12, 31),
    }
    return {name: Period(day, end) for name, end in ends.items()}


def week_ends(upto: date, count: int = WEEKS) -> list[date]:
    """The last Sundays by a day, the earliest first: one forecast of each is kept for ever."""
    last = upto - timedelta(days=(upto.weekday() + 1) % 7)
    return [last - timedelta(weeks=back) for back in range(count - 1, -1, -1)]


def kept_period(sunday: date) -> Period:
    """What a kept forecast covers: the rest of the quarter, from a quarter's last days the next one."""
    rest = horizons(sunday)["quarter"]
    following = horizons(rest.end + timedelta(days=1))["quarter"]
    return rest if (rest.end - sunday).days >= 14 else Period(sunday, following.end)
