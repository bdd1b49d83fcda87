"""What snapshots cost, against the plainest question over the largest table they read."""

import resource
import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from typing import Any

from django.db import connection

from crm.lib.periods import Period, add_months
from reports.models import Fit, Snapshot
from reports.report import Report, report_named
from reports.rules.parameters import in_force
from reports.showing import run_for
from reports.snapshots.taking import compute, delete_snapshots
from team.models import Company

# What customers bought, and what was done for them: the larger table of the two.
PLAIN_REVENUE = (
    "SELECT customer_id, COUNT(*), SUM(cents) FROM customers_revenue GROUP BY customer_id"
)
PLAIN_WORK = "SELECT customer_id, COUNT(*), SUM(minutes) FROM sales_activity GROUP BY customer_id"
TRIES = 3


def snapshot_cost() -> dict[str, Any]:
    """Seconds (the middle of three tries) and the most memory that this process ever held, churn first.

    Snapshots are computed as the worker does it, over the last twelve months, and deleted: churn, the
    whole ledger with its six losses and overlaps, and the customer value with a fresh fit of its model.
    """
    churn = _times_plain("churn", PLAIN_REVENUE)
    ledger = _times_plain("ledger", PLAIN_WORK)
    fit = _snapshot_seconds(report_named("clv"))
    return {**churn, "ledger": ledger, "fit_seconds": round(fit, 2)}


def _times_plain(slug: str, question: str) -> dict[str, Any]:
    plain = median(_seconds(lambda: _plain(question)) for _ in range(TRIES))
    spent = median(_snapshot_seconds(report_named(slug)) for _ in range(TRIES))
    return {
        "plain_seconds": round(plain, 3),
        "snapshot_seconds": round(spent, 3),
        "times_plain": round(spent / plain, 2),
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _plain(question: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(question)
        while cursor.fetchmany(10_000):
            pass


def _snapshot_seconds(report: Report) -> float:
    """Over a year less a day, which nobody has computed: nothing is used that is there, and nothing is kept."""
    end = Company.get().today - timedelta(days=1)
    year = Period(add_months(end, -12) + timedelta(days=2), end)
    run = run_for(report, year, end, version=in_force())
    before = set(Snapshot.objects.values_list("pk", flat=True))
    Fit.objects.all().delete()
    try:
        # not in one transaction: the worker's are short, and planned each for itself
        return _seconds(lambda: compute(report, run, kind=Snapshot.Kind.ON_DEMAND))
    finally:
        delete_snapshots(Snapshot.objects.exclude(pk__in=before))
