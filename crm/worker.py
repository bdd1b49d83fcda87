"""The life of a Celery worker's processes, above all its end: soon, whatever its jobs are at.

SIGTERM reaches a pool process only while it carries out a job (`team.jobs.stopping`). Elsewhere it
would cut through Celery's own pipes and locks: a lock that nobody can free makes the worker wait
for ever. The pool's processes end because their worker tells them, or because it is gone.
"""

import logging
import os
import signal
import threading
import time
from typing import Any

from billiard import active_children
from celery.signals import worker_init, worker_process_init, worker_shutting_down
from django.conf import settings

from team.jobs.stopping import take_no_more

log = logging.getLogger("mainstay.worker")

ASK_EVERY = 0.5
LAST_WORDS = 4.0  # after the time that jobs have; both together less than others wait for us

_closing = threading.Event()


@worker_init.connect
def look_to_the_end(**_unused: Any) -> None:
    """Begun early: the handler of a signal may interrupt the start of a thread, and starts none."""
    threading.Thread(target=_end_in_time, daemon=True).start()


@worker_shutting_down.connect
def close(**_unused: Any) -> None:
    """A job may end in the time there is; then it is given back. No other is begun."""
    take_no_more()
    _closing.set()


def _end_in_time() -> None:
    _closing.wait()
    time.sleep(settings.WORKER_STOP_SECONDS)
    until = time.monotonic() + LAST_WORDS
    while time.monotonic() < until:
        # again and again: one that hears nothing between two jobs may have begun another
        for process in active_children():
            process.terminate()
        time.sleep(ASK_EVERY)
    log.error("the worker does not end and is cut off; the sweep frees the jobs it held")
    os._exit(1)


@worker_process_init.connect
def end_with_the_worker(**_unused: Any) -> None:
    """A pool process ends neither before its worker nor after it, however that died."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
