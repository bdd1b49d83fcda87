"""The previous period of R4, and the day up to which it runs to be equally mature."""

from datetime import date, timedelta

DAY = timedelta(days=1)


def previous(from_: date, to: date) -> tuple[date, date]:
    """The previous calendar month, quarter or year if the period is one, else as many days."""
    before = from_ - DAY
    for months in (1, 3, 12):
        if _is_calendar(from_, to, months):
            return _months_back(from_, months), before
    return from_ - (to - from_ + DAY), before


def previous_mature(from_: date, to: date, as_of: date) -> tuple[date, date]:
    """From and e of the previous period: whole if the period is over, else as many days of it."""
    first, last = previous(from_, to)
    if as_of >= to:
        return first, last
    return first, min(last, first + (as_of - from_))


def _is_calendar(from_: date, to: date, months: int) -> bool:
    begins = from_.day == 1 and (from_.month - 1) % months == 0
    return begins and to + DAY == _months_back(from_, -months)


def _months_back(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
