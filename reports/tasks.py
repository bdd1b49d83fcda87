"""Jobs of the reports: every night, on demand, and when what was entered changes figures of the past."""

from datetime import date, time, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.lib.periods import Period
from customers.purchases import refresh_purchases
from reports.asking import NIGHTLY_JOB, REFRESH_JOB, RULES_CHANGED, SNAPSHOT_JOB
from reports.catalogue import clean_values
from reports.census import Census
from reports.models import Snapshot
from reports.nights import steps_of, take, tidy
from reports.outcomes import follow_acts
from reports.overview.mailing import MAIL_JOB, ask_for_mails, send_losses
from reports.parameters import in_force, values_for
from reports.report import CannotRun, Run, report_named
from reports.rows.rolling_days import refresh_selling_days
from reports.snapshots import compute, is_current, latest, publish
from team.jobs import JobFailed, Progress, handler
from team.models import Company, User


@handler(NIGHTLY_JOB, nightly_at=time(1, 0), title=_("Figures of the night"))
def compute_night(progress: Progress, *, day: str) -> None:
    """Everything that a day's end asks for, once; an earlier night that was missed freezes its months."""
    ended = date.fromisoformat(day)
    tidy(ended)
    taken = _take_all(progress, ended)
    follow_acts(ended)
    with progress.publishing(day=day, snapshots=taken):
        pass


@handler(REFRESH_JOB, title=_("Figures after a change"))
def refresh(progress: Progress, *, cause: str) -> None:
    """Take anew what has become old: rows came that past days should know, or the rules changed."""
    yesterday = Company.get().today - timedelta(days=1)
    if cause.startswith(RULES_CHANGED):
        refresh_purchases(None)
    refresh_selling_days()
    taken = _take_all(progress, yesterday)
    with progress.publishing(cause=cause, snapshots=taken):
        pass


def _take_all(progress: Progress, day: date) -> int:
    steps, census = steps_of(day), Census()
    for done, step in enumerate(steps):
        progress.tell(done, len(steps), str(step))
        take(step, census)
    return len(steps)


@handler("reports.mails", nightly_at=time(6, 0), title=_("Losses by mail"))
def ask_for_letters(progress: Progress, *, day: str) -> None:
    """After the figures of the night: who is due gets a job of their own, one for each period ever."""
    with progress.publishing(day=day, letters=ask_for_mails(date.fromisoformat(day))):
        pass


@handler(MAIL_JOB, title=_("Losses by mail"))
def post_losses(_progress: Progress, *, user: int, period: str) -> None:
    send_losses(User.objects.get(pk=user), period)


@handler(SNAPSHOT_JOB, title=_("Report on demand"))
def compute_asked(
    progress: Progress,
    *,
    slug: str,
    from_on: str,
    to_on: str,
    as_of: str,
    values: dict[str, Any],
) -> None:
    """A run somebody asked for, and the period before it, to compare with; shown together."""
    try:
        report = report_named(slug)
        period = Period(date.fromisoformat(from_on), date.fromisoformat(to_on))
        run = Run(period, date.fromisoformat(as_of), clean_values(values))
    except CannotRun as error:
        raise JobFailed(str(error)) from error
    compares = report.needs_period and not report.looks_ahead
    runs = [run, run.previous()] if compares else [run]
    version = in_force() if values_for(report.parameter_names) == run.values else None
    by = progress.requester()
    made: list[Snapshot] = []
    for done, each in enumerate(runs):
        progress.tell(done, len(runs), str(each.period.start))
        there = latest(report, each)
        if there is None or not is_current(there):
            kind = Snapshot.Kind.ON_DEMAND
            made.append(compute(report, each, kind=kind, parameters=version, by=by))
    with progress.publishing(slug=slug):
        for snapshot in made:
            publish(snapshot)
