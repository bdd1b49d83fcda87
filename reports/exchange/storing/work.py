"""Storing activities, and deals with their history."""

from decimal import Decimal
from typing import Any

from crm.lib.money import base_cents
from crm.lib.text import sort_key
from customers.search import index_records
from reports.exchange.storing import choices
from reports.exchange.storing.rows import add_rows
from reports.exchange.world import World
from sales.deals.deal_history import write_deals
from sales.deals.stage_pace import refresh_paces
from sales.models import Activity, Deal, DealChange

Values = dict[str, Any]
ONE = Decimal(1)


class Work:
    """Rows of activities, opportunities and opp_history."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.outcomes, self.stages = choices.outcomes(), choices.stages()

    def name_stages(self, shares: dict[str, Decimal]) -> None:
        self.stages.name(shares)

    def store_activities(self, rows: list[Values]) -> None:
        add_rows(Activity, map(self._activity, rows))

    def _activity(self, row: Values) -> Values:
        return {
            "reference": row["activity_id"],
            "author_id": self.world.pk_or_none("reps", row["rep_id"]),
            "kind": row["kind"],
            "direction": row["direction"],
            "status": row["status"],
            "start_at": row["start_at"],
            "minutes": row["minutes"],
            "customer_id": self.world.pk_or_none("customers", row["customer_id"]),
            "lead_id": self.world.pk_or_none("leads", row["lead_id"]),
            "outcome_id": self.outcomes.pk(row["outcome"]) if row["outcome"] else None,
            "created_at": self.world.now,
            "recorded_on": row["recorded_on"],
            "deleted_on": row["deleted_on"],
        }

    def finish_activities(self) -> None:
        self.outcomes.settle()

    def store_opportunities(self, rows: list[Values]) -> None:
        add_rows(Deal, map(self._deal, rows))

    def _deal(self, row: Values) -> Values:
        """Every deal begins in the first stage; its history moves it on."""
        return {
            "reference": row["opportunity_id"],
            "title": row["opportunity_id"],
            "sort_title": sort_key(row["opportunity_id"]),
            "customer_id": self.world.pk_or_none("customers", row["customer_id"]),
            "owner_id": self.world.pk_or_none("reps", row["rep_id"]),
            "lead_id": self.world.pk_or_none("leads", row["lead_id"]),
            "stage_id": self.stages.pk("new"),
            "stage_since": row["created_on"],
            "opened_on": row["created_on"],
        }

    def finish_opportunities(self) -> None:
        index_records("deal")

    def store_opp_history(self, rows: list[Values]) -> None:
        add_rows(DealChange, map(self._change, rows))

    def _change(self, row: Values) -> Values:
        amount = row["amount"]
        return {
            "reference": row["history_id"],
            "deal_id": self.world.pk("opportunities", row["opportunity_id"]),
            "on": row["changed_on"],
            "stage_id": self.stages.pk(row["stage"]),
            "amount": amount,
            "cents": 0 if amount is None else base_cents(amount, ONE),
            "expected_close_on": row["expected_close_on"],
            "reason": row["reason"],
            "competitor": row["competitor"],
            "recorded_on": row["recorded_on"],
            "deleted_on": row["deleted_on"],
        }

    def finish_opp_history(self) -> None:
        write_deals(today=self.world.today)
        refresh_paces()
        self.stages.settle()
