"""Worlds for the tests of hand-overs, stored in bulk; and whole tables to compare."""

from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.utils import timezone

from customers.models import Customer, Ownership
from sales.models import Activity, Deal, DealChange, Lead, LeadOwnership, Stage, Task
from team.models import Company, User

SINCE = date(2026, 1, 12)
# How the log calls a change of owner: of a deal it is an edit.
MOVED = ("assign", "update")
REGIONS = ("East", "South", "West", "Centre")


def book_of(
    owner: User, customers: int, deals: int = 0, tasks: int = 0, leads: int = 0, calls: int = 0
) -> list[Customer]:
    """Customers of somebody since January, the n-th of a year worth n hryvnias, with open work at them in turn."""
    made = Customer.everything.bulk_create(
        Customer(
            name=f"Customer {n}",
            owner=owner,
            region=REGIONS[n % 4],
            annual_cents=n * 100,
            recorded_on=SINCE,
            sort_name=f"customer {n:05}",
        )
        for n in range(1, customers + 1)
    )
    Ownership.everything.bulk_create(
        Ownership(customer=row, rep=owner, from_on=SINCE, recorded_on=SINCE) for row in made
    )
    stage = Stage.objects.get(key="new")
    opened = Deal.everything.bulk_create(
        Deal(
            title=f"Deal {n}",
            customer=made[n % customers],
            owner=owner,
            stage=stage,
            stage_since=SINCE,
            opened_on=SINCE,
            amount=n + 1,
            cents=(n + 1) * 100,
        )
        for n in range(deals)
    )
    DealChange.everything.bulk_create(
        DealChange(deal=deal, on=SINCE, stage=stage, amount=deal.amount, recorded_on=SINCE)
        for deal in opened
    )
    today = Company.get().today
    Task.everything.bulk_create(
        Task(
            title=f"Task {n}",
            owner=owner,
            customer=made[n % customers],
            deal=opened[n % deals] if deals and n % 3 == 0 else None,
            due_on=today + timedelta(days=n % 9 - 2),
        )
        for n in range(tasks)
    )
    asked = Lead.everything.bulk_create(
        Lead(name=f"Lead {n}", owner=owner, region=REGIONS[n % 4], recorded_on=SINCE)
        for n in range(leads)
    )
    LeadOwnership.everything.bulk_create(
        LeadOwnership(lead=lead, rep=owner, from_on=SINCE, recorded_on=SINCE) for lead in asked
    )
    talk(owner, made, calls)
    return made


def talk(author: User, customers: list[Customer], times: int, days_ago: int = 30) -> None:
    """So many calls of somebody with each of these customers."""
    at = timezone.now() - timedelta(days=days_ago)
    Activity.everything.bulk_create(
        (
            Activity(
                author=author,
                customer=row,
                start_at=at,
                created_at=at,
                recorded_on=SINCE,
                minutes=5,
                direction="out",
            )
            for row in customers
            for _n in range(times)
        ),
        batch_size=2000,
    )


# What a hand-over and its undoing leave behind by design: the document, the log, what people were told, counters.
LEFT_BEHIND = {
    "handover",
    "handoverline",
    "handoverheir",
    "auditentry",
    "auditdetail",
    "notice",
    "job",
    "session",
    "migration",
    "contenttype",
}


def tables() -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables as they are, without the columns that count edits."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        name = str(model._meta.model_name)
        if name in LEFT_BEHIND:
            continue
        # of rows that only join two others the number says nothing
        besides = {"version", "id"} if model._meta.auto_created else {"version"}
        rows = model._default_manager.order_by("pk").values()
        told = [{k: v for k, v in row.items() if k not in besides} for row in rows]
        found[model._meta.label] = sorted(told, key=repr) if model._meta.auto_created else told
    return found
