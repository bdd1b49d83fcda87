"""One world of records for each owner: every kind of record that an address can name."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from crm.lib.periods import SINCE_EVER
from customers.models import Contact, Customer
from customers.ownership import assign
from reports.models import Dispute, Evidence, Snapshot
from reports.rules.catalogue import as_json, defaults
from sales.models import (
    Activity,
    Campaign,
    CampaignCost,
    Deal,
    DealChange,
    Lead,
    Outcome,
    Stage,
    Task,
)
from team.models import Company, Holiday, Job, User, Wage

# Which visibility a part of an address follows.
OWNED = {"customer_id", "contact_id", "lead_id", "deal_id", "change_id", "task_id", "activity_id"}
EVIDENCE = {"evidence_id"}
PEOPLE = {"user_id", "team_id", "wage_id"}
SHARED = {"campaign_id", "cost_id", "holiday_id", "job_id", "dispute_id", "choice_id"}
# Parts that name no record.
PLAIN = {"token": "no-such-link", "kind": "customer", "format": "csv", "which": "outcomes"}

MISSING = 987_654_321


@dataclass(frozen=True)
class World:
    """The records of one owner. Every text of theirs holds `mark`, which no other world's does."""

    owner: str
    mark: str
    ids: dict[str, int]


def make_world(name: str, owner: User | None) -> World:
    mark = f"zq{name}qz"
    customer = _customer(mark, owner)
    contact = Contact.everything.create(customer=customer, name=f"Contact {mark}")
    lead = Lead.everything.create(name=f"Lead {mark}", owner=owner, recorded_on=date(2026, 11, 2))
    deal = _deal(mark, customer, owner)
    today = Company.get().today
    change = DealChange.everything.create(
        deal=deal, on=today, stage=deal.stage, recorded_on=today, competitor=mark[:100]
    )
    activity = Activity.everything.create(
        author=owner,
        customer=customer,
        note=f"Note {mark}",
        start_at=timezone.now(),
        created_at=timezone.now(),
        recorded_on=today,
    )
    task = Task.everything.create(
        title=f"Task {mark}", owner=owner, customer=customer, due_on=today
    )
    rows: dict[str, Any] = {
        "customer_id": customer,
        "contact_id": contact,
        "lead_id": lead,
        "deal_id": deal,
        "change_id": change,
        "activity_id": activity,
        "task_id": task,
        "evidence_id": _evidence(customer, owner),
    }
    if owner is not None:
        rows |= {"user_id": owner, "team_id": owner.team, "wage_id": _wage(owner)}
    return World(name, mark, {part: row.pk for part, row in rows.items()})


def make_shared() -> dict[str, int]:
    """Records that everybody of a role sees."""
    campaign = Campaign.objects.create(name="Autumn fair")
    cost = CampaignCost.objects.create(
        campaign=campaign,
        on=date(2026, 11, 2),
        amount=100,
        cents=10000,
        recorded_on=date(2026, 11, 2),
    )
    holiday = Holiday.objects.create(
        on=date(2026, 12, 25), name="Christmas", recorded_on=SINCE_EVER
    )
    job = Job.everything.create(kind="team.seal", state=Job.State.FAILED)
    doubt = Dispute.everything.create(
        client_ref=uuid.uuid4(),
        by=User.objects.order_by("pk")[0],
        as_of=date(2026, 11, 2),
        slug="churn",
        list_key="loss",
        from_on=date(2025, 11, 3),
        to_on=date(2026, 11, 2),
    )
    shared = {"campaign_id": campaign, "cost_id": cost, "holiday_id": holiday, "job_id": job}
    shared |= {"dispute_id": doubt, "choice_id": Outcome.objects.order_by("pk")[0]}
    return {part: row.pk for part, row in shared.items()}


def _customer(mark: str, owner: User | None) -> Customer:
    customer: Customer = Customer.everything.create(
        name=f"Customer {mark}", note=f"Note {mark}", segment=mark, region=mark
    )
    if owner is not None:
        assign([customer.pk], owner, on=Company.get().today, by=owner)
    return customer


def _deal(mark: str, customer: Customer, owner: User | None) -> Deal:
    deal: Deal = Deal.everything.create(
        title=f"Deal {mark}",
        customer=customer,
        owner=owner,
        stage=Stage.objects.order_by("order").first(),
        stage_since=date(2026, 11, 2),
        opened_on=date(2026, 11, 2),
        amount=777,
    )
    return deal


def _evidence(customer: Customer, owner: User | None) -> Evidence:
    """A row of a figure: the customer was lost, and its owner answered for it."""
    day = date(2026, 11, 22)
    snapshot = Snapshot.objects.create(
        slug="churn",
        formula_version=1,
        kind=Snapshot.Kind.DAILY,
        values=as_json(defaults()),
        values_hash=f"world of {customer.pk}",
        from_on=date(2025, 11, 23),
        to_on=day,
        as_of=day,
        is_complete=True,
    )
    return Evidence.objects.create(
        snapshot=snapshot,
        measure="loss",
        line_key=customer.reference,
        subject_type="customer",
        subject_id=customer.pk,
        owner=owner,
        team=owner.team if owner else None,
        occurred_on=day,
        cents=777,
    )


def _wage(person: User) -> Wage:
    return Wage.objects.create(
        user=person, from_on=date(2026, 1, 1), monthly_wage=30_000, recorded_on=date(2026, 1, 1)
    )
