"""What the pages ask for: the runs of a chosen period, and each of one's own once."""

from collections.abc import Iterable
from datetime import date

from reports.asking import ask_for, jobs_asked
from reports.calendar import Choice
from reports.report import Report, Run
from reports.showing import asked_run
from reports.snapshots.taking import is_current, latest
from team.models import Job, User


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

    Raises `TooManyJobs`.
    """
    there = latest(report, run)
    if there is not None and is_current(there):
        return None
    known = last_asked(report, run)
    return known if known is not None and known.is_live else ask_for(report, run, by=by)


def last_asked(report: Report, run: Run) -> Job | None:
    """The last job for this run that anybody asked for."""
    return jobs_asked(report, run).order_by("-pk").first()
