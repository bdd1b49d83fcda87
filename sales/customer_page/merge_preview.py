"""What comes along when two customers become one: how much stands with each that will count for the survivor."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from crm.lib.union import counts_of
from customers.models import Contact, Contract, Customer
from sales.models import Activity, Deal, Stage, Task


@dataclass(frozen=True)
class Holding:
    """What stands with one customer and with whom was merged into it before."""

    customer: Customer
    calls: int
    contacts: int
    deals: int
    steps: int
    contracts: int


def holdings_of(customers: Iterable[Customer]) -> list[Holding]:
    """One query for all kinds and customers."""
    rows = {customer: _rows_of(customer) for customer in customers}
    counted = counts_of(
        {
            f"{customer.pk} {name}": kind
            for customer, of in rows.items()
            for name, kind in of.items()
        }
    )
    return [
        Holding(customer, **{name: counted.get(f"{customer.pk} {name}", 0) for name in of})
        for customer, of in rows.items()
    ]


def _rows_of(customer: Customer) -> "dict[str, QuerySet[Any]]":
    mine = {"customer__in": Customer.everything.one_with(customer).values("pk")}
    done = Activity.everything.filter(**mine, deleted_on__isnull=True)
    open_deals = Deal.everything.filter(**mine, stage__kind=Stage.Kind.OPEN)
    return {
        "calls": done.exclude(status=Activity.Status.PLANNED),
        "contacts": Contact.everything.filter(**mine, binned_on__isnull=True),
        "deals": open_deals.filter(binned_on__isnull=True),
        "steps": Task.everything.filter(**mine, state=Task.State.OPEN),
        "contracts": Contract.everything.filter(**mine, deleted_on__isnull=True),
    }
