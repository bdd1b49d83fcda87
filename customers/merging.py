"""Making two customers one, and taking it back: a fact of a day; nothing is re-pointed (loss-reports R7)."""

import uuid
from collections.abc import Mapping
from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from customers.keeping import change_customer
from customers.knowledge import survivors
from customers.models import Customer, Merge, Ownership
from customers.purchases import refresh_purchases
from customers.search import index_record
from team.audit import record
from team.models import Company, User
from team.records import VersionConflict

UNDONE_WITHIN = timedelta(days=30)


class CannotMerge(ValueError):
    """The sentence says why."""


def merge(
    customer: Customer,
    into: Customer,
    *,
    on: date,
    by: User | None,
    take: Mapping[str, str] | None = None,
    versions: Mapping[int, int] | None = None,
    client_ref: uuid.UUID | None = None,
) -> Merge:
    """From `on` (not ahead of today) all that is the customer's counts for `into`.

    `take` are values that `into` gets in place of its own; `versions` those both were looked at with. The same
    `client_ref` again answers the first merge. Raises `CannotMerge` and `VersionConflict`.
    """
    today = Company.get().today
    if on > today:
        raise CannotMerge(_("A merge cannot lie ahead."))
    with transaction.atomic():
        customer, into = _locked(customer, into)
        known = None if client_ref is None else merged_before(client_ref)
        if known is not None:
            if known.deleted_on is not None:
                raise CannotMerge(
                    _("This was done and taken back. Load the page again to do it once more.")
                )
            return known
        for row in (customer, into):
            if versions is not None and versions[row.pk] != row.version:
                raise VersionConflict(row)
        _refuse_circle(customer, into)
        made = Merge.everything.create(
            customer=customer,
            into=into,
            merged_on=on,
            recorded_on=today,
            client_ref=client_ref,
            taken=_take(into, take or {}, by),
        )
        _count_for(customer, into)
        record("merge", customer, by=by, after={"merged_into": into.pk, "on": on})
    return made


def merged_before(client_ref: uuid.UUID) -> Merge | None:
    """The merge that this very post made; `deleted_on` says that it was taken back since."""
    return Merge.everything.filter(client_ref=client_ref).select_related("into").first()


def unmerge(customer: Customer, *, by: User | None) -> list[str]:
    """The customer stands alone again, exactly as before. Raises `CannotMerge`, after 30 days too.
    Answers the fields of the survivor that were taken from it and edited since: they stay as they are.
    """
    today = Company.get().today
    live = Merge.everything.filter(customer=customer, deleted_on__isnull=True).first()
    if live is None:
        raise CannotMerge(_("This customer is not merged."))
    if not is_undoable(live, today):
        raise CannotMerge(_("This merge is older than 30 days and stays."))
    with transaction.atomic():
        customer, into = _locked(customer, live.into)
        live = Merge.everything.filter(pk=live.pk, deleted_on__isnull=True).first()
        if live is None:
            raise CannotMerge(_("This customer is not merged."))
        edited = _give_back(into, live.taken, by)
        before = {"merged_into": live.into_id, "on": live.merged_on}
        if live.recorded_on == today:
            live.delete()
            # a form that was looked at before, gone back to and sent again, is stale and asks anew
            Customer.everything.filter(pk=customer.pk).update(version=F("version") + 1)
        else:
            live.deleted_on = today
            live.save()
        _count_alone(customer, into)
        record("unmerge", customer, by=by, before=before, after={"merged_into": None})
    return edited


def is_undoable(merge: Merge, today: date) -> bool:
    return today - merge.recorded_on <= UNDONE_WITHIN


def owner_apart(customer: Customer) -> int | None:
    """Who looks after it once it stands alone: its own open period, which a merge leaves as it is."""
    periods = Ownership.everything.filter(
        customer=customer, to_on__isnull=True, deleted_on__isnull=True
    )
    return periods.order_by("-from_on", "-reference").values_list("rep", flat=True).first()


def write_survivors(*, today: date) -> None:
    """Write the column anew for all customers from the merges that hold today; for loaded merges."""
    Customer.everything.filter(merged_into__isnull=False).update(merged_into=None)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""WITH RECURSIVE {survivors()}
            UPDATE customers_customer SET merged_into_id = v.survivor_id
            FROM survivor v WHERE v.customer_id = customers_customer.id""",
            {"date": today.isoformat()},
        )


def _locked(*customers: Customer) -> list[Customer]:
    pks = [customer.pk for customer in customers]
    rows = Customer.everything.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk")
    found: dict[int, Customer] = {row.pk: row for row in rows}
    return [found[pk] for pk in pks]


def _live_merges() -> dict[int, int]:
    """Who became part of whom, wherever it holds."""
    live = Merge.everything.filter(deleted_on__isnull=True).order_by("pk")
    # first wait for merges under way, then read: two of them cannot close a circle together
    list(live.select_for_update().values_list("pk"))
    return dict(live.values_list("customer", "into"))


def _refuse_circle(customer: Customer, into: Customer) -> None:
    chain = _live_merges()
    if customer.pk in chain:
        raise CannotMerge(_("This customer is merged already."))
    if into.pk == customer.pk or _leads_to(chain, into.pk, customer.pk):
        raise CannotMerge(_("These customers would be merged in a circle."))


def _leads_to(chain: dict[int, int], start: int, end: int) -> bool:
    step = chain.get(start)
    while step is not None and step != end:
        step = chain.get(step)
    return step == end


def _take(into: Customer, values: Mapping[str, str], by: User | None) -> dict[str, list[str]]:
    """Give the survivor these values: what was written of each, before and after."""
    taken = {name: [getattr(into, name), value] for name, value in values.items()}
    taken = {name: pair for name, pair in taken.items() if pair[0] != pair[1]}
    if not taken:
        return {}
    new = {name: pair[1] for name, pair in taken.items()}
    stored = change_customer(into, new, by=by, version=into.version)
    # what was stored counts: an e-mail is kept in small letters
    return {name: [pair[0], getattr(stored, name)] for name, pair in taken.items()}


def _give_back(into: Customer, taken: dict[str, list[str]], by: User | None) -> list[str]:
    """The survivor says again what it said; answers what somebody has edited since."""
    edited = [name for name, pair in taken.items() if getattr(into, name) != pair[1]]
    back: dict[str, object] = {name: pair[0] for name, pair in taken.items() if name not in edited}
    if back:
        change_customer(into, back, by=by, version=into.version)
    return edited


def _count_for(customer: Customer, into: Customer) -> None:
    """The columns of the customer, and of who was merged into it before, repeat the survivor."""
    survivor = into.merged_into or into
    family = Customer.everything.filter(Q(pk=customer.pk) | Q(merged_into=customer.pk))
    family.update(merged_into=survivor, owner=survivor.owner_id)
    refresh_purchases([customer.pk])
    index_record(Customer.everything.get(pk=survivor.pk))


def _count_alone(customer: Customer, into: Customer) -> None:
    survivor_id = into.merged_into_id or into.pk
    chain = _live_merges()
    parts = [pk for pk in chain if _leads_to(chain, pk, customer.pk)]
    owner = owner_apart(customer)
    Customer.everything.filter(pk=customer.pk).update(merged_into=None, owner=owner)
    Customer.everything.filter(pk__in=parts).update(merged_into=customer, owner=owner)
    refresh_purchases([customer.pk, into.pk])
    index_record(Customer.everything.get(pk=survivor_id))
