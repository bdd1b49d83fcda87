"""Who answers for which lead: the only writer of `Lead.owner` and of its periods."""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from sales.models import Lead, LeadOwnership
from sales.models.lead import lead_ownership_reference
from team.models import User
from team.owning import Book, hand, write_column

BOOK = Book(Lead, LeadOwnership, "lead", lead_ownership_reference)


def assign_leads(
    leads: "QuerySet[Lead] | Iterable[int]",
    to: User | None,
    *,
    on: date,
    by: User | None,
    reason: str = "",
) -> int:
    """From `on` (not ahead of today) the leads are `to`'s; None: nobody's. See `customers.ownership.assign`."""
    ids = leads.values_list("pk", flat=True) if isinstance(leads, QuerySet) else leads
    return hand(BOOK, ids, to, on=on, by=by, reason=reason)


def write_lead_owners(*, today: date) -> None:
    """Write the column anew for all leads from the periods that hold today; for loaded periods."""
    write_column(BOOK, today=today)
