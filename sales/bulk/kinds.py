"""The kinds of records that can be acted on in bulk, and which of them somebody may."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import ngettext

from crm.lib import formatting
from customers.models import Contact, ContactTag, Customer, CustomerTag
from sales.models import Deal, DealTag, Lead, LeadTag
from team.models import User


@dataclass(frozen=True)
class Kind:
    """`tagging` is the model that puts a tag on one; `cents` the column that says what hangs on one, if any does."""

    name: str
    model: Any
    tagging: Any
    told: Callable[[int], str]
    cents: str = ""
    related: tuple[str, ...] = ("owner",)

    def rows(self, ids: Iterable[int], by: User) -> "QuerySet[Any]":
        """Those of them that this person sees in a list; nothing else is ever touched."""
        seen = self.model.visible_to(by).listed().filter(pk__in=list(ids))
        return seen.select_related(*self.related).order_by("pk")

    def in_words(self, n: int) -> str:
        """31 customers."""
        return self.told(n) % {"n": formatting.number(n)}


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "customer",
            Customer,
            CustomerTag,
            lambda n: ngettext("%(n)s customer", "%(n)s customers", n),
            "annual_cents",
        ),
        Kind(
            "contact",
            Contact,
            ContactTag,
            lambda n: ngettext("%(n)s contact", "%(n)s contacts", n),
            related=("customer",),
        ),
        Kind("lead", Lead, LeadTag, lambda n: ngettext("%(n)s lead", "%(n)s leads", n)),
        Kind(
            "deal",
            Deal,
            DealTag,
            lambda n: ngettext("%(n)s deal", "%(n)s deals", n),
            "cents",
            related=("owner", "stage"),
        ),
    )
}
