"""The hours in which the company works, as rows that a statement adds up (loss-reports section 4, `sla_clock`)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from math import ceil, floor

from team.models import Company


@dataclass(frozen=True)
class Span:
    """The working time of a day: its first second (since 1970, UTC), its length, the seconds worked before it."""

    day: int
    opens: int
    length: int
    before: int


Answer = tuple[int, int, int, int, int, int]


def spans(first: date, last: date, company: Company, holidays: Collection[date]) -> list[Span]:
    """A row for each day from one to another; a day off has no length. Changes to summer time are seconds like all."""
    before, found = 0, []
    for number in range((last - first).days + 1):
        on = first + timedelta(days=number)
        opens, closes = (_second(on, at, company) for at in (company.work_start, company.work_end))
        works = on.weekday() in company.workdays and on not in holidays
        length = max(0, closes - opens) if works else 0
        found.append(Span((on - date(1970, 1, 1)).days, opens, length, before))
        before += length
    return found


def answers(days: list[Span], seconds: Fraction) -> Iterator[Answer]:
    """(day, opens, length, low, high, base): what begins on a day after `low` to `high` seconds of its
    working time is due at `base` plus these seconds, cut to the whole second.

    Due is the earliest instant at which so much working time has run, so it may be closing time. Nothing
    is told of what is due after the last of the days. `seconds` is more than 0.
    """
    least, whole, reached = ceil(seconds), floor(seconds), 0
    for begun in days:
        while reached < len(days) and _worked_by(days[reached]) < begun.before + least:
            reached += 1
        for place in range(reached, len(days)):
            due = days[place]
            low = max(0, due.before - begun.before - least + 1)
            high = min(begun.length, _worked_by(due) - begun.before - least)
            if low > begun.length:
                break
            if low <= high:
                base = due.opens - due.before + begun.before + whole
                yield begun.day, begun.opens, begun.length, low, high, base


def _worked_by(span: Span) -> int:
    return span.before + span.length


def _second(on: date, at: time, company: Company) -> int:
    return int(datetime.combine(on, at, company.zone).timestamp())
