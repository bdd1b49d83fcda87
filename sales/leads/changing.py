"""Adding, editing, closing and re-opening leads. Reps close leads, nobody deletes them (ruling 23)."""

from typing import Any

from django.db import transaction

from crm.lib.periods import local_date
from customers.search import index_record
from sales.leads.assigning import give_by_rules
from sales.leads.lead_ownership import assign_leads
from sales.leads.response import start_clock
from sales.models import Lead, LeadEnding, LeadReason
from team.models import Company, User
from team.records import add_record, change_record
from team.working_time import WorkingTime

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


def add_lead(
    lead: Lead, *, owner: User | None, by: User | None, occasion: str = ""
) -> tuple[Lead, bool]:
    """Store a new lead, start its clock and its owner's period; False: made before by the same post.

    With an `occasion` (of `LeadAssignment`) and no owner the rules say whose it is.
    """
    company = Company.get()
    lead.created_by = by
    lead.recorded_on = company.today
    start_clock(lead, WorkingTime(company))
    with transaction.atomic():
        lead, made = add_record(lead, by=by, fields=LEAD_FIELDS)
        if made:
            index_record(lead)
            if owner is not None:
                assign_leads([lead.pk], owner, on=local_date(lead.arrived_at, company.zone), by=by)
            elif occasion:
                give_by_rules([lead], occasion=occasion, by=by)
    return lead, made


def change_lead(lead: Lead, values: dict[str, Any], *, by: User | None, version: int) -> Lead:
    """Store an edit of the lead's own fields; raises `VersionConflict`."""
    with transaction.atomic():
        changed = change_record(lead, values, by=by, version=version)
        index_record(changed)
    return changed


def close_lead(
    lead: Lead, reason: str, *, by: User | None, why: LeadReason | None = None, note: str = ""
) -> Lead:
    """End a lead for one of `Lead.Closing`, with its reason off the list; raises `LeadHasEnded`."""
    today = Company.get().today
    with transaction.atomic():
        stored = locked_lead(lead)
        if not stored.is_open:
            raise LeadHasEnded
        LeadEnding.everything.create(
            lead=stored,
            kind=LeadEnding.Kind.CLOSED,
            on=today,
            reason=reason,
            why=why,
            note=note,
            recorded_on=today,
        )
        values = {"closed_on": today, "closed_reason": reason}
        told = {"why": str(why) if why else "", "note": note}
        return change_record(stored, values, by=by, version=None, action="close", told=told)


def reopen_lead(lead: Lead, *, by: User | None, because: str = "") -> Lead:
    """Take a closing back: its row is deleted as of today, reports of earlier days keep it. Twice is once."""
    today = Company.get().today
    with transaction.atomic():
        stored = locked_lead(lead)
        if stored.closed_on is None:
            return stored
        LeadEnding.everything.filter(
            lead=stored, kind=LeadEnding.Kind.CLOSED, deleted_on__isnull=True
        ).update(deleted_on=today, reopened_because=because)
        values, told = {"closed_on": None, "closed_reason": ""}, {"reason": because}
        return change_record(stored, values, by=by, version=None, action="reopen", told=told)


def last_closing(lead: Lead) -> LeadEnding | None:
    """How the lead was closed the last time, whether it stands or was taken back since."""
    closings = LeadEnding.everything.filter(lead=lead, kind=LeadEnding.Kind.CLOSED)
    return closings.select_related("why").order_by("-pk").first()


def locked_lead(lead: Lead) -> Lead:
    """The lead as stored, nobody else's until the transaction ends."""
    return Lead.everything.select_for_update(of=("self",)).get(pk=lead.pk)
