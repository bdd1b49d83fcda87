"""Overlap 4&5: wages that are lost whole with a newcomer cannot be lost again as unsold time (section 9).

And who sells least for the time paid: what can still be stopped of loss 4 is no money, it is those reps.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from crm.lib.money import half_up
from crm.lib.periods import day_number, month_end
from reports.acts.slow_sellers import SlowSeller, below_half_of_team
from reports.models import Evidence, Snapshot
from reports.report import Run
from reports.rows.staff import Staff
from reports.rows.work_calendar import WorkCalendar
from reports.snapshots.filling import Row
from team.models import Absence, User


@dataclass
class UnsoldMonth:
    """A line of loss 4: a rep and month with the cents of all its parts."""

    rep_id: int
    month: date
    occurred_on: date
    cents: int = 0


def wages_lost_twice(time: Snapshot, new_reps: Snapshot, run: Run) -> Iterator[Row]:
    """A row for each counted newcomer and each of its lines in loss 4."""
    counted = list(new_reps.evidence.filter(measure="loss").order_by("line_key", "pk"))
    reps = {row.subject_id for row in counted}
    if not reps:
        return
    months = _unsold(time, reps)
    paid = PaidDays(run, reps)
    for row in counted:
        first, last = (date.fromisoformat(row.facets[name]) for name in ("hire_on", "evaluated_on"))
        for line in months[row.subject_id]:
            share = paid.share_of(line, first, last)
            if share:
                yield _row(row, line, half_up(line.cents * share))


def _row(newcomer: Evidence, line: UnsoldMonth, cents: int) -> Row:
    """Of the rep, in the team of loss 5; the lines of loss 4 may lie in several."""
    month = f"{line.month:%Y-%m}"
    dates = {name: newcomer.facets[name] for name in ("hire_on", "evaluated_on")}
    return Row(
        "overlap_4_5",
        f"{newcomer.line_key} {month}",
        ("user", line.rep_id),
        newcomer.owner_id,
        newcomer.team_id,
        line.occurred_on,
        cents,
        facets={"month": month, **dates},
    )


def _unsold(time: Snapshot, reps: set[int]) -> dict[int, list[UnsoldMonth]]:
    """The lines of loss 4 of some reps, in order of time."""
    lines: dict[tuple[int, str], UnsoldMonth] = {}
    rows = time.evidence.filter(measure="loss", subject_id__in=reps).order_by("occurred_on", "pk")
    for row in rows:
        month = str(row.facets["month"])
        start = date.fromisoformat(f"{month}-01")
        line = UnsoldMonth(row.subject_id, start, row.occurred_on or start)
        lines.setdefault((row.subject_id, month), line).cents += row.cents
    found: dict[int, list[UnsoldMonth]] = defaultdict(list)
    for (rep, _month), line in sorted(lines.items(), key=lambda item: item[0]):
        found[rep].append(line)
    return found


class PaidDays:
    """The days of lines of loss 4: working days within employment and the period, without the rep's absences."""

    def __init__(self, run: Run, reps: set[int]) -> None:
        self.start, self.end = run.period.start, run.end
        self.staff = Staff(run.as_of, reps)
        self.calendar = WorkCalendar.over(run.period.start, run.end, run.as_of)
        self.away: dict[int, set[int]] = defaultdict(set)
        alive = Absence.objects.exclude(deleted_on__lte=run.as_of).filter(
            user__in=reps, on__range=(self.start, self.end), recorded_on__lte=run.as_of
        )
        for rep, on in alive.values_list("user", "on"):
            self.away[rep].add(day_number(on))

    def share_of(self, line: UnsoldMonth, first: date, last: date) -> Fraction:
        """The part of a line's cost that its days first..last are; of a line that cost nothing, nothing.

        Its days lie in one month: a day costs the same part of the monthly wage, which cancels out.
        """
        wages = {day: self._wage(line.rep_id, day) for day in self.days_of(line)}
        whole = sum(wages.values(), Fraction(0))
        if not whole:
            return Fraction(0)
        inside = range(day_number(first), day_number(last) + 1)
        return sum((wage for day, wage in wages.items() if day in inside), Fraction(0)) / whole

    def _wage(self, rep: int, day: int) -> Fraction:
        return Fraction(self.staff.pay_at(rep, day).wage)

    def days_of(self, line: UnsoldMonth) -> Iterator[int]:
        """The days that the line's cost was paid for."""
        first = day_number(max(self.start, line.month))
        last = day_number(min(self.end, month_end(line.month)))
        for day in self.calendar.working_between(first, last):
            employed = any(e.first <= day <= e.last for e in self.staff.employments[line.rep_id])
            if employed and day not in self.away[line.rep_id]:
                yield day


def least_selling(time: Snapshot) -> Iterator[Row]:
    """What can still be stopped of 4: reps below half of their team's median share; each once, where it is lowest."""
    slow: dict[int, SlowSeller] = {}
    for each in below_half_of_team(time.parts.all()):
        slow.setdefault(each.owner_id, each)
    names = dict(User.objects.filter(pk__in=slow).values_list("pk", "reference"))
    for owner_id, each in slow.items():
        shares = {"share": float(each.share), "median": float(each.team_share)}
        about = ("user", owner_id)
        yield Row(
            "stoppable_4",
            names[owner_id],
            about,
            owner_id,
            each.team_id,
            time.as_of,
            0,
            facets=shares,
        )
