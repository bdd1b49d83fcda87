"""Storing campaigns and their costs, leads, who answered for them, and how they ended."""

from collections.abc import Iterator
from typing import Any

from crm.lib.text import sort_key
from customers.search import index_records
from reports.exchange.storing import choices
from reports.exchange.storing.rows import add_rows
from reports.exchange.world import World
from sales.leads.lead_ownership import write_lead_owners
from sales.models import Campaign, CampaignCost, Lead, LeadEnding, LeadOwnership

Values = dict[str, Any]


class Leads:
    """Rows of campaigns, campaign_costs, leads and lead_ownership."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sources = choices.sources()
        # lead -> its row: whose ownership no row tells, so that its rep holds it from the first day
        self.first_owners: dict[str, Values] = {}
        self.taken: set[str] = set()

    def store_campaigns(self, rows: list[Values]) -> None:
        names = ("name", "channel", "started_on", "ended_on")
        add_rows(
            Campaign,
            ({"reference": r["campaign_id"], **{name: r[name] for name in names}} for r in rows),
        )

    def store_campaign_costs(self, rows: list[Values]) -> None:
        add_rows(CampaignCost, map(self._cost, rows))

    def _cost(self, row: Values) -> Values:
        return {
            "reference": row["cost_id"],
            "campaign_id": self.world.pk_or_none("campaigns", row["campaign_id"]),
            "on": row["date"],
            "amount": row["amount"],
            "currency": row["currency"],
            "fx_rate": row["fx_rate"],
            "cents": row["amount_cents"],
            "recorded_on": row["recorded_on"],
            "deleted_on": row["deleted_on"],
        }

    def store_leads(self, rows: list[Values]) -> None:
        add_rows(Lead, map(self._lead, rows))
        self.first_owners |= {row["lead_id"]: row for row in rows if row["rep_id"]}

    def _lead(self, row: Values) -> Values:
        return {
            "reference": row["lead_id"],
            "name": row["lead_id"],
            "sort_name": sort_key(row["lead_id"]),
            "source_id": self.sources.pk(row["source"]) if row["source"] else None,
            "campaign_id": self.world.pk_or_none("campaigns", row["campaign_id"]),
            "arrived_at": row["created_at"],
            "recorded_on": row["recorded_on"],
            "converted_on": row["converted_on"],
            "customer_id": self.world.pk_or_none("customers", row["customer_id"]),
            "closed_on": row["closed_on"],
            "closed_reason": row["closed_reason"],
            "deleted_on": row["deleted_on"],
        }

    def finish_leads(self) -> None:
        add_rows(LeadEnding, _endings())
        self.sources.settle()
        index_records("lead")

    def store_lead_ownership(self, rows: list[Values]) -> None:
        add_rows(LeadOwnership, (self._period(row["ownership_id"], row) for row in rows))
        self.taken |= {row["ownership_id"] for row in rows}
        for row in rows:
            self.first_owners.pop(row["lead_id"], None)

    def _period(self, reference: str, row: Values) -> Values:
        return {
            "reference": reference,
            "lead_id": self.world.pk("leads", row["lead_id"]),
            "rep_id": self.world.pk_or_none("reps", row["rep_id"]),
            "from_on": row["from_on"],
            "to_on": row["to_on"],
            "recorded_on": row["recorded_on"],
            "deleted_on": row["deleted_on"],
        }

    def finish_lead_ownership(self) -> None:
        """Without rows of its own a lead is its rep's from its first day on (ruling 10)."""
        add_rows(LeadOwnership, self._made_up())
        write_lead_owners(today=self.world.today)

    def _made_up(self) -> Iterator[Values]:
        number = 0
        for lead, row in sorted(self.first_owners.items()):
            number += 1
            while (reference := f"LO-{number:022d}") in self.taken:
                number += 1
            arrived = row["created_at"].astimezone(self.world.zone).date()
            period = {"from_on": arrived, "to_on": None, "recorded_on": arrived, "deleted_on": None}
            yield self._period(reference, {"lead_id": lead, "rep_id": row["rep_id"], **period})


def _endings() -> Iterator[Values]:
    """What ended the stored leads, as facts of their days."""
    columns = ("pk", "converted_on", "customer", "closed_on", "closed_reason")
    for lead, converted_on, customer, closed_on, reason in Lead.everything.values_list(*columns):
        if converted_on:
            yield _ending(lead, LeadEnding.Kind.CONVERTED, converted_on, "", customer)
        if closed_on:
            yield _ending(lead, LeadEnding.Kind.CLOSED, closed_on, reason, None)


def _ending(lead: int, kind: str, on: Any, reason: str, customer: int | None) -> Values:
    ended = {"lead_id": lead, "kind": str(kind), "on": on, "reason": reason}
    return {**ended, "customer_id": customer, "recorded_on": on, "deleted_on": None}
