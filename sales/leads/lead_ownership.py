"""Who answers for which lead: the only writer of `Lead.owner` and of its periods."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.lib.formatting import number
from sales.models import Lead, LeadEscalation, LeadOwnership
from sales.models.lead import lead_ownership_reference
from team.models import User
from team.notices import AT_ONCE, notice_kind
from team.owning import Book, hand, write_column


def _told(told: Mapping[str, Any]) -> str:
    if told["name"]:
        return (
            _("%(by)s gave you the lead %(name)s.")
            if told["by"]
            else _("A lead for you: %(name)s.")
        ) % told
    given = ngettext("%(n)s lead is yours now.", "%(n)s leads are yours now.", told["n"]) % {
        "n": number(told["n"])
    }
    return f"{told['by']}: {given}" if told["by"] else given


GIVEN = notice_kind(
    "lead.given", gettext_lazy("Leads that become yours"), _told, icon="user-question", mail=AT_ONCE
)
BOOK = Book(Lead, LeadOwnership, "lead", lead_ownership_reference, GIVEN)


def assign_leads(
    leads: "QuerySet[Lead] | Iterable[int]",
    to: User | None,
    *,
    on: date,
    by: User | None,
    reason: str = "",
    tells: bool = True,
) -> int:
    """From `on` (not ahead of today) the leads are `to`'s; None: nobody's. See `customers.ownership.assign`."""
    ids = list(leads.values_list("pk", flat=True) if isinstance(leads, QuerySet) else leads)
    with transaction.atomic():
        if to is not None:
            _let_them_answer(ids, to)
        return hand(BOOK, ids, to, on=on, by=by, reason=reason, tells=tells)


def _let_them_answer(ids: list[int], to: User) -> None:
    """What nobody answered in time is not passed on from under who has just got it."""
    due = LeadEscalation.everything.filter(lead__in=ids, pass_on_at__isnull=False)
    due.exclude(lead__owner=to).update(pass_on_at=None)


def write_lead_owners(*, today: date) -> None:
    """Write the column anew for all leads from the periods that hold today; for loaded periods."""
    write_column(BOOK, today=today)
