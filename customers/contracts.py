"""Contracts that people enter: begun, renewed, ended before their time. Facts: reports keep what they knew."""

import uuid
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Contract, Customer
from customers.models.money import contract_reference
from customers.purchases import refresh_purchases
from team.audit import record
from team.facts import delete_fact, end, restore_fact, rewrite, store_once
from team.models import Company, User
from team.refusals import Refusal

FIELDS = ("customer", "title", "start_on", "end_on", "cancelled_on")


def add_contract(
    customer: Customer,
    *,
    title: str,
    start_on: date,
    end_on: date | None,
    client_ref: uuid.UUID,
    by: User | None,
) -> tuple[Contract, bool]:
    """Store a contract; the same `client_ref` again answers the first, False."""
    made = Contract(
        reference=f"CT-{client_ref}",
        customer=customer,
        title=title,
        start_on=start_on,
        end_on=end_on,
        by=by,
        recorded_on=Company.get().today,
    )
    return store_once(made, FIELDS, by=by, then=lambda: refresh_purchases([customer.pk]))


def end_contract(contract: Contract, *, on: date, by: User | None) -> Contract:
    """`on` is the last day of cover, before its own last day. Raises `Refusal`."""
    with transaction.atomic():
        stored = _standing(contract)
        if stored.cancelled_on == on:
            return stored
        if on < stored.start_on:
            raise Refusal(_("The last day lies before the first."), "on")
        if stored.last_day is not None and on >= stored.last_day:
            raise Refusal(_("It ends by then anyway."), "on")
        before = {"cancelled_on": stored.cancelled_on}
        today = Company.get().today
        if on < today and stored.recorded_on < today:
            ended = _again(stored, on)
        else:
            ended = end(stored, "cancelled_on", on, today)
        record("end contract", ended, by=by, before=before, after={"cancelled_on": on})
        refresh_purchases([ended.customer_id])
    return ended


def reopen_contract(contract: Contract, *, by: User | None) -> Contract:
    """It was not ended after all; as of earlier days it stays so. Raises `Refusal`."""
    with transaction.atomic():
        stored = _standing(contract)
        before = {"cancelled_on": stored.cancelled_on}
        if stored.cancelled_on is None:
            return stored
        if stored.recorded_on == Company.get().today:
            stored.cancelled_on = None
            stored.save(update_fields=["cancelled_on"])
            opened = stored
        else:
            opened = _again(stored, None)
        record("reopen", opened, by=by, before=before, after={"cancelled_on": None})
        refresh_purchases([opened.customer_id])
    return opened


def delete_contract(contract: Contract, *, by: User | None) -> bool:
    """It was entered by mistake. False: it was deleted already."""
    with transaction.atomic():
        deleted = delete_fact(contract, by=by)
        refresh_purchases([contract.customer_id])
    return deleted


def restore_contract(contract: Contract, *, by: User | None) -> bool:
    """Raises `NotOfToday`."""
    with transaction.atomic():
        restored = restore_fact(contract, by=by)
        refresh_purchases([contract.customer_id])
    return restored


def _standing(contract: Contract) -> Contract:
    stored = Contract.everything.select_for_update(of=("self",)).get(pk=contract.pk)
    if stored.deleted_on is not None:
        raise Refusal(_("Somebody has changed this contract meanwhile."))
    return stored


def _again(stored: Contract, cancelled_on: date | None) -> Contract:
    today = Company.get().today
    new = contract_reference()
    return rewrite(stored, today, reference=new, cancelled_on=cancelled_on)
