"""One world of records for each owner: every kind of record that an address can name."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from crm.lib.periods import SINCE_EVER
from customers.models import Complaint, Contact, Contract, Customer, CustomerFile, Survey, TwinPair
from customers.ownership import assign
from reports.models import Dispute, Evidence, Snapshot
from reports.rules.catalogue import as_json, defaults
from sales.models import (
    Activity,
    BulkAct,
    Campaign,
    CampaignCost,
    Deal,
    DealChange,
    DealLine,
    Handover,
    Lead,
    LeadRule,
    Outcome,
    Pipeline,
    Product,
    Stage,
    Task,
    WebForm,
    WebPost,
)
from team.models import Company, Holiday, Job, Notice, SavedView, User, Wage

# Which visibility a part of an address follows.
OWNED = {
    "customer_id",
    "contact_id",
    "lead_id",
    "deal_id",
    "change_id",
    "task_id",
    "activity_id",
    "line_id",
    "pair_id",
    "contract_id",
    "answer_id",
    "complaint_id",
    "file_id",
}
EVIDENCE = {"evidence_id"}
PEOPLE = {"user_id", "team_id", "wage_id", "handover_id"}
OWN = {"view_id", "act_id", "notice_id"}
SHARED = {"campaign_id", "cost_id", "holiday_id", "job_id", "dispute_id", "choice_id"}
SHARED |= {"pipeline_id", "product_id", "stage_id", "rule_id", "webform_id", "webpost_id"}
# Parts that name no record.
PLAIN = {
    "token": "no-such-link",
    "kind": "customer",
    "format": "csv",
    "which": "outcomes",
    "language": "uk",
    "listed": "customer-list",
    "batch": "11111111-2222-4333-8444-555555555555",
}

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
        "line_id": DealLine.everything.create(deal=deal, name=f"Line {mark}", price=7),
        "pair_id": _pair(mark, customer, owner),
        "contract_id": Contract.everything.create(
            customer=customer, title=f"Contract {mark}", start_on=today, recorded_on=today
        ),
        "file_id": CustomerFile.everything.create(customer=customer, name=f"{mark}.pdf", size=3),
        "answer_id": Survey.everything.create(
            customer=customer,
            kind="csat",
            score=3,
            answered_on=today,
            comment=mark,
            recorded_on=today,
        ),
        "complaint_id": Complaint.everything.create(
            customer=customer, about=f"Late {mark}", made_on=today, recorded_on=today
        ),
        "evidence_id": _evidence(customer, owner),
    }
    if owner is not None:
        rows["view_id"] = SavedView.objects.create(
            listed="customer-list", name=f"View {mark}", query=f"q={mark}", owner=owner
        )
        rows["act_id"] = BulkAct.everything.create(
            client_ref=uuid.uuid4(), deed="plan", kind="customer", text=f"Act {mark}", by=owner
        )
        now = timezone.now()
        rows["handover_id"] = Handover.everything.create(
            kind="partial", leaver=owner, by=owner, saved_at=now, asks_at=now, reason="other"
        )
        rows["notice_id"] = Notice.objects.create(
            user=owner, kind="lead.given", key=mark, told={"n": 1, "name": mark, "by": ""}
        )
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
    shared |= {
        "product_id": Product.objects.create(name="Bags", price=5),
        "pipeline_id": Pipeline.objects.get(),
        "stage_id": Stage.objects.get(key="offer"),
    }
    shared |= {"rule_id": LeadRule.objects.create(name="Everybody in turn")}
    web_form = WebForm.objects.create(name="Site", title="Ask us")
    sent = WebPost.everything.create(form=web_form, said={"name": "Anna"}, state="suspected")
    shared |= {"webform_id": web_form, "webpost_id": sent}
    return {part: row.pk for part, row in shared.items()}


def _customer(mark: str, owner: User | None) -> Customer:
    customer: Customer = Customer.everything.create(
        name=f"Customer {mark}", note=f"Note {mark}", segment=mark, region=mark
    )
    if owner is not None:
        assign([customer.pk], owner, on=Company.get().today, by=owner)
    return customer


def _pair(mark: str, customer: Customer, owner: User | None) -> TwinPair:
    twin = _customer(f"Twin {mark}", owner)
    first, second = sorted([customer, twin], key=lambda row: row.pk)
    pair: TwinPair = TwinPair.everything.create(
        first=first, second=second, signs="name", found_on=Company.get().today
    )
    return pair


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
