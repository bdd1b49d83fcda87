"""The search box: customers, contacts, leads and deals that a person may see, found by what was typed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce

from crm.lib.search_terms import is_searchable
from crm.lib.text import normalise_phone
from customers.models import Contact, Customer
from customers.search import Searchable, narrow_for_hits, searchable
from sales.models import Deal, Lead

LIMIT = 6

searchable(Searchable("lead", Lead, ("name", "person")))
searchable(Searchable("deal", Deal, ("title",), reachable=False))


@dataclass(frozen=True)
class Hits:
    """What was found of one kind; `more`: there are further ones than these rows."""

    kind: str
    rows: list[Any]
    more: bool = False


def find(user: Any, text: str, limit: int = LIMIT) -> list[Hits]:
    """Up to `limit` hits of each kind within the person's scope, one query a kind; empty kinds are left out.

    Who has exactly the phone number that was typed stands first, as a group of kind "phone".
    """
    if not is_searchable(text):
        return []
    narrowed = narrow_for_hits(_sources(user), text, viewer=user)
    groups = [_cut(kind, rows, limit) for kind, rows in narrowed.items()]
    number = normalise_phone(text)
    if number:
        exact = [row for hits in groups for row in hits.rows if _has_phone(row, number)]
        groups = [Hits("phone", exact), *(_without(hits, number) for hits in groups)]
    return [hits for hits in groups if hits.rows]


def _sources(user: Any) -> dict[str, QuerySet[Any]]:
    """What can be found of each kind, in the order in which it is shown."""
    rows: dict[str, QuerySet[Any]] = {
        "customer": Customer.visible_to(user)
        .filter(binned_on=None, merged_into=None)
        .select_related("owner"),
        "contact": Contact.visible_to(user)
        .filter(binned_on=None, customer__binned_on=None)
        .select_related("customer"),
        "lead": Lead.visible_to(user).filter(deleted_on=None).select_related("owner"),
        "deal": Deal.visible_to(user).filter(binned_on=None).select_related("customer", "stage"),
    }
    order: dict[str, Any] = {
        "customer": _sorted_by("sort_name", ""),
        "contact": _sorted_by("sort_name", ""),
        "lead": _sorted_by("sort_name", ""),
        "deal": _sorted_by("opened_on", date.min).desc(),
    }
    return {kind: queryset.order_by(order[kind], "pk") for kind, queryset in rows.items()}


def _sorted_by(column: str, least: Any) -> Any:
    """An order that no index serves: the few hits are sorted, the company is never walked in this order."""
    return Coalesce(F(column), Value(least))


def _cut(kind: str, rows: "QuerySet[Any]", limit: int) -> Hits:
    found = list(rows[: limit + 1])
    return Hits(kind, found[:limit], more=len(found) > limit)


def _has_phone(row: Any, number: str) -> bool:
    return not isinstance(row, Deal) and row.phone_e164 == number


def _without(hits: Hits, number: str) -> Hits:
    return Hits(hits.kind, [row for row in hits.rows if not _has_phone(row, number)], hits.more)
