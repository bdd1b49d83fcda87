"""How old the figures of a page are, whether newer ones are under way, and what went wrong if they failed."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from reports.asking import NIGHTLY_JOB, REFRESH_JOB, SNAPSHOT_JOB
from reports.models import Snapshot
from team.models import Company, Job

# Jobs whose state matters to the loss pages.
KINDS = (NIGHTLY_JOB, REFRESH_JOB, SNAPSHOT_JOB)


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


def last_job() -> Job | None:
    """What is under way, or ended last. A job that failed and was followed by a good one does not count."""
    since = timezone.now() - timedelta(days=2)
    recent = Job.everything.filter(
        Q(state__in=Job.LIVE) | Q(finished_at__gte=since), kind__in=KINDS
    )
    return recent.order_by("-id").first()


def freshness_of(snapshot: Snapshot | None, company: Company) -> Freshness:
    """One query."""
    yesterday = company.today - timedelta(days=1)
    late = 0 if snapshot is None else max(0, (yesterday - snapshot.as_of).days)
    return Freshness(late, last_job())
