"""What the pages ask for: the runs of a chosen period, and each of one's own once, so many periods a day."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from reports.asking import ask_for, jobs_asked, periods_asked
from reports.calendar import Choice
from reports.report import Report, Run
from reports.showing import asked_run
from reports.snapshots.taking import is_current, latest
from team.models import Job, User

# Who compares months by hand asks for some dozens; a script asks for every pair of days.
PERIODS_A_DAY = 60
A_DAY = timedelta(days=1)


class TooManyPeriods(Exception):
    """This person has asked for as many periods of their own within a day as anybody may."""


def asked_runs(
    reports: Iterable[Report], choice: Choice, yesterday: date
) -> list[tuple[Report, Run]]:
    """What a page is made of in a period; of one of somebody's own only what tells of periods."""
    return [
        (report, asked_run(report, choice, yesterday))
        for report in reports
        if not choice.is_own or (report.needs_period and not report.looks_ahead)
    ]


def ask_once(report: Report, run: Run, *, by: User) -> Job | None:
    """A job for a run whose figures are not there, or the one somebody has under way; None: they are there.

    Raises `TooManyJobs`, `TooManyPeriods`.
    """
    there = latest(report, run)
    if there is not None and is_current(there):
        return None
    known = last_asked(report, run)
    return known if known is not None and known.is_live else ask_within(report, run, by=by)


@transaction.atomic
def ask_within(report: Report, run: Run, *, by: User) -> Job:
    """A job for a run in a period of somebody's own; one that they asked for within the day may be asked for again.

    Raises `TooManyJobs`, `TooManyPeriods`.
    """
    # like the requests of one person in `team.jobs.ask`: two at once are counted one by one
    User.objects.select_for_update().get(pk=by.pk)
    periods = periods_asked(by, since=timezone.now() - A_DAY)
    if run.period not in periods and len(periods) >= PERIODS_A_DAY:
        raise TooManyPeriods
    return ask_for(report, run, by=by)


def last_asked(report: Report, run: Run) -> Job | None:
    """The last job for this run that anybody asked for."""
    return jobs_asked(report, run).order_by("-pk").first()
