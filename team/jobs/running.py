"""Carrying out one job: claim, work while the lease is kept up, settle."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from crm.lib.logs import current_request_id
from team.audit import Actor, acting
from team.jobs import leases
from team.jobs.progress import JobFailed, LeaseLost, NotYet, Progress
from team.jobs.registry import carry_out
from team.jobs.stopping import Stop, StopAsked, is_closing
from team.models import Job

log = logging.getLogger("mainstay.jobs")


def run(job_id: int) -> bool:
    """Run a job if it is to be had; the answer is whether it was. Safe to call twice."""
    stop = Stop()
    with stop.heard():
        job = None if is_closing() else leases.claim(job_id)
        if job is None:
            return False
        _carry_out(job, stop)
    return True


def _carry_out(job: Job, stop: Stop) -> None:
    token = current_request_id.set(job.request_id or f"job-{job.pk}")
    actor = Actor(user=job.requested_by, name=job.kind, request_id=job.request_id[:40])
    progress = Progress(job)
    log.info("started %s", job, extra={"job": job.pk})
    try:
        with acting(actor), _Attempt(job, progress, stop), _heartbeat(job), stop.breaking_off():
            progress.requester()
            carry_out(job.kind, progress, job.args)
    finally:
        current_request_id.reset(token)


class _Attempt:
    """Settles the job by how the block ends."""

    def __init__(self, job: Job, progress: Progress, stop: Stop) -> None:
        self.job = job
        self.progress = progress
        self.stop = stop

    def __enter__(self) -> None:
        self.own_connection = not connection.in_atomic_block

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if self.progress.published or error is None:
            self._done()
        elif isinstance(error, LeaseLost):
            log.warning("lost the lease of %s", self.job, extra={"job": self.job.pk})
        elif self.stop.asked:  # whatever came of it: a statement broken off is an error like others
            self._give_back()
        elif isinstance(error, NotYet):
            self._put_off()
        elif isinstance(error, JobFailed):
            leases.fail(self.job, str(error), final=True)
        elif isinstance(error, Exception):
            log.error("failed %s", self.job, exc_info=error, extra={"job": self.job.pk})
            leases.fail(self.job, f"{type(error).__name__}: {error}"[:1000])
        else:
            self._give_back()
        return isinstance(error, Exception | StopAsked | None)

    def _done(self) -> None:
        if self.progress.published or leases.finish(self.job, {}):
            log.info("done %s", self.job, extra={"job": self.job.pk})

    def _put_off(self) -> None:
        if leases.put_off(self.job):
            log.info("put off %s", self.job, extra={"job": self.job.pk})

    def _give_back(self) -> None:
        """On a fresh connection: the work was cut off anywhere, even while a transaction ended."""
        if self.own_connection:
            connection.close()
            connection.connect()
        if leases.give_back(self.job):
            log.info("gave back %s", self.job, extra={"job": self.job.pk})


@contextmanager
def _heartbeat(job: Job) -> Iterator[None]:
    """Keep the lease up from a thread with a connection of its own."""
    over = threading.Event()
    thread = threading.Thread(target=_beat_until, args=(job, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=1)


def _beat_until(job: Job, over: threading.Event) -> None:
    try:
        while not over.wait(settings.JOB_LEASE_SECONDS / 6):
            try:
                if not leases.beat(job):
                    return
            except (DatabaseError, InterfaceError) as error:
                log.warning("no heartbeat: %s", error, extra={"job": job.pk})
                connection.close()
    finally:
        connection.close()
