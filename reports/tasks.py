"""Jobs of the reports: every night, on demand, and when what was entered changes figures of the past."""

import logging
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from crm.lib.periods import Period
from customers.purchases import refresh_purchases
from reports.acts.outcomes import follow_acts
from reports.asking import (
    NIGHTLY_JOB,
    REFRESH_JOB,
    RENEW_JOB,
    RULES_CHANGED,
    SNAPSHOT_JOB,
    is_night_under_way,
)
from reports.models import Snapshot
from reports.overview.mailing import MAIL_JOB, ask_for_mails, send_losses
from reports.report import CannotRun, Run, all_reports, report_named
from reports.rows.rolling_days import refresh_selling_days
from reports.rules.catalogue import stored_values
from reports.rules.parameters import in_force, values_for
from reports.snapshots.census import Census
from reports.snapshots.nights import Step, count_anew, steps_of, take, tidy
from reports.snapshots.taking import Superseded, compute, is_current, latest, publish
from team.jobs import JobFailed, NotYet, Progress, handler
from team.models import Company, Job, User

log = logging.getLogger("mainstay.reports")


class StepsFailed(Exception):
    """Some reports could not be computed; the others were, and these keep their last good figures."""

    def __init__(self, failed: list[tuple[Step, Exception]]) -> None:
        step, error = failed[0]
        more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        super().__init__(f"{step}: {type(error).__name__}: {error}{more}")


@handler(NIGHTLY_JOB, nightly_at=time(1, 0), title=_("Figures of the night"))
def compute_night(progress: Progress, *, day: str) -> None:
    """Everything that a day's end asks for, once; an earlier night that was missed freezes its months."""
    ended = date.fromisoformat(day)
    tidy(ended)
    taken, failed = _take_all(progress, ended)
    follow_acts(ended)
    if failed:
        raise StepsFailed(failed)
    with progress.publishing(day=day, snapshots=taken):
        pass


@handler(REFRESH_JOB, title=_("Figures after a change"))
def refresh(progress: Progress, *, cause: str) -> None:
    """Take anew what has become old: rows came that past days should know, or the rules changed."""
    yesterday = Company.get().today - timedelta(days=1)
    if cause.startswith(RULES_CHANGED):
        refresh_purchases(None)
    refresh_selling_days()
    taken, failed = _take_all(progress, yesterday)
    if failed:
        raise StepsFailed(failed)
    with progress.publishing(cause=cause, snapshots=taken):
        pass


def has_new_formula(now: datetime) -> bool:
    """Whether a release computes a report anew that there are figures of by an older formula alone: its pages stand
    empty until then. What has failed is tried again after an hour.
    """
    told = dict(Snapshot.objects.order_by().values_list("slug").annotate(Max("formula_version")))
    if all(told.get(one.slug, one.version) >= one.version for one in all_reports()):
        return False
    tried = Job.everything.filter(kind=RENEW_JOB, created_at__gt=now - timedelta(hours=1))
    return not tried.exists()


@handler(RENEW_JOB, when=has_new_formula, title=_("Figures by a new formula"))
def renew(progress: Progress) -> None:
    refresh(progress, cause="formula")


def _take_all(progress: Progress, day: date) -> tuple[int, list[tuple[Step, Exception]]]:
    """How many steps there were, and those that failed: what one report cannot do keeps no other from its figures."""
    census = Census()
    steps = steps_of(day, census)
    failed: list[tuple[Step, Exception]] = []
    for done, step in enumerate(steps):
        progress.tell(done, len(steps), str(step))
        try:
            take(step, census)
        except Superseded:
            log.info("%s is computed by another job", step)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this report's alone; the job fails with it
            log.error("failed %s", step, exc_info=error)
            failed.append((step, error))
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
    count_anew()
    return len(steps), failed


@handler("reports.mails", nightly_at=time(6, 0), title=_("Losses by mail"))
def ask_for_letters(progress: Progress, *, day: str) -> None:
    """After the figures of the night: who is due gets a job of their own, one for each period ever."""
    with progress.publishing(day=day, letters=ask_for_mails(date.fromisoformat(day))):
        pass


@handler(MAIL_JOB, title=_("Losses by mail"))
def post_losses(_progress: Progress, *, user: int, period: str) -> None:
    """Once the night is over, be it late or after a standstill: its month is not frozen before."""
    if is_night_under_way():
        raise NotYet
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
        run = Run(period, date.fromisoformat(as_of), stored_values(values))
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
