"""How old the figures of a page are, whether newer ones are under way, and what went wrong if they failed."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from reports.asking import NIGHTLY_JOB, REFRESH_JOB, SNAPSHOT_JOB
from reports.calendar import Choice
from reports.models import Snapshot
from reports.rules.catalogue import as_json
from reports.rules.parameters import in_force, values_of
from reports.showing import asked_run
from reports.snapshots.taking import report_of
from team.models import Company, Job

# Jobs whose state matters to the loss pages.
KINDS = (NIGHTLY_JOB, REFRESH_JOB, SNAPSHOT_JOB)
# Jobs looked at for the last one that matters.
LOOK_BACK = 20
A_WEEK = 6


@dataclass(frozen=True)
class Freshness:
    """`late` days behind yesterday, which the nightly job should have computed; `job` is the last one of all."""

    late: int
    job: Job | None

    @property
    def is_late(self) -> bool:
        return self.late > 0

    @property
    def under_way(self) -> bool:
        return self.job is not None and self.job.state in Job.LIVE

    @property
    def failed(self) -> bool:
        return self.job is not None and self.job.state == Job.State.FAILED


def last_job(rule: dict[str, Any]) -> Job | None:
    """What is under way, or ended last: what failed and was followed by something good does not count.

    Runs with other values than those of `rule`, tried out on the page of the rules, are passed over.
    """
    since = timezone.now() - timedelta(days=2)
    recent = Job.everything.filter(
        Q(state__in=Job.LIVE) | Q(finished_at__gte=since), kind__in=KINDS
    )
    for job in recent.order_by("-id")[:LOOK_BACK]:
        tried = job.args.get("values", {})
        if all(rule.get(name, value) == value for name, value in tried.items()):
            return job
    return None


def _late(snapshot: Snapshot, yesterday: date, choice: Choice | None) -> int:
    """Days behind yesterday; what is computed once a week is late after a week, frozen months never.

    What was asked for in a period of one's own is as of that period's end, if it is over.
    """
    if choice is not None and choice.is_own:
        return (asked_run(report_of(snapshot), choice, yesterday).as_of - snapshot.as_of).days
    if snapshot.kind == Snapshot.Kind.MONTH_END:
        return 0
    days = (yesterday - snapshot.as_of).days
    is_year = (snapshot.from_on.day, snapshot.from_on.month, snapshot.to_on.month) == (1, 1, 12)
    daily = report_of(snapshot).every_night and not is_year
    return max(0, days) if daily or days > A_WEEK else 0


def freshness_of(
    snapshot: Snapshot | None, company: Company, choice: Choice | None = None
) -> Freshness:
    """One query; without a snapshot one more for the rule in force. `choice` is the period that was asked for."""
    yesterday = company.today - timedelta(days=1)
    late = 0 if snapshot is None else _late(snapshot, yesterday, choice)
    rule = snapshot.values if snapshot else as_json(values_of(in_force()))
    return Freshness(late, last_job(rule))
