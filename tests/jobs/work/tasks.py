"""Jobs that tests order: an audit entry for every time one begins, and for every result."""

import time

from django.db import transaction

from team.audit import record
from team.jobs import JobFailed, Progress, handler


def mark(action: str) -> None:
    with transaction.atomic():
        record(action, by=None)


@handler("test.work")
def work(progress: Progress, *, name: str, seconds: float = 0.0) -> None:
    """Work for a while, telling how far it is; then make one result."""
    mark(f"began {name}")
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        progress.tell(1, 2, "half-way")
        time.sleep(0.02)
    with progress.publishing(made=name):
        record(f"made {name}", by=None)


@handler("test.silent")
def work_silently(progress: Progress, *, name: str, seconds: float) -> None:
    """Work in one piece, as a long statement does, and never tell."""
    mark(f"began {name}")
    time.sleep(seconds)
    with progress.publishing():
        record(f"made {name}", by=None)


@handler("test.poison")
def fail_always(progress: Progress, *, name: str) -> None:
    mark(f"began {name}")
    raise ValueError("this row cannot be read")


@handler("test.hopeless")
def give_up(progress: Progress, *, name: str) -> None:
    mark(f"began {name}")
    raise JobFailed("There is nothing to compute.")


@handler("test.no-result")
def do_nothing(progress: Progress, *, name: str) -> None:
    mark(f"began {name}")
