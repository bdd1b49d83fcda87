"""Who looks after which customer: the only writer of `Customer.owner` and of ownership periods."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.lib.formatting import number
from customers.models import Customer, Ownership
from customers.models.customer import ownership_reference
from team.models import User
from team.notices import DAILY, notice_kind
from team.owning import CHUNK, Book, hand, write_column


def _told(told: Mapping[str, Any]) -> str:
    if told["name"]:
        return (
            _("%(by)s gave you %(name)s.") if told["by"] else _("%(name)s is yours now.")
        ) % told
    given = ngettext(
        "%(n)s customer is yours now.", "%(n)s customers are yours now.", told["n"]
    ) % {"n": number(told["n"])}
    return f"{told['by']}: {given}" if told["by"] else given


GIVEN = notice_kind(
    "customer.given",
    gettext_lazy("Customers that become yours"),
    _told,
    icon="building-store",
    mail=DAILY,
)
BOOK = Book(Customer, Ownership, "customer", ownership_reference, GIVEN)


def assign(
    customers: "QuerySet[Customer] | Iterable[int]",
    to: User | None,
    *,
    on: date,
    by: User | None,
    reason: str = "",
    tells: bool = True,
) -> int:
    """From `on` (not ahead of today) the customers are `to`'s; None: they go to the pool.

    Answers how many changed hands; who has them already is left alone. A back-dated change removes the
    periods after `on`; reports of earlier days keep what they saw.
    """
    ids = customers.values_list("pk", flat=True) if isinstance(customers, QuerySet) else customers
    given = list(ids)
    with transaction.atomic():
        changed = hand(BOOK, given, to, on=on, by=by, reason=reason, tells=tells)
        for start in range(0, len(given), CHUNK):
            _follow_survivors(Customer.everything.filter(pk__in=given[start : start + CHUNK]))
    return changed


def write_owners(*, today: date) -> None:
    """Write the column anew for all customers from the periods that hold today; for loaded periods."""
    write_column(BOOK, today=today)
    _follow_survivors(Customer.everything.all())


def _follow_survivors(customers: "QuerySet[Customer]") -> None:
    """A merged customer has the owner of its survivor: write that of these and of who was merged into them.

    Its own period stays as it is: reports ask the periods, and it has that owner again once it stands alone.
    """
    there = customers.values("pk")
    merged = Customer.everything.filter(
        Q(pk__in=there) | Q(merged_into__in=there), merged_into__isnull=False
    )
    survivors = Customer.everything.filter(pk=OuterRef("merged_into"))
    merged.update(owner=Subquery(survivors.values("owner")[:1]))
