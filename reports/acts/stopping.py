"""Stopping campaigns: what each costs and what is planned, its last day, and that day given back."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from reports.acts.choosing import AllOver, NotAllowed, Ticked, found_in, listed_in, may_do
from reports.acts.deeds import DEEDS, Deed
from reports.acts.remembering import keep_items, known_act, reference_of, remember
from reports.models import Act, Evidence
from reports.reading.scope import facet_text
from sales.bulk.people import lock
from sales.leads.campaigns import end_campaigns, kept_by
from sales.models import Campaign, CampaignCost
from team.models import Company, User

# The days whose costs are told as what a campaign costs at present.
LATELY = 30
# What the money of a campaign's row is: lost on leads that nobody worked, and spent without any.
LOST = ("loss", "without_leads")


@dataclass(frozen=True)
class Running:
    """A campaign with what it cost in the last days, and what is booked for days ahead."""

    campaign: Campaign
    lately_cents: int
    ahead_cents: int


def campaigns_of(rows: "QuerySet[Evidence]") -> dict[int, int]:
    """The campaigns that rows are of, each with what of these rows is lost; two queries."""
    told = (
        rows.order_by()
        .annotate(campaign=facet_text("campaign"))
        .values_list("campaign")
        .annotate(lost=Sum("cents", filter=Q(measure__in=LOST)))
    )
    lost = {reference: int(cents or 0) for reference, cents in told if reference}
    ids = campaign_ids(lost)
    return {ids[reference]: cents for reference, cents in lost.items() if reference in ids}


def campaign_ids(references: Any) -> dict[str, int]:
    """By reference; what no campaign has any more is left out."""
    found = Campaign.objects.filter(reference__in=list(references))
    return dict(found.values_list("reference", "pk"))


def running(ticked: Ticked, *, by: User) -> list[Running]:
    """The chosen campaigns that can be stopped; the dearest of late first."""
    today = Company.get().today
    found = found_in(ticked, by, listed_in(ticked))
    lately, ahead = Q(on__gt=today - timedelta(days=LATELY), on__lte=today), Q(on__gt=today)
    costs = CampaignCost.objects.filter(campaign__in=found, deleted_on__isnull=True)
    sums = {
        pk: (int(spent or 0), int(planned or 0))
        for pk, spent, planned in costs.order_by()
        .values_list("campaign")
        .annotate(lately=Sum("cents", filter=lately), ahead=Sum("cents", filter=ahead))
    }
    told = [Running(each, *sums.get(each.pk, (0, 0))) for each in found]
    return sorted(told, key=lambda one: (-one.lately_cents, -one.ahead_cents, one.campaign.name))


def stop(
    ticked: Ticked, on: date, *, by: User, client_ref: uuid.UUID, deed: Deed = DEEDS["stop"]
) -> Act:
    """The last day of each chosen campaign that goes on after it; an earlier one that is planned stays.

    The same `client_ref` again answers the act it made. Raises `NotThere`, `NotAllowed`, `TooMany`, `AllOver`,
    `Changed`.
    """
    if ticked.subject_type != "campaign" or not may_do(deed, ticked, by):
        raise NotAllowed
    with transaction.atomic():
        client_ref = reference_of(client_ref, by, deed.key, ticked, on)
        known = known_act(client_ref, by)
        if known is not None:
            return known
        listed = listed_in(ticked)
        # the last day that was planned is read once nobody else can change it any more: undoing gives it back
        lock(Campaign, listed)
        found = found_in(ticked, by, listed)
        before = {c.pk: c.ended_on for c in found if c.ended_on is None or c.ended_on > on}
        if not before:
            raise AllOver
        act = remember(ticked, deed, by, client_ref, due_on=on)
        end_campaigns(dict.fromkeys(before, on), by=by)
        keep_items(act, ticked, dict.fromkeys(before), ended=before)
    return act


def unstop(act: Act, by: User) -> int:
    """Give back the last day that each had; one that somebody has changed since stays."""
    before: Mapping[int, date | None] = dict(
        act.items.filter(treated=True).values_list("subject_id", "ended_before")
    )
    lock(Campaign, before)
    still = kept_by(by).filter(pk__in=before, ended_on=act.due_on).values_list("pk", flat=True)
    back = {pk: before[pk] for pk in still}
    end_campaigns(back, by=by)
    return len(back)
