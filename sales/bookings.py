"""The revenue that a won deal books, where orders are not imported (ruling 14)."""

from customers.models import Revenue
from customers.purchases import refresh_purchases
from sales.models import Deal, DealChange, Stage
from team.audit import Change, record, record_many, values_of
from team.models import Company, User

BOOKED_FIELDS = ("customer", "on", "rep", "amount", "currency", "fx_rate", "order_ref")


def book(deal: Deal, change: DealChange, *, by: User | None) -> Revenue:
    """One line over the deal's amount, on the day it was won, credited to its owner."""
    line = Revenue.everything.create(
        reference=_reference(change.reference),
        order_ref=deal.reference,
        customer_id=deal.customer_id,
        on=change.on,
        product=deal.title[:200],
        rep_id=deal.owner_id,
        amount=deal.amount,
        currency=deal.currency,
        fx_rate=deal.fx_rate,
        recorded_on=Company.get().today,
    )
    record("book", line, by=by, after=values_of(line, BOOKED_FIELDS))
    refresh_purchases([line.customer_id])
    return line


def unbook(deal: Deal, *, by: User | None) -> None:
    """Delete what the deal booked, as of today; deals that never won booked nothing."""
    won = DealChange.everything.filter(deal=deal, stage__kind=Stage.Kind.WON)
    references = [_reference(reference) for reference in won.values_list("reference", flat=True)]
    lines = list(Revenue.everything.filter(reference__in=references, deleted_on__isnull=True))
    if not lines:
        return
    today = Company.get().today
    Revenue.everything.filter(pk__in=[line.pk for line in lines]).update(deleted_on=today)
    gone = (Change(line, {"deleted_on": None}, {"deleted_on": today}) for line in lines)
    record_many("unbook", gone, by=by)
    refresh_purchases({line.customer_id for line in lines})


def _reference(change: str) -> str:
    """A booked line is named after the change that won it, so that it is found again."""
    return f"RV-{change}"
