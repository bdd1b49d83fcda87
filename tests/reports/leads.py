"""Leads in words, a report over them as the command prints it, and its rows of evidence."""

from datetime import date
from typing import Any

from crm.lib.periods import Period
from reports.models import Evidence, Snapshot
from reports.report import Run, report_named
from reports.rules.parameters import values_for
from reports.snapshots.taking import take_snapshot
from tests.reports.conftest import World, printed

YEAR = ("2025-01-01", "2025-12-31", "2025-12-31")
# so that a handful of leads makes a rate and a value
FEW = {"min_rate_n": 1, "min_value_n": 1}


def told(slug: str, start: str, end: str, as_of: str, **parameters: Any) -> Any:
    return printed(slug, "--from", start, "--to", end, "--as-of", as_of, **parameters)


def taken(slug: str, start: str, end: str, as_of: str, **parameters: Any) -> Snapshot:
    """The snapshot behind the same figures."""
    report = report_named(slug)
    period = Period(date.fromisoformat(start), date.fromisoformat(end))
    values = values_for(report.parameter_names, parameters)
    return take_snapshot(report, Run(period, date.fromisoformat(as_of), values))


def rows(snapshot: Snapshot, *measures: str) -> list[Evidence]:
    """The rows of some measures, by line and in the order in which their records were loaded."""
    return list(snapshot.evidence.filter(measure__in=measures).order_by("line_key", "subject_id"))


def answered(world: World, day: str, rep: str = "", count: int = 1, **values: Any) -> None:
    """Leads of a day, noon in Kyiv in winter, each called after an hour."""
    for _ in range(count):
        lead = world.lead(f"{day}T10:00:00Z", rep, **{"source": "web"} | values)
        world.touch(rep, f"{day}T11:00:00Z", lead_id=lead, minutes=5)


def ignored(world: World, day: str, rep: str = "", count: int = 1, **values: Any) -> None:
    """Leads of a day that nobody called."""
    for _ in range(count):
        world.lead(f"{day}T10:00:00Z", rep, **{"source": "web"} | values)


def won(world: World, day: str, customer: str, amount: Any, rep: str = "", **values: Any) -> None:
    """A lead answered within the hour that became a customer on the same day, and what it bought."""
    world.order(customer, day, amount)
    answered(world, day, rep, converted_on=day, customer_id=customer, **values)
