"""What a night computes: months that are missing or have become old, and the standard periods.

A month is frozen as of the day on which it is ripe (`Report.ripening`): most at their own end, a month of leads
when the last of them can be judged. Until then one that tells something before stands as it was at its end.
Of days before anything was known nothing is frozen: a trend is blank there, not nought. The last month alone
stands in any case, since people ask for it by name.

Each step is one snapshot. A step that is there and up to date is passed over, so that a night that was
cut off, comes twice or comes late goes on where it is needed, in the order of time. Reports of one day stand
in the order in which they are registered: what is made of other reports finds them there. What there is to
be read is counted once for all steps (`reports.snapshots.census`).

Last comes what nights to come compare their running month with. A company at work has it from the nights of the
month before; a first night leaves it, so that each night after costs as much as any other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Model, Q

from crm.lib.periods import Period
from crm.lib.transactions import count_rows_anew
from customers.models import Contract, Merge, Revenue
from customers.purchases import refresh_purchases
from reports.calendar import (
    FROZEN_MONTHS,
    LAST_MONTH,
    Choice,
    choice_named,
    choices,
    month_ends,
    running_month,
)
from reports.modelling.fitting import forget_fits
from reports.models import Parameters, Snapshot
from reports.report import Report, Run, all_reports
from reports.rows.rolling_days import refresh_selling_days
from reports.rules.catalogue import Values
from reports.rules.parameters import hash_of, in_force, values_for
from reports.showing import run_for
from reports.snapshots.census import Census
from reports.snapshots.horizons import horizons, kept_period, week_ends
from reports.snapshots.taking import (
    KEY,
    identity,
    is_current,
    keep_as,
    latest,
    prune,
    take_snapshot,
)
from team.models import Company

FROZEN = Snapshot.Kind.MONTH_END
DAILY = Snapshot.Kind.DAILY
COMPARISON = Snapshot.Kind.COMPARISON
WEEK = 7
# The nights to come whose running month is compared with a day that is over.
COMING = 31
# What the roll-up reads as of today, and the days on which that changes by itself.
KNOWN = ("recorded_on", "deleted_on")
DATED_AHEAD: dict[type[Model], tuple[str, ...]] = {
    Revenue: ("on", *KNOWN),
    Contract: ("start_on", "cancelled_on", *KNOWN),
    Merge: ("merged_on", *KNOWN),
}

# One computation, as `KEY` says it.
Taken = tuple[str, int, str, date, date, date]


@dataclass(frozen=True)
class Step:
    """One snapshot to be taken, and what it is kept as."""

    report: Report
    run: Run
    kind: Snapshot.Kind

    def __str__(self) -> str:
        return f"{self.report.slug} {self.run.period.start} – {self.run.period.end}"


def steps_of(day: date, census: Census | None = None, *, is_last: bool | None = None) -> list[Step]:
    """The standard periods as of a day, if no later one has ended: people wait for them. Then months in order.

    `census` is that of the records there are, where the caller has it already; `is_last` says that no later
    day has ended, for whoever measures a night of before.
    """
    version, begins = in_force(), (census or Census()).begins
    steps = [step for report in _with_trend() for step in _months(report, day, version, begins)]
    steps += [step for report in all_reports() for step in _ends(report, day, version, begins)]
    steps += [step for step in _kept_forecasts(day, version) if step.run.as_of >= begins]
    last: list[Step] = []
    if day >= Company.get().today - timedelta(days=1) if is_last is None else is_last:
        taken = _taken_lately(day)
        steps += _standard(day, version, taken)
        last = list(_compared_soon(day, version, begins, taken))
    return sorted(steps, key=lambda step: (step.kind == FROZEN, step.run.as_of)) + last


def _months(report: Report, day: date, version: Parameters | None, begins: date) -> Iterator[Step]:
    """The months that are ripe by a day; of the younger ones what they told at their end, and the one before.

    Of the months as of days before `begins` the last one alone.
    """
    values = values_for(report.parameter_names, version=version)
    ripening = timedelta(days=report.ripening(values))
    ripe, ended = (month_ends(upto, FROZEN_MONTHS) for upto in (day - ripening, day))
    for period in ripe:
        if period.end + ripening >= begins or period == ripe[-1]:
            yield Step(report, Run(period, period.end + ripening, values), FROZEN)
    young = [] if report.only_ripe else [each for each in ended if each.start > ripe[-1].start]
    for period in [*ripe[-1:], *young] if young else []:
        if period.end >= begins or period == ended[-1]:
            yield Step(report, Run(period, period.end, values), FROZEN)


def _ends(report: Report, day: date, version: Parameters | None, begins: date) -> Iterator[Step]:
    """The last days of the months of a trend, of a report that tells of a day alone; before `begins` the last one."""
    if not report.keeps_month_ends:
        return
    ended = month_ends(day)
    for period in ended:
        if period.end >= begins or period == ended[-1]:
            yield Step(report, run_for(report, period, period.end, version=version), FROZEN)


def _standard(day: date, version: Parameters | None, taken: set[Taken]) -> Iterator[Step]:
    """What people look at daily every night, the rest once a week: a night costs a tenth of the first one."""
    for report in all_reports():
        if not report.needs_period:
            run = run_for(report, month_ends(day)[-1], day, version=version)
            if report.every_night or not _had_this_week(report, day, None, run.values, taken):
                yield Step(report, run, DAILY)
        elif report.looks_ahead:
            yield from _forecasts(report, day, version)
        else:
            yield from _periods(report, day, version, taken)


def _periods(
    report: Report, day: date, version: Parameters | None, taken: set[Taken]
) -> Iterator[Step]:
    values = values_for(report.parameter_names, version=version)
    for choice in choices(report.told_upto(day, values)):
        if choice.key == LAST_MONTH:
            continue  # it is told as frozen
        daily = report.every_night and choice.every_night
        if not daily and _had_this_week(report, day, choice, values, taken):
            continue
        run = Run(choice.period, day, values)
        yield Step(report, run, DAILY)
        yield Step(report, run.previous(), COMPARISON)


def _compared_soon(
    day: date, version: Parameters | None, begins: date, taken: set[Taken]
) -> Iterator[Step]:
    """What the nights of the coming month compare their running month with, in the order of its days.

    Kept as the dailies that they would be, had there been nights a month ago; what `taken` has is passed over.
    """
    reports = [(one, values_for(one.parameter_names, version=version)) for one in _with_trend()]
    nightly = [(one, values) for one, values in reports if one.every_night]
    for night in (day + timedelta(days=ahead) for ahead in range(1, COMING + 1)):
        for report, values in nightly:
            month = running_month(report.told_upto(night, values))
            run = Run(month, night, values).previous()
            if begins <= run.as_of < day and identity(report, run) not in taken:
                yield Step(report, run, DAILY)


def _taken_lately(day: date) -> set[Taken]:
    """What was computed as of the days before, as far back as nights to come compare a month with."""
    earlier = (day - timedelta(days=COMING), day - timedelta(days=1))
    there = Snapshot.objects.filter(is_complete=True, as_of__range=earlier)
    return set(there.values_list(*KEY))


def _had_this_week(
    report: Report, day: date, choice: Choice | None, values: Values, taken: set[Taken]
) -> bool:
    """Whether the same was computed, by the rule in force, in one of the six nights before: a month or a year that
    begins has not been, however lately the one before was.
    """
    kind = (report.slug, report.version, hash_of(values))
    earlier = [day - timedelta(days=back) for back in range(1, WEEK)]
    if choice is None:
        return any((*kind, one, one, one) in taken for one in earlier)
    now, then = choice.period, ((one, _period_then(report, one, choice, values)) for one in earlier)
    return any(
        (*kind, period.start, period.end, one) in taken
        for one, period in then
        if choice.is_rolling or period == now
    )


def _period_then(report: Report, day: date, choice: Choice, values: Values) -> Period:
    """A standard period as of an earlier day."""
    named = choice_named(choice.key, report.told_upto(day, values))
    return choice.period if named is None else named.period


def _forecasts(report: Report, day: date, version: Parameters | None) -> Iterator[Step]:
    for period in set(horizons(day).values()):
        yield Step(report, run_for(report, period, day, version=version), DAILY)


def _kept_forecasts(day: date, version: Parameters | None) -> Iterator[Step]:
    """One a week, never deleted, to be set against what became of it."""
    for report in all_reports():
        for sunday in week_ends(day) if report.looks_ahead else ():
            run = run_for(report, kept_period(sunday), sunday, version=version)
            yield Step(report, run, Snapshot.Kind.WEEKLY)


def _with_trend() -> list[Report]:
    return [report for report in all_reports() if report.needs_period and not report.looks_ahead]


def take(step: Step, census: Census | None = None) -> Snapshot:
    """Take the snapshot of a step unless it is there and nothing that it should know has come since.

    Whoever takes many gives a census of the beginning, so that no table is counted again for each.
    """
    there = latest(step.report, step.run)
    seen = None if census is None else census.at(step.run.as_of)
    if there is not None and is_current(there, seen):
        return keep_as(there, step.kind)
    return take_snapshot(step.report, step.run, kind=step.kind, parameters=in_force(), seen=seen)


def tidy(day: date) -> None:
    """Let the roll-ups see what has come, or come due, since a day; drop old snapshots and fits nobody reads."""
    today = Company.get().today
    refresh_purchases(_coming_due(day, today))
    refresh_selling_days()
    prune(today)
    forget_fits(today)


def count_anew() -> None:
    """What a night wrote, before people open it: a list of who stayed timed out where nothing was known of its rows."""
    count_rows_anew("reports_evidence", "reports_part", "reports_teamsum")


def _coming_due(day: date, today: date) -> set[int]:
    """Customers with a fact that began or ceased to count after a day, up to today."""
    span = (day + timedelta(days=1), today)
    due: set[int] = set()
    for model, dates in DATED_AHEAD.items():
        begins = Q(*((f"{name}__range", span) for name in dates), _connector=Q.OR)
        due.update(model._default_manager.filter(begins).values_list("customer_id", flat=True))
    return due
