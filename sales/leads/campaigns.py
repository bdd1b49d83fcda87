"""Keeping campaigns and what they cost. A cost is a fact: deleted and written anew, never edited."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from sales.models import Campaign, CampaignCost
from team.access import ADMIN, DIRECTOR, MANAGER
from team.audit import Change, record, record_many, values_of
from team.models import Company, User
from team.records import add_record, change_record

CAMPAIGN_FIELDS = ("name", "channel", "started_on", "ended_on", "owner", "note")
KEEPERS = (MANAGER, ADMIN, DIRECTOR)
COST_FIELDS = ("campaign", "on", "amount", "currency", "fx_rate")


def kept_by(person: User) -> "QuerySet[Campaign]":
    """The campaigns that a person may change: who leads others keeps all of them, nobody else any."""
    return Campaign.objects.all() if person.has_role(*KEEPERS) else Campaign.objects.none()


def add_campaign(campaign: Campaign, *, by: User | None) -> tuple[Campaign, bool]:
    campaign.created_by = by
    return add_record(campaign, by=by, fields=CAMPAIGN_FIELDS)


def change_campaign(
    campaign: Campaign, values: dict[str, Any], *, by: User | None, version: int
) -> Campaign:
    return change_record(campaign, values, by=by, version=version)


def end_campaigns(days: Mapping[int, date | None], *, by: User) -> None:
    """Give campaigns another last day, whoever saved them meanwhile: it is all that is written."""
    with transaction.atomic():
        rows = Campaign.objects.select_for_update(of=("self",), no_key=True)
        changes = []
        for campaign in rows.filter(pk__in=days).order_by("pk"):
            before, after = campaign.ended_on, days[campaign.pk]
            if before != after:
                changes.append(Change(campaign, {"ended_on": before}, {"ended_on": after}))
        for last_day in {change.after["ended_on"] for change in changes}:
            ids = [c.subject.pk for c in changes if c.subject and c.after["ended_on"] == last_day]
            Campaign.objects.filter(pk__in=ids).update(ended_on=last_day, version=F("version") + 1)
        record_many("update", changes, by=by)


def add_cost(
    campaign: Campaign, values: dict[str, Any], *, client_ref: uuid.UUID, by: User | None
) -> tuple[CampaignCost, bool]:
    """Store a cost; the same `client_ref` again answers the first, False."""
    reference = f"CC-{client_ref}"
    known = CampaignCost.objects.filter(reference=reference).first()
    if known is not None:
        return known, False
    cost = CampaignCost(
        campaign=campaign, reference=reference, recorded_on=Company.get().today, **values
    )
    try:
        with transaction.atomic():
            cost.save(force_insert=True)
            record("create", cost, by=by, after=values_of(cost, COST_FIELDS))
    except IntegrityError:
        return CampaignCost.objects.get(reference=reference), False
    return cost, True
