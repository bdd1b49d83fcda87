"""Who looks after which customer: the only writer of `Customer.owner` and of ownership periods."""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from customers.models import Customer, Ownership
from customers.models.customer import ownership_reference
from team.models import User
from team.owning import Book, hand, write_column

BOOK = Book(Customer, Ownership, "customer", ownership_reference)


def assign(
    customers: "QuerySet[Customer] | Iterable[int]",
    to: User | None,
    *,
    on: date,
    by: User | None,
    reason: str = "",
) -> int:
    """From `on` (not ahead of today) the customers are `to`'s; None: they go to the pool.

    Answers how many changed hands; who has them already is left alone. A back-dated change removes the
    periods after `on`; reports of earlier days keep what they saw.
    """
    ids = customers.values_list("pk", flat=True) if isinstance(customers, QuerySet) else customers
    return hand(BOOK, ids, to, on=on, by=by, reason=reason)


def write_owners(*, today: date) -> None:
    """Write the column anew for all customers from the periods that hold today; for loaded periods."""
    write_column(BOOK, today=today)
