"""What a churn snapshot costs, against the plainest question over the same lines."""

import resource
import time
from datetime import timedelta
from statistics import median
from typing import Any

from django.db import connection, transaction

from crm.lib.periods import Period, add_months
from reports.models import Snapshot
from reports.parameters import in_force
from reports.report import report_named
from reports.showing import run_for
from reports.snapshots import compute
from team.models import Company

PLAIN = "SELECT customer_id, COUNT(*), SUM(cents) FROM customers_revenue GROUP BY customer_id"
TRIES = 3


def snapshot_cost() -> dict[str, Any]:
    """Seconds of both (the middle of three tries) and the most memory that this process ever held.

    The snapshot is computed as the worker does it, over the last twelve months, and rolled back.
    """
    plain = median(_seconds(_plain) for _ in range(TRIES))
    spent = median(_seconds(_snapshot) for _ in range(TRIES))
    return {
        "plain_seconds": round(plain, 3),
        "snapshot_seconds": round(spent, 3),
        "times_plain": round(spent / plain, 2),
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _seconds(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _plain() -> None:
    with connection.cursor() as cursor:
        cursor.execute(PLAIN)
        while cursor.fetchmany(10_000):
            pass


def _snapshot() -> None:
    end = Company.get().today - timedelta(days=1)
    report = report_named("churn")
    year = Period(add_months(end, -12) + timedelta(days=1), end)
    with transaction.atomic():
        compute(
            report, run_for(report, year, end, version=in_force()), kind=Snapshot.Kind.ON_DEMAND
        )
        transaction.set_rollback(True)
