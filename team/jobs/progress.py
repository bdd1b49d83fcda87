"""What a handler holds while it works: a way to tell how far it is, and to publish what it made."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from team.jobs import leases
from team.jobs.asking import rights_of
from team.models import Job, User

TELL_EVERY = 1.0


class LeaseLost(Exception):
    """Somebody else runs this job now; stop, and leave everything as it is."""


class JobFailed(Exception):
    """The job cannot succeed; the sentence is shown to who asked, and it is not tried again."""


class NotYet(Exception):
    """What the job needs is still being made: it waits its turn again, and that is no failed try."""


class Progress:
    """The running job as its handler sees it."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._told_at = 0.0
        self.published = False

    def tell(self, done: int, total: int | None = None, doing: str = "") -> None:
        """How far the work is; stored about once a second. Call it outside transactions.

        Raises `LeaseLost`: a handler that tells often stops soon after it was given up for dead.
        """
        now = time.monotonic()
        if now - self._told_at < TELL_EVERY and done != total:
            return
        self._told_at = now
        if not leases.held(self._job).update(done=done, total=total, doing=doing[:200]):
            raise LeaseLost

    def requester(self) -> User | None:
        """Who asked, as they are now; `JobFailed` if they have left or their rights have changed."""
        asker_id = self._job.requested_by_id
        if asker_id is None:
            return None
        asker = User.objects.get(pk=asker_id)
        if rights_of(asker) != self._job.asked_as:
            raise JobFailed("The rights of who asked have changed meanwhile; ask again.")
        return asker

    @contextmanager
    def publishing(self, **result: Any) -> Iterator[None]:
        """One transaction in which the result becomes visible and the job is done: both, or neither.

        Raises `LeaseLost` if somebody else runs the job now, `JobFailed` if who asked may no more.
        """
        with transaction.atomic():
            if not leases.beat(self._job):
                raise LeaseLost
            self.requester()
            yield
            if not leases.finish(self._job, result):
                raise LeaseLost
        self.published = True
