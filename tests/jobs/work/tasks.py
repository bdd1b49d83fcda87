"""Jobs that tests order: an audit entry for every time one begins, and for every result."""

import time

from django.db import connection, transaction

from team.audit import record
from team.jobs import JobFailed, Progress, handler

ENDLESS = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000)"
    " SELECT COUNT(*) FROM n"
)


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


@handler("test.statement")
def ask_for_long(progress: Progress, *, name: str, seconds: float = 0.0) -> None:
    """Spend minutes, whatever `seconds` says, in one statement of a transaction, as a report may."""
    mark(f"began {name}")
    with progress.publishing(), connection.cursor() as cursor:
        record(f"made {name}", by=None)
        cursor.execute(ENDLESS)


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
