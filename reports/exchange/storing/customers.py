"""Storing customers, who looked after them, what they bought and agreed, and what they answered."""

from typing import Any

from crm.lib.periods import SINCE_EVER
from crm.lib.text import sort_key
from customers.merging import write_survivors
from customers.models import Contract, Customer, Merge, Ownership, Revenue, Survey
from customers.ownership import write_owners
from customers.search import index_records
from reports.exchange.storing.rows import add_rows
from reports.exchange.world import World

Values = dict[str, Any]


class Customers:
    """Rows of customers, ownership, revenue, contracts and surveys."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.merged: list[Values] = []

    def store_customers(self, rows: list[Values]) -> None:
        add_rows(Customer, map(_customer, rows))
        self.merged += [row for row in rows if row["merged_into"]]

    def finish_customers(self) -> None:
        """A merge without a day is kept and never counts (R7)."""
        ids = self.world.ids["customers"]
        Merge.everything.bulk_create(
            Merge(
                customer_id=ids[row["customer_id"]],
                into_id=ids[row["merged_into"]],
                merged_on=row["merged_on"],
                recorded_on=row["merged_on"] or SINCE_EVER,
            )
            for row in self.merged
        )
        write_survivors(today=self.world.today)
        index_records("customer")

    def store_ownership(self, rows: list[Values]) -> None:
        add_rows(Ownership, map(self._ownership, rows))

    def _ownership(self, row: Values) -> Values:
        return {
            "reference": row["ownership_id"],
            "customer_id": self.world.pk("customers", row["customer_id"]),
            "rep_id": self.world.pk_or_none("reps", row["rep_id"]),
            "from_on": row["from_on"],
            "to_on": row["to_on"],
            "recorded_on": row["recorded_on"],
            "deleted_on": row["deleted_on"],
        }

    def finish_ownership(self) -> None:
        write_owners(today=self.world.today)

    def store_revenue(self, rows: list[Values]) -> None:
        add_rows(Revenue, map(self._revenue, rows))

    def _revenue(self, row: Values) -> Values:
        return {
            "reference": row["entry_id"],
            "order_ref": row["order_id"],
            "customer_id": self.world.pk("customers", row["customer_id"]),
            "on": row["date"],
            "product": row["product"],
            "rep_id": self.world.pk_or_none("reps", row["rep_id"]),
            "amount": row["amount"],
            "currency": row["currency"],
            "fx_rate": row["fx_rate"],
            "cost": row["cost"],
            "cents": row["amount_cents"],
            "cost_cents": row["cost_cents"],
            "recorded_on": row["recorded_on"],
            "deleted_on": row["deleted_on"],
        }

    def store_contracts(self, rows: list[Values]) -> None:
        add_rows(Contract, map(self._contract, rows))

    def _contract(self, row: Values) -> Values:
        return {
            "reference": row["contract_id"],
            "customer_id": self.world.pk("customers", row["customer_id"]),
            "start_on": row["start_on"],
            "end_on": row["end_on"],
            "cancelled_on": row["cancelled_on"],
            "recorded_on": row["recorded_on"],
            "deleted_on": row["deleted_on"],
        }

    def store_surveys(self, rows: list[Values]) -> None:
        add_rows(Survey, map(self._survey, rows))

    def _survey(self, row: Values) -> Values:
        return {
            "reference": row["survey_id"],
            "customer_id": self.world.pk("customers", row["customer_id"]),
            "kind": row["kind"],
            "score": row["score"],
            "sent_on": row["sent_on"],
            "answered_on": row["answered_on"],
            "recorded_on": row["recorded_on"],
            "deleted_on": row["deleted_on"],
        }


def _customer(row: Values) -> Values:
    return {
        "reference": row["customer_id"],
        "name": row["name"],
        "sort_name": sort_key(row["name"]),
        "segment": row["segment"],
        "region": row["region"],
        "is_test": row["is_test"],
        "recorded_on": row["recorded_on"],
    }
