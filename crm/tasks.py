"""The two things Celery is asked to do."""

import os
import threading
import time
from typing import Any

from billiard import active_children
from celery import shared_task
from celery.signals import worker_process_init, worker_shutting_down
from django.conf import settings
from django.utils import timezone

from team.jobs.running import run, take_no_more
from team.jobs.schedule import ask_due


@shared_task(name="crm.run_job")
def run_job(job_id: int) -> None:
    """Run a job if it is still to be had."""
    run(job_id)


@shared_task(name="crm.ask_due")
def ask_due_jobs() -> None:
    """Make the rows of nightly work that has fallen due; the beat says so every minute."""
    ask_due(timezone.now())


@worker_shutting_down.connect
def close(**_unused: Any) -> None:
    """A job may end in the time there is; then it is given back. No other is begun."""
    take_no_more()
    patience = threading.Timer(settings.WORKER_STOP_SECONDS, _ask_to_give_back)
    patience.daemon = True
    patience.start()


def _ask_to_give_back() -> None:
    for process in active_children():
        process.terminate()


@worker_process_init.connect
def end_with_the_worker(**_unused: Any) -> None:
    """A pool process does not outlive its worker, however that died: its job is free then."""
    threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
