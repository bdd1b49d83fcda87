"""The revenue that a won deal books, where orders are not imported (ruling 14)."""

from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import Q

from customers.models import Revenue
from customers.purchases import refresh_purchases
from sales.deals.price_lines import lines_of
from sales.models import Deal, DealChange, Stage
from team.audit import Change, record_many, values_of
from team.models import Company, User

BOOKED_FIELDS = (
    "customer", "on", "rep", "product", "amount", "cost", "currency", "fx_rate", "order_ref",
)  # fmt: skip


def book(deal: Deal, change: DealChange, *, by: User | None) -> None:
    """A line for each price line, or one over the amount, on the day it was won, credited to its owner."""
    assert deal.customer_id is not None, "what has no customer is not won"
    today = Company.get().today
    lines = [
        Revenue(
            reference=_reference(change.reference, place),
            order_ref=deal.reference,
            customer_id=deal.customer_id,
            on=change.on,
            product=sold.name[:200],
            rep_id=deal.owner_id,
            amount=sold.amount,
            cost=sold.cost,
            currency=deal.currency,
            fx_rate=deal.fx_rate,
            recorded_on=today,
        )
        for place, sold in enumerate(_sold(deal))
    ]
    for line in lines:
        line.fill_cents()
    Revenue.everything.bulk_create(lines)
    booked = (Change(line, after=values_of(line, BOOKED_FIELDS)) for line in lines)
    record_many("book", booked, by=by)
    refresh_purchases([deal.customer_id])


@dataclass(frozen=True)
class _Sold:
    name: str
    amount: Decimal
    cost: Decimal | None


def _sold(deal: Deal) -> list[_Sold]:
    lines = lines_of(deal)
    if not lines:
        return [_Sold(deal.title, deal.amount or Decimal(0), None)]
    return [_Sold(line.name, line.amount, line.whole_cost) for line in lines]


def unbook(deal: Deal, *, by: User | None) -> None:
    """Delete what the deal booked, as of today; deals that never won booked nothing."""
    lines = booked_by(deal)
    if not lines:
        return
    today = Company.get().today
    Revenue.everything.filter(pk__in=[line.pk for line in lines]).update(deleted_on=today)
    gone = (Change(line, {"deleted_on": None}, {"deleted_on": today}) for line in lines)
    record_many("unbook", gone, by=by)
    refresh_purchases({line.customer_id for line in lines})


def booked_by(deal: Deal) -> list[Revenue]:
    """The revenue that stands because this deal was won; two queries, one for a deal that never was."""
    won = DealChange.everything.filter(deal=deal, stage__kind=Stage.Kind.WON)
    names = [_reference(reference) for reference in won.values_list("reference", flat=True)]
    if not names:
        return []
    ours = reduce(or_, (Q(reference=name) | Q(reference__startswith=f"{name}-") for name in names))
    return list(Revenue.everything.filter(ours, deleted_on__isnull=True).order_by("reference"))


def _reference(change: str, place: int = 0) -> str:
    """A booked line is named after the change that won it, so that it is found again."""
    return f"RV-{change}-{place + 1:03d}" if place else f"RV-{change}"
