"""Complaints: written down, answered, opened again."""

import uuid
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Complaint, Customer
from team.audit import record
from team.facts import store_once
from team.models import Company, User
from team.refusals import Refusal

FIELDS = ("customer", "made_on", "about", "note")


def add_complaint(
    customer: Customer,
    *,
    about: str,
    made_on: date,
    note: str = "",
    client_ref: uuid.UUID,
    by: User | None,
) -> tuple[Complaint, bool]:
    """Store a complaint; the same `client_ref` again answers the first, False."""
    made = Complaint(
        reference=f"CP-{client_ref}",
        customer=customer,
        about=about,
        made_on=made_on,
        note=note,
        by=by,
        recorded_on=Company.get().today,
    )
    return store_once(made, FIELDS, by=by)


def settle_complaint(
    complaint: Complaint, *, on: date, answer: str, by: User | None
) -> tuple[Complaint, bool]:
    """It was answered on a day. Said twice the first holds, False. Raises `Refusal`."""
    with transaction.atomic():
        stored = _standing(complaint)
        if not stored.is_open:
            return stored, False
        if on < stored.made_on:
            raise Refusal(_("They complained later than that."), "on")
        stored.settled_on, stored.answer, stored.settled_by = on, answer, by
        stored.save(update_fields=["settled_on", "answer", "settled_by"])
        after = {"settled_on": on, "answer": answer}
        before = {"settled_on": None, "answer": ""}
        record("settle complaint", stored, by=by, before=before, after=after)
    return stored, True


def reopen_complaint(complaint: Complaint, *, by: User | None) -> bool:
    """It was not answered after all. False: it is open anyway. Raises `Refusal`."""
    with transaction.atomic():
        stored = _standing(complaint)
        if stored.is_open:
            return False
        before = {"settled_on": stored.settled_on, "answer": stored.answer}
        stored.settled_on, stored.answer, stored.settled_by = None, "", None
        stored.save(update_fields=["settled_on", "answer", "settled_by"])
        after = {"settled_on": None, "answer": ""}
        record("reopen", stored, by=by, before=before, after=after)
    return True


def _standing(complaint: Complaint) -> Complaint:
    stored = Complaint.everything.select_for_update(of=("self",)).get(pk=complaint.pk)
    if stored.deleted_on is not None:
        raise Refusal(_("Somebody has deleted this complaint meanwhile."))
    return stored
