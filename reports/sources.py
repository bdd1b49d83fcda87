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
    known = Q(recorded_on__lte=as_of) & (Q(deleted_on__isnull=True) | Q(deleted_on__gt=as_of))
    seen = {
        str(model._meta.model_name): model._default_manager.filter(known).aggregate(
            rows=Count("pk"), last=Max("pk")
        )
        for model in FACTS
    }
    seen["customer"] = Customer.everything.aggregate(rows=Count("pk"), last=Sum("version"))
    return seen


def coverage_of(as_of: date) -> dict[str, Any]:
    """How far the records reach: the day of the last order, buying customers, and those nobody looks after."""
    orders = Revenue.everything.filter(
        on__lte=as_of, recorded_on__lte=as_of, deleted_on__isnull=True
    ).aggregate(last=Max("on"))
    buying = Customer.everything.filter(purchases__gt=0, merged_into__isnull=True).aggregate(
        all=Count("pk"), without=Count("pk", filter=Q(owner__isnull=True))
    )
    last = orders["last"]
    return {
        "last_order": last.isoformat() if last else None,
        "buying": buying["all"],
        "without_owner": buying["without"],
    }
