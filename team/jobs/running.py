"""Carrying out one job: claim, work while the lease is kept up, settle."""

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from crm.lib.logs import current_request_id
from team.audit import Actor, acting
from team.jobs import leases
from team.jobs.progress import JobFailed, LeaseLost, Progress
from team.jobs.registry import carry_out
from team.models import Job

log = logging.getLogger("mainstay.jobs")


class StopAsked(BaseException):
    """The worker is being stopped while it works; no handler may take this for an error."""


_closing = threading.Event()


def take_no_more() -> None:
    """This process, and those it forks from now on, leave jobs to others: the worker is closing."""
    _closing.set()


def run(job_id: int) -> bool:
    """Run a job if it is to be had; the answer is whether it was. Safe to call twice."""
    job = None if _closing.is_set() else leases.claim(job_id)
    if job is None:
        return False
    token = current_request_id.set(job.request_id or f"job-{job.pk}")
    actor = Actor(user=job.requested_by, name=job.kind, request_id=job.request_id[:40])
    progress = Progress(job)
    log.info("started %s", job, extra={"job": job.pk})
    try:
        with acting(actor), _Attempt(job, progress), _heartbeat(job), _stoppable():
            progress.requester()
            carry_out(job.kind, progress, job.args)
    finally:
        current_request_id.reset(token)
    return True


class _Attempt:
    """Settles the job by how the block ends."""

    def __init__(self, job: Job, progress: Progress) -> None:
        self.job = job
        self.progress = progress

    def __enter__(self) -> None:
        pass

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
        elif isinstance(error, JobFailed):
            leases.fail(self.job, str(error), final=True)
        elif isinstance(error, Exception):
            log.error("failed %s", self.job, exc_info=error, extra={"job": self.job.pk})
            leases.fail(self.job, f"{type(error).__name__}: {error}"[:1000])
        else:
            leases.give_back(self.job)
        return isinstance(error, Exception | StopAsked | None)

    def _done(self) -> None:
        if self.progress.published or leases.finish(self.job, {}):
            log.info("done %s", self.job, extra={"job": self.job.pk})


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


@contextmanager
def _stoppable() -> Iterator[None]:
    """While the job runs, SIGTERM gives it back instead of dropping it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _ask_to_stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _ask_to_stop(_number: int, _frame: FrameType | None) -> None:
    take_no_more()
    raise StopAsked
