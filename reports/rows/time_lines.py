"""The lines of loss 4, a rep and calendar month each, and their money, rounded once (loss-reports section 6).

A rep who changed team within the month has a part for each team: the line's cents are shared out over them
in proportion to what their days cost, by largest remainder, the earlier team first.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby

from crm.lib.money import half_up, share_out
from crm.lib.periods import day_of
from reports.rows.staff import Staff
from reports.rows.time_rows import Work
from reports.rows.work_calendar import WorkCalendar
from reports.rules.catalogue import Values

# Wages are kept with eight decimals; as whole numbers they weigh exactly.
EXACT = 10**8


@dataclass(frozen=True)
class TeamPart:
    """What of a line happened in one team. Cents; minutes and days are whole."""

    team_id: int | None
    last_day: date
    works: tuple[Work, ...]
    paid_days: int
    logged_days: int
    selling: int
    loss: int
    loss_lo: int
    cost: int


@dataclass(frozen=True)
class Line:
    """A rep and month; `share` of the paid time that was sold in."""

    rep_id: int
    reference: str
    month: date
    share: float
    parts: tuple[TeamPart, ...]

    @property
    def key(self) -> str:
        return f"{self.reference} {self.month:%Y-%m}"


def minutes_a_day(values: Values) -> Fraction:
    return Fraction(values["hours_per_day"]) * 60


def lines_of(
    works: Iterable[Work], staff: Staff, calendar: WorkCalendar, values: Values
) -> Iterator[Line]:
    """A line for each rep and month with a paid day."""
    rule = Rule(minutes_a_day(values), 1 - Fraction(values["allowance_share"]))
    ordered = sorted(works, key=lambda work: (work.segment.rep_id, work.month, work.segment.first))
    for (rep_id, month), group in groupby(ordered, key=lambda w: (w.segment.rep_id, w.month)):
        of_month = tuple(group)
        if any(work.paid_days for work in of_month):
            reference = staff.employments[rep_id][0].reference
            yield rule.line(rep_id, reference, month, of_month, calendar.of_month(month))


@dataclass(frozen=True)
class Rule:
    """`minutes` of a paid day; `allowed` is the share of it in which selling is expected. Exact.

    Whole numbers as long as it goes: a fraction each for the three figures of a line, half the time.
    """

    minutes: Fraction
    allowed: Fraction

    def line(
        self, rep_id: int, reference: str, month: date, works: tuple[Work, ...], month_days: int
    ) -> Line:
        selling = sum(work.selling for work in works)
        paid = sum(work.paid_days for work in works)
        logged = sum(work.logged_days for work in works)
        wages, divisor = 100 * sum(map(_weight, works)), EXACT * month_days
        money = (
            self.unsold(wages, divisor, selling, paid),
            self.unsold(wages, divisor, selling, logged),
            half_up(Fraction(wages, divisor)),
        )
        share = min(1.0, float(selling / (paid * self.minutes)))
        return Line(rep_id, reference, month, share, tuple(_parts(works, money)))

    def unsold(self, wages: int, divisor: int, selling: int, days: int) -> int:
        """Cents of `wages / divisor` for the expected share of so many days less the share sold in.

        Of no day the share is 1 if there was any selling, so that the lower figure is the lower one.
        """
        available = days * self.minutes.numerator
        sold = min(available, selling * self.minutes.denominator)
        if not available:
            available, sold = 1, int(selling > 0)
        left = self.allowed.numerator * available - sold * self.allowed.denominator
        part = max(0, left), self.allowed.denominator * available
        return half_up(Fraction(wages * part[0], divisor * part[1]))


def _weight(work: Work) -> int:
    return int(work.segment.pay.wage * EXACT) * work.paid_days


def _parts(works: tuple[Work, ...], money: tuple[int, int, int]) -> Iterator[TeamPart]:
    teams = list(dict.fromkeys(work.segment.team_id for work in works))
    if len(teams) == 1:
        yield _part(works, *money)
        return
    by_team = [tuple(work for work in works if work.segment.team_id == team) for team in teams]
    weights = [sum(map(_weight, part)) for part in by_team]
    shared = zip(*(share_out(cents, weights) for cents in money), strict=True)
    for part, cents in zip(by_team, shared, strict=True):
        yield _part(part, *cents)


def _part(works: tuple[Work, ...], loss: int, loss_lo: int, cost: int) -> TeamPart:
    return TeamPart(
        works[0].segment.team_id,
        _last_day(works),
        works,
        sum(work.paid_days for work in works),
        sum(work.logged_days for work in works),
        sum(work.selling for work in works),
        loss,
        loss_lo,
        cost,
    )


def _last_day(works: tuple[Work, ...]) -> date:
    """The last paid day; where there was none, the first day that anything can have been done on."""
    last = max(work.last_day for work in works)
    return day_of(last) if last else max(day_of(works[0].segment.first), works[0].month)
