"""Who may run a job: each change is one UPDATE that names the state and lease it expects."""

import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from team.models import Job

TRIES = 3
LOSSES = 25  # a job whose worker dies this often is what kills it


def claim(job_id: int) -> Job | None:
    """Take a job that may start: running, with a lease of ours; None if it is not to be had."""
    free = startable().order_by().filter(pk=job_id)
    lease = uuid.uuid4()
    try:
        with transaction.atomic():
            taken = free.update(
                state=Job.State.RUNNING, lease=lease, beats=0, started_at=Now(), error="", done=0
            )
    except IntegrityError:  # somebody took another job of the lane at the same instant
        return None
    return Job.everything.select_related("requested_by").get(pk=job_id) if taken else None


def startable() -> QuerySet[Job]:
    """Jobs that wait, are due and come first in their lane, the oldest first.

    A start further away than any back-off is a clock that jumped, and counts as due.
    """
    longest = timedelta(seconds=back_off(TRIES))
    due = Q(not_before__lte=Now()) | Q(not_before__gt=Now() + longest)
    earlier = Job.everything.filter(
        lane=OuterRef("lane"), pk__lt=OuterRef("pk"), state__in=Job.LIVE
    )
    waiting = Job.everything.filter(due, state=Job.State.QUEUED)
    return waiting.filter(Q(lane="") | ~Exists(earlier)).order_by("id")


def back_off(tries: int) -> float:
    """Seconds to wait after that many failed tries: 10, 60, 360."""
    return float(settings.JOB_RETRY_SECONDS * 6 ** (tries - 1))


def held(job: Job) -> QuerySet[Job]:
    """The row as long as the lease is ours."""
    return Job.everything.filter(pk=job.pk, state=Job.State.RUNNING, lease=job.lease)


def beat(job: Job) -> bool:
    """Say that we are still at it; False when the lease was taken away."""
    return bool(held(job).update(beats=F("beats") + 1))


def finish(job: Job, result: dict[str, Any]) -> bool:
    """Done; False when the lease was taken away, and then nothing is changed."""
    return _settle(job, state=Job.State.DONE, result=result, doing="", finished_at=Now())


def fail(job: Job, reason: str, *, final: bool = False) -> bool:
    """Let it wait for its next try, or fail for good after the last one."""
    tries = job.tries + 1
    if final or tries >= TRIES:
        return _settle(job, state=Job.State.FAILED, tries=tries, error=reason, finished_at=Now())
    later = Now() + timedelta(seconds=back_off(tries))
    return _settle(job, state=Job.State.QUEUED, tries=tries, error=reason, not_before=later)


def give_back(job: Job) -> bool:
    """Let somebody else run it from the start, at once; not counted as a try."""
    return _settle(job, state=Job.State.QUEUED, not_before=Now())


def put_off(job: Job) -> bool:
    """Let it wait as long as for a second try, without counting one."""
    later = Now() + timedelta(seconds=back_off(1))
    return _settle(job, state=Job.State.QUEUED, not_before=later)


def _settle(job: Job, **values: Any) -> bool:
    return bool(held(job).update(lease=None, **values))


class Sweep:
    """Frees jobs whose runner has fallen silent for a lease's length, as seen by this process.

    Keep one and call it every second or so. It compares counts of beats on the monotonic clock, so
    a wall clock that jumps, here or elsewhere, neither frees a job at work nor keeps a dead one.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[int, tuple[uuid.UUID | None, int, float]] = {}

    def __call__(self) -> int:
        """Look once; the answer is how many jobs were freed."""
        now = self._clock()
        seen = {}
        silent = []
        running = Job.everything.filter(state=Job.State.RUNNING).only("lease", "beats", "losses")
        for job in running:
            lease, beats, since = self._seen.get(job.pk, (None, 0, now))
            if (lease, beats) != (job.lease, job.beats):
                since = now
            seen[job.pk] = (job.lease, job.beats, since)
            if now - since > settings.JOB_LEASE_SECONDS:
                silent.append(job)
        self._seen = seen
        return sum(_free(job) for job in silent)


def _free(job: Job) -> bool:
    lost: dict[str, Any] = {"lease": None, "losses": F("losses") + 1}
    if job.losses + 1 >= LOSSES:
        reason = "The worker died each time it tried."
        lost |= {"state": Job.State.FAILED, "error": reason, "finished_at": Now()}
    else:
        lost |= {"state": Job.State.QUEUED, "not_before": Now()}
    return bool(held(job).filter(beats=job.beats).update(**lost))
