"""Money at stake that nobody has planned anything for: customers at risk and open deals without a next step."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from crm.lib.union import counts_of
from customers.models import Customer
from customers.querysets import CustomerQuerySet
from sales.models import Deal, Task
from sales.querysets import DealQuerySet
from team.models import User


@dataclass(frozen=True)
class Missing:
    """How many of one's own have no next step."""

    customers: int
    deals: int


def missing_of(user: User, today: date) -> Missing:
    """One query, on the same rows that the lists show."""
    customers = customers_without_step(Customer.everything.filter(owner=user), today)
    deals = deals_without_step(Deal.everything.filter(owner=user))
    found = counts_of({"customers": customers, "deals": deals})
    return Missing(found.get("customers", 0), found.get("deals", 0))


def customers_without_step(rows: "CustomerQuerySet", today: date) -> "CustomerQuerySet":
    """Of these customers, those at risk for whom nobody has planned anything, nor for whom was merged into them."""
    idle = rows.listed().at_risk(today)
    return idle.filter(
        ~Exists(_open_steps("customer")), ~Exists(_open_steps("customer__merged_into"))
    )


def deals_without_step(rows: "DealQuerySet") -> "DealQuerySet":
    return rows.listed().open().filter(~Exists(_open_steps("deal")))


def _open_steps(about: str) -> "QuerySet[Task]":
    return Task.everything.filter(state=Task.State.OPEN, **{about: OuterRef("pk")})
