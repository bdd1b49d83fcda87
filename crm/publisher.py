"""The only place that talks to the broker on behalf of job rows.

It looks at the rows every second, frees those whose runner fell silent, and rings for those that
may start. A broker that refuses, hangs or forgets delays work; the rows wait.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime
from threading import Event

from celery import Celery
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from kombu import Connection
from kombu.exceptions import KombuError

from team.jobs.leases import Sweep, startable
from team.models import Job

log = logging.getLogger("mainstay.publisher")

LOOK_EVERY = 1.0
RING_AGAIN = settings.JOB_LEASE_SECONDS / 3
HEARD_WITHIN = 3 * RING_AGAIN  # a message that waited longer has younger ones behind it
AT_ONCE = 20  # oldest first; the next follow as these are taken up
LONGEST_PAUSE = 5.0


class Publisher:
    """Keeps in mind when it rang for what; a new one simply rings once more."""

    def __init__(self, app: Celery, clock: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._clock = clock
        self._sweep = Sweep(clock)
        self._rang: dict[tuple[int, datetime], float] = {}
        self._failures = 0
        self._pause_until = 0.0

    def work_until(self, over: Event) -> None:
        """Look every second until told that it is over."""
        while not over.wait(LOOK_EVERY):
            try:
                self.look()
            except (DatabaseError, InterfaceError) as error:
                log.warning("the database does not answer: %s", error)
                connection.close()

    def look(self) -> int:
        """One look at the rows; the answer is how many jobs were rung for."""
        freed = self._sweep()
        if freed:
            log.warning("freed %d jobs whose runner fell silent", freed)
        connection.close_if_unusable_or_obsolete()
        now = self._clock()
        if now < self._pause_until:
            return 0
        waiting = {(job.pk, job.not_before): job for job in startable()[:AT_ONCE]}
        self._rang = {key: at for key, at in self._rang.items() if key in waiting}
        unheard = [key for key in waiting if now - self._rang.get(key, -RING_AGAIN) >= RING_AGAIN]
        return self._ring([waiting[key] for key in unheard]) if unheard else 0

    def _ring(self, jobs: list[Job]) -> int:
        """Send on a fresh connection, so that nothing is believed of a broker that was away."""
        with self._app.connection_for_write() as broker:
            try:
                for job in jobs:
                    self._send(job, broker)
            except (*broker.connection_errors, *broker.channel_errors, KombuError) as error:
                self._give_up_for_now(error)
                return 0
        self._failures = 0
        return len(jobs)

    def _give_up_for_now(self, error: Exception) -> None:
        self._failures += 1
        self._pause_until = self._clock() + min(LONGEST_PAUSE, 0.5 * 2**self._failures)
        # what was sent before may be gone as well
        self._rang.clear()
        log.warning("the broker does not answer: %s", error)

    def _send(self, job: Job, broker: Connection) -> None:
        self._app.send_task(
            "crm.run_job", [job.pk], connection=broker, retry=False, expires=HEARD_WITHIN
        )
        self._rang[job.pk, job.not_before] = self._clock()
