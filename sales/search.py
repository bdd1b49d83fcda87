"""The search box: customers, contacts, leads and deals that a person may see, found by what was typed."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce

from crm.lib.search_terms import is_searchable, phone_typed
from crm.lib.text import normalise_phone
from customers.models import Contact, Customer
from customers.search import Searchable, narrow_for_hits, searchable
from sales.models import Deal, Lead

LIMIT = 6

searchable(Searchable("lead", Lead, ("name", "person"), gone="deleted_on"))
searchable(Searchable("deal", Deal, ("title",), reachable=False))


# What a hit shows or is put in order by.
READ = {
    "customer": ("name", "sort_name", "phone_e164", "owner__name"),
    "contact": (
        "name",
        "sort_name",
        "role",
        "phone_e164",
        "customer__name",
        "customer__merged_into",
    ),
    "lead": ("name", "sort_name", "phone_e164", "customer", "owner__name"),
    "deal": (
        "title",
        "opened_on",
        "amount",
        "currency",
        "customer__name",
        "stage__key",
        "stage__name",
    ),
}


@dataclass(frozen=True)
class Found:
    """The first hits of each kind, in the order in which they are shown.

    `exact`: who has precisely the phone number that was typed; they stand first among their kind too.
    `more`: the kinds of which there are further hits.
    """

    exact: list[Customer | Contact | Lead] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    leads: list[Lead] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    more: frozenset[str] = frozenset()

    @property
    def any(self) -> bool:
        return bool(self.exact or self.customers or self.contacts or self.leads or self.deals)


def find(user: Any, text: str, limit: int = LIMIT) -> Found:
    """Up to `limit` hits of each kind within the person's scope, by one query and one more for each kind."""
    if not is_searchable(text):
        return Found()
    sources = narrow_for_hits(_sources(user), text, viewer=user)
    hits = {kind: list(rows[: limit + 1]) for kind, rows in sources.items()}
    more = frozenset(kind for kind, rows in hits.items() if len(rows) > limit)
    number = normalise_phone(phone_typed(text))
    for rows in hits.values():
        rows.sort(key=lambda row: (not _has_phone(row, number), _place(row)))
    first = {f"{kind}s": rows[:limit] for kind, rows in hits.items()}
    exact = [row for rows in first.values() for row in rows if _has_phone(row, number)]
    return Found(exact=exact, more=more, **first)


def _sources(user: Any) -> dict[str, QuerySet[Any]]:
    """What can be found of each kind, in the order in which it is shown."""
    customers = Customer.visible_to(user).filter(binned_on=None, merged_into=None)
    contacts = Contact.visible_to(user).filter(binned_on=None, customer__binned_on=None)
    leads = Lead.visible_to(user).filter(deleted_on=None)
    deals = Deal.visible_to(user).filter(binned_on=None)
    newest = _sorted_by("opened_on", date.min).desc()
    by_name = _sorted_by("sort_name", "")
    return {
        "customer": customers.select_related("owner")
        .only(*READ["customer"])
        .order_by(by_name, "pk"),
        "contact": contacts.select_related("customer")
        .only(*READ["contact"])
        .prefetch_related("customer__merged_into")
        .order_by(by_name, "pk"),
        "lead": leads.select_related("owner").only(*READ["lead"]).order_by(by_name, "pk"),
        "deal": deals.select_related("customer", "stage")
        .only(*READ["deal"])
        .order_by(newest, "-pk"),
    }


def _sorted_by(column: str, least: Any) -> Coalesce:
    """An order that no index serves: the few hits are sorted, the company is never walked in this order."""
    return Coalesce(F(column), Value(least))


def _place(row: Any) -> tuple[int, str]:
    """Deals by day, the newest first; all others by name."""
    return (-row.opened_on.toordinal(), "") if isinstance(row, Deal) else (0, row.sort_name)


def _has_phone(row: Any, number: str) -> bool:
    return bool(number) and not isinstance(row, Deal) and row.phone_e164 == number
