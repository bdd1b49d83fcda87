"""Storing customers, who looked after them, what they bought and agreed, and what they answered."""

from typing import Any

from crm.lib.money import base_cents
from crm.lib.text import sort_key
from customers.merging import write_survivors
from customers.models import Contract, Customer, Merge, Ownership, Revenue, Survey
from customers.ownership import write_owners
from reports.exchange.world import ALWAYS, World

Values = dict[str, Any]


class Customers:
    """Rows of customers, ownership, revenue, contracts and surveys."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.merged: list[Values] = []

    def store_customers(self, rows: list[Values]) -> None:
        made = Customer.everything.bulk_create(
            Customer(
                reference=row["customer_id"],
                name=row["name"],
                sort_name=sort_key(row["name"]),
                segment=row["segment"],
                region=row["region"],
                is_test=row["is_test"],
                recorded_on=row["recorded_on"],
            )
            for row in rows
        )
        self.world.ids["customers"].update({each.reference: each.pk for each in made})
        self.merged += [row for row in rows if row["merged_into"]]

    def finish_customers(self) -> None:
        """A merge without a day is kept and never counts (R7)."""
        ids = self.world.ids["customers"]
        Merge.everything.bulk_create(
            Merge(
                customer_id=ids[row["customer_id"]],
                into_id=ids[row["merged_into"]],
                merged_on=row["merged_on"],
                recorded_on=row["merged_on"] or ALWAYS,
            )
            for row in self.merged
        )
        write_survivors(today=self.world.today)

    def store_ownership(self, rows: list[Values]) -> None:
        Ownership.everything.bulk_create(
            Ownership(
                reference=row["ownership_id"],
                customer_id=self.world.pk("customers", row["customer_id"]),
                rep_id=self.world.pk_or_none("reps", row["rep_id"]),
                from_on=row["from_on"],
                to_on=row["to_on"],
                recorded_on=row["recorded_on"],
                deleted_on=row["deleted_on"],
            )
            for row in rows
        )

    def finish_ownership(self) -> None:
        write_owners(today=self.world.today)

    def store_revenue(self, rows: list[Values]) -> None:
        Revenue.everything.bulk_create([self._revenue(row) for row in rows])

    def _revenue(self, row: Values) -> Revenue:
        cost = row["cost"]
        return Revenue(
            reference=row["entry_id"],
            order_ref=row["order_id"],
            customer_id=self.world.pk("customers", row["customer_id"]),
            on=row["date"],
            product=row["product"],
            rep_id=self.world.pk_or_none("reps", row["rep_id"]),
            amount=row["amount"],
            currency=row["currency"],
            fx_rate=row["fx_rate"],
            cost=cost,
            cents=base_cents(row["amount"], row["fx_rate"]),
            cost_cents=None if cost is None else base_cents(cost, row["fx_rate"]),
            recorded_on=row["recorded_on"],
            deleted_on=row["deleted_on"],
        )

    def store_contracts(self, rows: list[Values]) -> None:
        Contract.everything.bulk_create(
            Contract(
                reference=row["contract_id"],
                customer_id=self.world.pk("customers", row["customer_id"]),
                start_on=row["start_on"],
                end_on=row["end_on"],
                cancelled_on=row["cancelled_on"],
                recorded_on=row["recorded_on"],
                deleted_on=row["deleted_on"],
            )
            for row in rows
        )

    def store_surveys(self, rows: list[Values]) -> None:
        Survey.everything.bulk_create(
            Survey(
                reference=row["survey_id"],
                customer_id=self.world.pk("customers", row["customer_id"]),
                kind=row["kind"],
                score=row["score"],
                sent_on=row["sent_on"],
                answered_on=row["answered_on"],
                recorded_on=row["recorded_on"],
                deleted_on=row["deleted_on"],
            )
            for row in rows
        )
