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
