"""The lines of loss 4, a rep and calendar month each, and their money, rounded once (loss-reports section 6).

A rep who changed team within the month has a part for each team: the line's cents are shared out over them
in proportion to what their days cost, by largest remainder, the earlier team first.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import groupby

from crm.lib.money import half_up, share_out
from crm.lib.periods import day_of
from reports.catalogue import Values
from reports.staff import Staff
from reports.time_rows import Work
from reports.work_calendar import WorkCalendar

# Wages are kept with eight decimals; as whole numbers they weigh exactly.
EXACT = 10**8


@dataclass(frozen=True)
class TeamPart:
    """What of a line happened in one team. Cents; minutes and days are whole."""

    team_id: int | None
    last_day: date
    works: tuple[Work, ...]
    loss: int
    loss_lo: int
    cost: int

    @property
    def paid_days(self) -> int:
        return sum(work.paid_days for work in self.works)

    @property
    def logged_days(self) -> int:
        return sum(work.logged_days for work in self.works)

    @property
    def selling(self) -> int:
        return sum(work.selling for work in self.works)


@dataclass(frozen=True)
class Line:
    """A rep and month. `share` and `share_lo` are exact."""

    rep_id: int
    reference: str
    month: date
    share: Fraction
    share_lo: Fraction
    parts: tuple[TeamPart, ...] = field(default=())

    @property
    def key(self) -> str:
        return f"{self.reference} {self.month:%Y-%m}"


def lines_of(
    works: Iterable[Work], staff: Staff, calendar: WorkCalendar, values: Values
) -> Iterator[Line]:
    """A line for each rep and month with a paid day."""
    ordered = sorted(works, key=lambda work: (work.segment.rep_id, work.month, work.segment.first))
    for (rep_id, month), group in groupby(ordered, key=lambda w: (w.segment.rep_id, w.month)):
        of_month = tuple(group)
        if any(work.paid_days for work in of_month):
            reference = staff.employments[rep_id][0].reference
            yield _line(rep_id, reference, month, of_month, calendar, values)


def minutes_a_day(values: Values) -> Fraction:
    return Fraction(values["hours_per_day"]) * 60


def _line(
    rep_id: int,
    reference: str,
    month: date,
    works: tuple[Work, ...],
    calendar: WorkCalendar,
    values: Values,
) -> Line:
    minutes, selling = minutes_a_day(values), sum(work.selling for work in works)
    share = _share(selling, minutes * sum(work.paid_days for work in works))
    share_lo = _share(selling, minutes * sum(work.logged_days for work in works))
    cost = Fraction(100 * sum(_weight(work) for work in works), EXACT * calendar.of_month(month))
    allowed = 1 - Fraction(values["allowance_share"])
    money = (
        half_up(cost * max(Fraction(0), allowed - share)),
        half_up(cost * max(Fraction(0), allowed - share_lo)),
        half_up(cost),
    )
    return Line(rep_id, reference, month, share, share_lo, tuple(_parts(works, money)))


def _share(selling: int, available: Fraction) -> Fraction:
    """At most 1; of no time at all 1 if there was any selling, so that the lower figure is the lower one."""
    if not available:
        return Fraction(1 if selling else 0)
    return min(Fraction(1), selling / available)


def _weight(work: Work) -> int:
    return int(work.segment.pay.wage * EXACT) * work.paid_days


def _parts(works: tuple[Work, ...], money: tuple[int, int, int]) -> Iterator[TeamPart]:
    teams = list(dict.fromkeys(work.segment.team_id for work in works))
    by_team = [tuple(work for work in works if work.segment.team_id == team) for team in teams]
    weights = [sum(_weight(work) for work in part) for part in by_team]
    shared = zip(*(share_out(cents, weights) for cents in money), strict=True)
    for team, part, (loss, loss_lo, cost) in zip(teams, by_team, shared, strict=True):
        yield TeamPart(team, _last_day(part), part, loss, loss_lo, cost)


def _last_day(works: tuple[Work, ...]) -> date:
    """The last paid day; where there was none, the first day that anything can have been done on."""
    days = [work.last_day for work in works if work.last_day is not None]
    return day_of(max(days)) if days else max(day_of(works[0].segment.first), works[0].month)
