"""Asking for the work of the reports. A request is a row in the caller's transaction (see `team.jobs`)."""

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from crm.lib.periods import Period
from reports.report import Report, Run
from reports.rules.catalogue import as_json
from team.jobs import ask
from team.models import Job, User

SNAPSHOT_JOB = "reports.snapshot"
NIGHTLY_JOB = "reports.nightly"
REFRESH_JOB = "reports.refresh"
RENEW_JOB = "reports.renew"
RULES_CHANGED = "parameters"


def ask_for(report: Report, run: Run, *, by: User | None) -> Job:
    """Ask for a snapshot on demand: the same request answers the job under way. Raises `TooManyJobs`."""
    return ask(SNAPSHOT_JOB, arguments_of(report, run), by=by)


def figures_changed(cause: str) -> Job:
    """Let a job take anew the snapshots that have become old. Call it in the transaction of the change.

    `cause` names the change once ("import 7"): the same cause again answers the same job. Layers below
    ask for the job by its name: `ask("reports.refresh", {"cause": "import 7"}, by=None)`.
    """
    return ask(REFRESH_JOB, {"cause": cause}, by=None)


def is_night_under_way() -> bool:
    """Whether the figures of a night are still to come: it computes, waits, or is tried again."""
    return Job.everything.filter(kind=NIGHTLY_JOB, state__in=Job.LIVE).exists()


def job_for(report: Report, run: Run) -> Job | None:
    """The last job that was to compute this run: asked for by anybody, or the night's of its day."""
    asked = jobs_asked(report, run)
    night = Job.everything.filter(kind=NIGHTLY_JOB, key=run.as_of.isoformat())
    return (asked | night).order_by("-pk").first()


def live_snapshot_job(pk: int) -> Job | None:
    """A job that computes one run and is still to end; whose run it is anybody who waits for it may know."""
    live: QuerySet[Job] = Job.everything.filter(kind=SNAPSHOT_JOB, state__in=Job.LIVE)
    return live.filter(pk=pk).first()


def jobs_asked(report: Report, run: Run) -> "QuerySet[Job]":
    """The jobs for this run that anybody asked for."""
    return Job.everything.filter(kind=SNAPSHOT_JOB, args=arguments_of(report, run))


def periods_asked(by: User, *, since: datetime) -> set[Period]:
    """The periods whose figures somebody asked for, on whatever page; one query."""
    asked = Job.everything.filter(kind=SNAPSHOT_JOB, requested_by=by, created_at__gte=since)
    days = asked.order_by().values_list("args__from_on", "args__to_on").distinct()
    return {Period(date.fromisoformat(first), date.fromisoformat(last)) for first, last in days}


def arguments_of(report: Report, run: Run) -> dict[str, Any]:
    """What a job needs to compute a run."""
    return {
        "slug": report.slug,
        "from_on": run.period.start.isoformat(),
        "to_on": run.period.end.isoformat(),
        "as_of": run.as_of.isoformat(),
        "values": as_json(run.values),
    }
