"""Keeping campaigns and what they cost. A cost is a fact: deleted and written anew, never edited."""

import uuid
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from sales.models import Campaign, CampaignCost
from team.audit import record, values_of
from team.models import Company, User
from team.records import add_record, change_record

CAMPAIGN_FIELDS = ("name", "channel", "started_on", "ended_on", "owner", "note")
COST_FIELDS = ("campaign", "on", "amount", "currency", "fx_rate")


class NotOfToday(Exception):
    """A deletion of an earlier day stands: reports have read it."""


def add_campaign(campaign: Campaign, *, by: User | None) -> tuple[Campaign, bool]:
    campaign.created_by = by
    return add_record(campaign, by=by, fields=CAMPAIGN_FIELDS)


def change_campaign(
    campaign: Campaign, values: dict[str, Any], *, by: User | None, version: int
) -> Campaign:
    return change_record(campaign, values, by=by, version=version)


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


def delete_cost(cost: CampaignCost, *, by: User | None) -> bool:
    """False: it was deleted already."""
    return _mark(cost, "delete", None, Company.get().today, by)


def restore_cost(cost: CampaignCost, *, by: User | None) -> bool:
    """Take a deletion of today back; raises `NotOfToday` for an older one. False: it stands anyway."""
    today = Company.get().today
    stored = CampaignCost.objects.get(pk=cost.pk)
    if stored.deleted_on is None:
        return False
    if stored.deleted_on != today:
        raise NotOfToday
    return _mark(cost, "restore", today, None, by)


def _mark(
    cost: CampaignCost, action: str, before: date | None, after: date | None, by: User | None
) -> bool:
    with transaction.atomic():
        stands = CampaignCost.objects.filter(pk=cost.pk, deleted_on=before)
        if not stands.update(deleted_on=after):
            return False
        record(action, cost, by=by, before={"deleted_on": before}, after={"deleted_on": after})
    return True
