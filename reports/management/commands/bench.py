"""`manage.py bench`: what pages and the churn snapshot cost on the configured database."""

import json
import os
import sys
from argparse import SUPPRESS, ArgumentParser
from contextlib import ExitStack
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.bench.crowd import save_at_once
from reports.bench.measuring import measure
from reports.bench.nights import nights_cost
from reports.bench.plan import NotADemonstration, clear, plan
from reports.bench.printing import as_text
from reports.bench.snapshot import snapshot_cost
from reports.bench.stand import BenchFailed, serving, stand_for
from reports.bench.verdicts import (
    checks_of,
    checks_of_crowd,
    checks_of_memory,
    checks_of_nights,
    rows_of,
)

HERE, THERE = "this", "the other"


class Command(BaseCommand):
    help = (
        "Measure pages and the churn snapshot on the configured demonstration company, "
        "through two gunicorn workers on this machine, one request at a time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON alone")
        parser.add_argument(
            "--rounds", type=int, default=40, help="how often each page is asked for"
        )
        parser.add_argument(
            "--against",
            metavar="DATABASE_URL",
            help="a second company, asked in the same rounds: what does size cost?",
        )
        parser.add_argument(
            "--nights",
            action="store_true",
            help="also delete all figures and take nights anew: minutes for a large company",
        )
        # what bench asks of itself in processes on each database
        parser.add_argument(
            "--step", choices=["plan", "clear", "snapshot", "nights"], help=SUPPRESS
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["step"]:
                self.stdout.write(json.dumps(_step(options["step"])))
                return
            result = _measured(options["rounds"], options["against"], nights=options["nights"])
        except (BenchFailed, NotADemonstration) as failure:
            raise CommandError(str(failure)) from failure
        self.stdout.write(json.dumps(result, indent=1) if options["json"] else as_text(result))


def _step(name: str) -> Any:
    if name == "plan":
        return plan()
    if name == "snapshot":
        return snapshot_cost()
    if name == "nights":
        return nights_cost()
    given = json.load(sys.stdin)
    clear(given["sessions"], given["client_refs"])
    return None


def _measured(rounds: int, against: str | None, *, nights: bool) -> dict[str, Any]:
    load_before = os.getloadavg()[0]
    stands = [stand_for(HERE, None)]
    if against:
        stands.append(stand_for(THERE, against))
    with ExitStack() as stack:
        for stand in stands:
            stack.enter_context(serving(stand))
        measured = measure(stands, rounds)
        crowd = {stand.name: save_at_once(stand, rounds) for stand in stands}
        workers = {stand.name: stand.worker_megabytes() for stand in stands}
    snapshot = stands[0].ask("snapshot")
    checks = checks_of(measured, HERE, THERE if against else None)
    checks += checks_of_crowd(crowd[HERE])
    checks += checks_of_memory(workers[HERE], snapshot)
    two_nights = stands[0].ask("nights") if nights else None
    checks += checks_of_nights(two_nights) if two_nights else []
    return {
        "customers": {stand.name: stand.plan["customers"] for stand in stands},
        "rounds": rounds,
        "load": [load_before, os.getloadavg()[0]],
        "processors": os.cpu_count(),
        "pages": rows_of(measured),
        "crowd": crowd,
        "worker_megabytes": workers,
        "snapshot": snapshot,
        "nights": two_nights,
        "checks": [check.__dict__ for check in checks],
    }
