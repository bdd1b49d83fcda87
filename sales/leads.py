"""Adding, editing, closing and re-opening leads. Reps close leads, nobody deletes them (ruling 23)."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from crm.lib.periods import local_date
from customers.search import index_record
from sales.lead_ownership import assign_leads
from sales.models import Lead, LeadEnding
from team.models import Company, User
from team.records import add_record, change_record

# The company's goal: a lead is answered within this much elapsed time of its arrival.
RESPONSE_GOAL = timedelta(hours=24)

LEAD_FIELDS = (
    "name",
    "person",
    "phone",
    "email",
    "region",
    "language",
    "source",
    "campaign",
    "expected_amount",
    "note",
    "arrived_at",
)


class LeadHasEnded(Exception):
    """The lead is a customer already, or was closed."""


def add_lead(lead: Lead, *, owner: User | None, by: User | None) -> tuple[Lead, bool]:
    """Store a new lead, start its clock and its owner's period; False: made before by the same post."""
    company = Company.get()
    lead.created_by = by
    lead.recorded_on = company.today
    lead.response_due_at = lead.arrived_at + RESPONSE_GOAL
    with transaction.atomic():
        lead, made = add_record(lead, by=by, fields=LEAD_FIELDS)
        if made:
            index_record(lead)
            if owner is not None:
                assign_leads([lead.pk], owner, on=local_date(lead.arrived_at, company.zone), by=by)
    return lead, made


def change_lead(lead: Lead, values: dict[str, Any], *, by: User | None, version: int) -> Lead:
    """Store an edit of the lead's own fields; raises `VersionConflict`."""
    with transaction.atomic():
        changed = change_record(lead, values, by=by, version=version)
        index_record(changed)
    return changed


def close_lead(lead: Lead, reason: str, *, by: User | None) -> Lead:
    """End a lead for one of `Lead.Closing`; raises `LeadHasEnded`."""
    today = Company.get().today
    with transaction.atomic():
        stored = locked_lead(lead)
        if not stored.is_open:
            raise LeadHasEnded
        LeadEnding.everything.create(
            lead=stored, kind=LeadEnding.Kind.CLOSED, on=today, reason=reason, recorded_on=today
        )
        return change_record(
            stored,
            {"closed_on": today, "closed_reason": reason},
            by=by,
            version=None,
            action="close",
        )


def reopen_lead(lead: Lead, *, by: User | None) -> Lead:
    """Take a closing back: its row is deleted as of today, reports of earlier days keep it. Twice is once."""
    today = Company.get().today
    with transaction.atomic():
        stored = locked_lead(lead)
        if stored.closed_on is None:
            return stored
        LeadEnding.everything.filter(
            lead=stored, kind=LeadEnding.Kind.CLOSED, deleted_on__isnull=True
        ).update(deleted_on=today)
        return change_record(
            stored,
            {"closed_on": None, "closed_reason": ""},
            by=by,
            version=None,
            action="reopen",
        )


def locked_lead(lead: Lead) -> Lead:
    """The lead as stored, nobody else's until the transaction ends."""
    return Lead.everything.select_for_update(of=("self",)).get(pk=lead.pk)
