"""Storing campaigns and their costs, leads, activities, and deals with their history."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from crm.lib.money import base_cents
from crm.lib.text import sort_key
from reports.exchange.storing import choices
from reports.exchange.world import World
from sales.deal_history import write_deals
from sales.lead_ownership import write_lead_owners
from sales.models import (
    Activity,
    Campaign,
    CampaignCost,
    Deal,
    DealChange,
    Lead,
    LeadEnding,
    LeadOwnership,
)

Values = dict[str, Any]
ONE = Decimal(1)


class Sales:
    """Rows of campaigns, campaign_costs, leads, lead_ownership, activities, opportunities, opp_history."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.now = timezone.now()
        self.sources, self.outcomes = choices.sources(), choices.outcomes()
        self.stages = choices.stages()
        # lead -> its rep and day of arrival: the ownership of leads without rows of their own
        self.first_owners: dict[str, Values] = {}
        self.taken: set[str] = set()

    def name_stages(self, shares: dict[str, Decimal]) -> None:
        self.stages.name(shares)

    def store_campaigns(self, rows: list[Values]) -> None:
        made = Campaign.objects.bulk_create(
            Campaign(
                reference=row["campaign_id"],
                name=row["name"],
                channel=row["channel"],
                started_on=row["started_on"],
                ended_on=row["ended_on"],
            )
            for row in rows
        )
        self.world.ids["campaigns"].update({each.reference: each.pk for each in made})

    def store_campaign_costs(self, rows: list[Values]) -> None:
        CampaignCost.objects.bulk_create(
            CampaignCost(
                reference=row["cost_id"],
                campaign_id=self.world.pk_or_none("campaigns", row["campaign_id"]),
                on=row["date"],
                amount=row["amount"],
                currency=row["currency"],
                fx_rate=row["fx_rate"],
                cents=base_cents(row["amount"], row["fx_rate"]),
                recorded_on=row["recorded_on"],
                deleted_on=row["deleted_on"],
            )
            for row in rows
        )

    def store_leads(self, rows: list[Values]) -> None:
        made = Lead.everything.bulk_create([self._lead(row) for row in rows])
        ids = self.world.ids["leads"]
        ids.update({each.reference: each.pk for each in made})
        self.first_owners |= {row["lead_id"]: row for row in rows if row["rep_id"]}
        endings = [ending for row in rows for ending in self._endings(row, ids[row["lead_id"]])]
        LeadEnding.everything.bulk_create(endings)

    def _lead(self, row: Values) -> Lead:
        return Lead(
            reference=row["lead_id"],
            name=row["lead_id"],
            sort_name=sort_key(row["lead_id"]),
            source_id=self.sources.pk(row["source"]) if row["source"] else None,
            campaign_id=self.world.pk_or_none("campaigns", row["campaign_id"]),
            arrived_at=row["created_at"],
            recorded_on=row["recorded_on"],
            converted_on=row["converted_on"],
            customer_id=self.world.pk_or_none("customers", row["customer_id"]),
            closed_on=row["closed_on"],
            closed_reason=row["closed_reason"],
            deleted_on=row["deleted_on"],
        )

    def _endings(self, row: Values, lead: int) -> list[LeadEnding]:
        """What ended a lead, as facts of their days."""
        endings = []
        if row["converted_on"]:
            customer = self.world.pk_or_none("customers", row["customer_id"])
            endings.append(_ending(lead, LeadEnding.Kind.CONVERTED, row["converted_on"], customer))
        if row["closed_on"]:
            endings.append(_ending(lead, LeadEnding.Kind.CLOSED, row["closed_on"], None))
            endings[-1].reason = row["closed_reason"]
        return endings

    def store_lead_ownership(self, rows: list[Values]) -> None:
        LeadOwnership.everything.bulk_create(
            self._lead_owner(row["ownership_id"], row["lead_id"], row) for row in rows
        )
        self.taken |= {row["ownership_id"] for row in rows}
        for row in rows:
            self.first_owners.pop(row["lead_id"], None)

    def _lead_owner(self, reference: str, lead: str, row: Values) -> LeadOwnership:
        return LeadOwnership(
            reference=reference,
            lead_id=self.world.pk("leads", lead),
            rep_id=self.world.pk_or_none("reps", row["rep_id"]),
            from_on=row["from_on"],
            to_on=row["to_on"],
            recorded_on=row["recorded_on"],
            deleted_on=row["deleted_on"],
        )

    def finish_lead_ownership(self) -> None:
        """Without rows of its own a lead is its rep's from its first day on (ruling 10)."""
        periods, number = [], 0
        for lead, row in sorted(self.first_owners.items()):
            number += 1
            while (reference := f"LO-{number:022d}") in self.taken:
                number += 1
            first = {"rep_id": row["rep_id"], "from_on": row["recorded_on"], "to_on": None}
            recorded = {"recorded_on": row["recorded_on"], "deleted_on": None}
            periods.append(self._lead_owner(reference, lead, first | recorded))
        LeadOwnership.everything.bulk_create(periods, batch_size=5000)
        write_lead_owners(today=self.world.today)

    def store_activities(self, rows: list[Values]) -> None:
        Activity.everything.bulk_create([self._activity(row) for row in rows])

    def _activity(self, row: Values) -> Activity:
        return Activity(
            reference=row["activity_id"],
            author_id=self.world.pk_or_none("reps", row["rep_id"]),
            kind=row["kind"],
            direction=row["direction"],
            status=row["status"],
            start_at=row["start_at"],
            minutes=row["minutes"],
            customer_id=self.world.pk_or_none("customers", row["customer_id"]),
            lead_id=self.world.pk_or_none("leads", row["lead_id"]),
            outcome_id=self.outcomes.pk(row["outcome"]) if row["outcome"] else None,
            created_at=self.now,
            recorded_on=row["recorded_on"],
            deleted_on=row["deleted_on"],
        )

    def store_opportunities(self, rows: list[Values]) -> None:
        """Every deal begins in the first stage; its history moves it on."""
        first = self.stages.pk("new")
        made = Deal.everything.bulk_create(
            Deal(
                reference=row["opportunity_id"],
                title=row["opportunity_id"],
                sort_title=sort_key(row["opportunity_id"]),
                customer_id=self.world.pk_or_none("customers", row["customer_id"]),
                owner_id=self.world.pk_or_none("reps", row["rep_id"]),
                stage_id=first,
                stage_since=row["created_on"],
                opened_on=row["created_on"],
            )
            for row in rows
        )
        self.world.ids["opportunities"].update({each.reference: each.pk for each in made})

    def store_opp_history(self, rows: list[Values]) -> None:
        DealChange.everything.bulk_create(
            DealChange(
                reference=row["history_id"],
                deal_id=self.world.pk("opportunities", row["opportunity_id"]),
                on=row["changed_on"],
                stage_id=self.stages.pk(row["stage"]),
                amount=row["amount"],
                cents=0 if row["amount"] is None else base_cents(row["amount"], ONE),
                expected_close_on=row["expected_close_on"],
                reason=row["reason"],
                competitor=row["competitor"],
                recorded_on=row["recorded_on"],
                deleted_on=row["deleted_on"],
            )
            for row in rows
        )

    def finish_opp_history(self) -> None:
        write_deals(today=self.world.today)
        for words in (self.sources, self.outcomes, self.stages):
            words.settle()


def _ending(lead: int, kind: str, on: Any, customer: int | None) -> LeadEnding:
    return LeadEnding(lead_id=lead, kind=kind, on=on, customer_id=customer, recorded_on=on)
