"""Rings the workers for jobs that wait, until SIGTERM or Ctrl-C. Any number may run."""

import signal
import threading
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from crm.celery import app
from crm.publisher import Publisher


class Command(BaseCommand):
    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        over = threading.Event()

        def stop(_number: int, _frame: FrameType | None) -> None:
            over.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        Publisher(app).work_until(over)
