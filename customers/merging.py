"""Making two customers one, and taking it back: a fact of a day; nothing is re-pointed (loss-reports R7)."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from customers.models import Customer, Merge
from customers.purchases import refresh_purchases
from team.audit import record
from team.models import Company, User

UNDONE_WITHIN = timedelta(days=30)


class CannotMerge(ValueError):
    """The sentence says why."""


def merge(customer: Customer, into: Customer, *, on: date, by: User | None) -> Merge:
    """From `on` (not ahead of today) all that is the customer's counts for `into`. Raises `CannotMerge`."""
    today = Company.get().today
    if on > today:
        raise CannotMerge(_("A merge cannot lie ahead."))
    with transaction.atomic():
        customer, into = _locked(customer, into)
        _refuse_circle(customer, into)
        made = Merge.everything.create(
            customer=customer, into=into, merged_on=on, recorded_on=today
        )
        _write(customer, into)
        record("merge", customer, by=by, after={"into": into.pk, "on": on})
    return made


def unmerge(customer: Customer, *, by: User | None) -> None:
    """The customer stands alone again, exactly as before. Raises `CannotMerge`, after 30 days too."""
    today = Company.get().today
    with transaction.atomic():
        (customer,) = _locked(customer)
        live = Merge.everything.filter(customer=customer, deleted_on__isnull=True).first()
        if live is None:
            raise CannotMerge(_("This customer is not merged."))
        if today - live.recorded_on > UNDONE_WITHIN:
            raise CannotMerge(_("This merge is older than 30 days and stays."))
        before = {"into": live.into_id, "on": live.merged_on}
        if live.recorded_on == today:
            live.delete()
        else:
            live.deleted_on = today
            live.save()
        _write(customer, None, beside=[live.into_id])
        record("unmerge", customer, by=by, before=before)


def write_survivors(*, today: date) -> None:
    """Write the column anew for all customers from the merges that hold today; for loaded merges."""
    holding = Merge.everything.filter(
        Q(deleted_on__isnull=True) | Q(deleted_on__gt=today),
        merged_on__lte=today,
        recorded_on__lte=today,
    )
    Customer.everything.filter(merged_into__isnull=False).update(merged_into=None)
    into = holding.filter(customer=OuterRef("pk")).values("into")[:1]
    Customer.everything.filter(pk__in=holding.values("customer")).update(merged_into=Subquery(into))


def _locked(*customers: Customer) -> list[Customer]:
    pks = [customer.pk for customer in customers]
    rows = Customer.everything.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")
    found: dict[int, Customer] = {row.pk: row for row in rows}
    return [found[pk] for pk in pks]


def _refuse_circle(customer: Customer, into: Customer) -> None:
    live = Merge.everything.filter(deleted_on__isnull=True).order_by("pk")
    # first wait for merges under way, then read: two of them cannot close a circle together
    list(live.select_for_update().values_list("pk"))
    chain: dict[int, int] = dict(live.values_list("customer", "into"))
    if customer.pk in chain:
        raise CannotMerge(_("This customer is merged already."))
    end: int | None = into.pk
    while end is not None and end != customer.pk:
        end = chain.get(end)
    if end == customer.pk:
        raise CannotMerge(_("These customers would be merged in a circle."))


def _write(customer: Customer, into: Customer | None, beside: "list[int] | None" = None) -> None:
    customer.merged_into = into
    Customer.everything.filter(pk=customer.pk).update(merged_into=into)
    refresh_purchases([customer.pk, *(beside or [])])
