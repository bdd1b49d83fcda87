"""Work that should have begun and has not, and nights that ended badly."""

from datetime import datetime

from team.jobs.registry import nightly_kinds
from team.jobs.schedule import last_ended_day, missed_days
from team.models import Company, Job


def late_work(since: datetime) -> list[str]:
    """The kinds of jobs that might have started before an instant, or were due and never asked for."""
    waiting = Job.everything.filter(state=Job.State.QUEUED, not_before__lt=since)
    return sorted({*waiting.values_list("kind", flat=True).distinct(), *_nights_missed(since)})


def failed_nights() -> list[str]:
    """The kinds of nightly jobs whose last night has failed, with no try left."""
    return sorted(
        kind.name for kind in nightly_kinds() if _last_state(kind.name) == Job.State.FAILED
    )


def _last_state(kind: str) -> str | None:
    nights = Job.everything.filter(kind=kind).exclude(key="").order_by("-key", "-id")
    state: str | None = nights.values_list("state", flat=True).first()
    return state


def _nights_missed(since: datetime) -> list[str]:
    then = since.astimezone(Company.get().zone)
    nightly = nightly_kinds()
    return [kind.name for kind in nightly if missed_days(kind.name, last_ended_day(kind, then))]
