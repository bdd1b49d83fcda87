"""Celery carries the work out; the job rows say what there is to do (`team.jobs`).

Redis where REDIS_URL names one, else files in the data directory; either is only a doorbell, so
nothing is lost with it. Messages are acknowledged early and expire soon: a job that nobody took up
is sent again by the publisher, and one whose worker died is freed by the sweep.
"""

import os
from typing import Any

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")


def file_queue() -> dict[str, Any]:
    """A queue of files in the data directory, for one machine."""
    messages = settings.DATA_DIR / "queue" / "messages"
    control = settings.DATA_DIR / "queue" / "control"
    for folder in (messages, control):
        folder.mkdir(parents=True, exist_ok=True)
    folders = {"data_folder_in": str(messages), "data_folder_out": str(messages)}
    return {
        "broker_url": "filesystem://localhost/",
        "broker_transport": "crm.file_doorbell:Transport",
        "broker_transport_options": folders
        | {"control_folder": str(control), "polling_interval": 0.5},
    }


def redis_queue() -> dict[str, Any]:
    """Redis that may refuse, hang, restart or come back empty at any time."""
    return {
        "broker_url": settings.REDIS_URL,
        "broker_transport": "crm.doorbell:Transport",
        "broker_transport_options": {
            "global_keyprefix": settings.QUEUE_PREFIX,
            "visibility_timeout": 600,
            "unacked_restore_throttle": 1,
            "socket_connect_timeout": 2,
            "socket_timeout": 5,
            "socket_keepalive": True,
            "health_check_interval": 10,
        },
    }


app = Celery("mainstay")
app.conf.update(
    **(redis_queue() if settings.REDIS_URL else file_queue()),
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    task_time_limit=settings.JOB_TIME_LIMIT_SECONDS + 60,
    task_soft_time_limit=settings.JOB_TIME_LIMIT_SECONDS,
    imports=["crm.worker"],
    worker_pool="crm.pool:TaskPool",
    worker_concurrency=settings.WORKER_PROCESSES,
    worker_prefetch_multiplier=1,
    worker_max_tasks_per_child=200,
    worker_hijack_root_logger=False,
    worker_enable_remote_control=False,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    beat_scheduler="celery.beat:Scheduler",
    beat_schedule={
        "ask-due": {
            "task": "crm.ask_due",
            "schedule": settings.BEAT_SECONDS,
            # stale ones pile up while no worker runs; a busy worker still needs time to hear one
            "options": {"expires": max(settings.BEAT_SECONDS, 10.0)},
        }
    },
)
app.autodiscover_tasks(["crm"])
