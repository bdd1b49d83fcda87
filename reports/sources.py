"""What there was to be read at a day, told by counts, so that later knowledge is noticed."""

from datetime import date
from typing import Any

from django.db.models import Count, Max, Model, Q, Sum

from customers.models import Contract, Customer, Merge, Ownership, Revenue
from team.models import Employment, Membership

FACTS: tuple[type[Model], ...] = (Revenue, Contract, Ownership, Merge, Employment, Membership)


def sources_of(as_of: date) -> dict[str, Any]:
    """By table: how many rows were known at the day, and the highest id among them.

    Facts are not edited once their day is over, so that equal counts and ids mean equal knowledge.
    Customers are read as they are today: their edits count too.
    """
    return sources_and_coverage(as_of)[0]


def sources_and_coverage(as_of: date) -> tuple[dict[str, Any], dict[str, Any]]:
    """What `sources_of` says, and how far the records reach, each large table read once.

    Coverage: the day of the last order, buying customers, and those of them nobody looks after.
    """
    known = Q(recorded_on__lte=as_of) & (Q(deleted_on__isnull=True) | Q(deleted_on__gt=as_of))
    ordered = Q(on__lte=as_of, deleted_on__isnull=True)
    more: dict[type[Model], Any] = {Revenue: {"last_order": Max("on", filter=ordered)}}
    seen = {
        str(model._meta.model_name): model._default_manager.filter(known).aggregate(
            rows=Count("pk"), last=Max("pk"), **more.get(model, {})
        )
        for model in FACTS
    }
    last_order = seen["revenue"].pop("last_order")
    buying = Q(purchases__gt=0, merged_into__isnull=True)
    customers = Customer.everything.aggregate(
        rows=Count("pk"),
        last=Sum("version"),
        buying=Count("pk", filter=buying),
        without_owner=Count("pk", filter=buying & Q(owner__isnull=True)),
    )
    seen["customer"] = {name: customers.pop(name) for name in ("rows", "last")}
    return seen, {**customers, "last_order": last_order.isoformat() if last_order else None}
