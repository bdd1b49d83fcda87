"""What there was to be read at a day, told by counts, so that later knowledge is noticed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Model, Q

from crm.lib.periods import end_of, local_date
from customers.models import Contract, Customer, Merge, Ownership, Revenue, Survey
from reports.report import Report
from sales.models import (
    Activity,
    CampaignCost,
    DealChange,
    Lead,
    LeadEnding,
    LeadOwnership,
)
from team.models import Absence, Company, Employment, Membership, Wage

# The column that says when a fact happened; the day of its recording alone where there is none.
EVENTS: dict[type[Model], str] = {
    Revenue: "on",
    Contract: "start_on",
    Ownership: "from_on",
    Merge: "merged_on",
    Survey: "answered_on",
    Employment: "hired_on",
    Membership: "from_on",
    Wage: "from_on",
    Absence: "on",
    Activity: "start_at",
    Lead: "arrived_at",
    LeadEnding: "on",
    LeadOwnership: "from_on",
    CampaignCost: "on",
    DealChange: "on",
}
INSTANTS = ("start_at", "arrived_at")
# How far a source reaches is told of these: what comes every day, or every month.
REACHES = (Revenue, Activity, Lead, CampaignCost, Wage, Survey, DealChange)


# What of the coverage is told of customers.
OF_CUSTOMERS = ("buying", "without_owner")


@dataclass(frozen=True)
class Seen:
    """What there was to be read at a day, of some tables.

    `sources`, by table: how many rows were known, and the highest id among them. Facts are not edited once
    their day is over, and what records say is read as of the day, so that equal counts and ids mean equal
    knowledge. `coverage`, by table: the day of the
    last event; and buying customers, and those of them nobody looks after.
    """

    sources: dict[str, Any]
    coverage: dict[str, Any]

    def of(self, report: Report) -> "Seen":
        """What a report reads of it."""
        tables = {name_of(model) for model in report.reads}
        if Revenue in report.reads:
            tables |= {*OF_CUSTOMERS}
        return Seen(_only(self.sources, tables), _only(self.coverage, tables))


def _only(told: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name in names}


def name_of(model: type[Model]) -> str:
    return str(model._meta.model_name)


def seen_by(report: Report, as_of: date) -> Seen:
    """What a report could read at a day, each table read once; for many days see `reports.snapshots.census`."""
    sources: dict[str, Any] = {}
    coverage: dict[str, Any] = {}
    for model in report.reads:
        told = _of_model(model, as_of)
        sources[name_of(model)] = {"rows": told["rows"], "last": told["last"]}
        if model in REACHES:
            coverage[name_of(model)] = _as_day(told["reach"])
    if Revenue in report.reads:
        coverage |= buying_customers()
    return Seen(sources, coverage)


def _of_model(model: type[Model], as_of: date) -> dict[str, Any]:
    known = Q(recorded_on__lte=as_of) & (Q(deleted_on__isnull=True) | Q(deleted_on__gt=as_of))
    reach = Q(**_happened(model, as_of), deleted_on__isnull=True)
    more = {"reach": Max(EVENTS[model], filter=reach)} if model in REACHES else {}
    answer: dict[str, Any] = model._default_manager.filter(known).aggregate(
        rows=Count("pk"), last=Max("pk"), **more
    )
    return answer


def _happened(model: type[Model], as_of: date) -> dict[str, Any]:
    column = EVENTS[model]
    if column in INSTANTS:
        return {f"{column}__lt": end_of(as_of, Company.get().zone)}
    return {f"{column}__lte": as_of}


def _as_day(event: date | datetime | None) -> str | None:
    if isinstance(event, datetime):
        event = local_date(event, Company.get().zone)
    return event.isoformat() if event else None


def buying_customers() -> dict[str, int]:
    """How many customers buy, and how many of those nobody looks after. As of today."""
    buying = Q(purchases__gt=0, merged_into__isnull=True)
    return Customer.everything.aggregate(
        buying=Count("pk", filter=buying),
        without_owner=Count("pk", filter=buying & Q(owner__isnull=True)),
    )
