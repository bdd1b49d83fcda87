"""What nights cost: the first one, which finds records alone, and the next one after a day's changes."""

import os
import resource
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from customers.models import PurchaseDay
from customers.purchases import refresh_purchases
from reports.acts.outcomes import follow_acts
from reports.bench.plan import NotADemonstration
from reports.models import Fit, SellingDay, SellingRollUp, Snapshot
from reports.snapshots.census import Census
from reports.snapshots.nights import count_anew, steps_of, take, tidy
from reports.snapshots.taking import delete_snapshots
from team.models import Company


def nights_cost() -> dict[str, Any]:
    """The nights of the day before yesterday and of yesterday, as the worker takes them.

    All figures and roll-ups are deleted first; those of the two nights stand afterwards. Seconds on the clock and of
    the processors: of this process and, where the database is on this machine, of the one that served it.
    """
    company = Company.get()
    if not company.is_demo:
        raise NotADemonstration("bench takes all figures anew, so it runs only on a demonstration.")
    yesterday = company.today - timedelta(days=1)
    _forget_all()
    first, following = _cost(yesterday - timedelta(days=1), roll_up=True), _cost(yesterday)
    part = following["processor_seconds"] / first["processor_seconds"]
    return {
        "first": first,
        "next": following,
        "next_part": round(part, 3),
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _forget_all() -> None:
    delete_snapshots(Snapshot.objects.all())
    for model in (Fit, SellingRollUp, SellingDay, PurchaseDay):
        model._default_manager.all().delete()


def _cost(day: date, *, roll_up: bool = False) -> dict[str, Any]:
    """`roll_up`: purchases are rolled up for all customers first, as when they are loaded."""
    there = Snapshot.objects.count()
    begun, clock = _processor_seconds(), time.perf_counter()
    if roll_up:
        refresh_purchases(None)
    _night(day)
    return {
        "seconds": round(time.perf_counter() - clock, 1),
        "processor_seconds": round(_processor_seconds() - begun, 1),
        "snapshots": Snapshot.objects.count() - there,
    }


def _night(day: date) -> None:
    tidy(day)
    census = Census()
    for step in steps_of(day, census, is_last=True):
        take(step, census)
    count_anew()
    follow_acts(day)


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime + _of_the_database()


def _of_the_database() -> float:
    """Of the process that serves this connection and of all that have ended, those that served another one of a
    ledger among them; 0 where the server is not on this machine, or is this process.
    """
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), inet_server_addr() IS NULL")
        pid, is_here = cursor.fetchone()
    if not is_here or not Path(f"/proc/{pid}/stat").exists():
        return 0
    ours = _stat(pid)
    ticks = sum(map(int, ours[11:13])) + sum(map(int, _stat(ours[1])[13:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(pid: int | str) -> list[str]:
    """What the kernel says of a process, from its state on: the parent, 11 and 12 its ticks, 13 and 14 those of its
    children that have ended.
    """
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
