"""What can be somebody's and changes hands with a hand-over, by kind of line."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy, ngettext

from crm.lib import formatting
from customers.models import Customer
from sales.models import Campaign, Deal, HandoverLine, Lead, LeadRule, Task
from team.models import SavedView, Team

Kind = HandoverLine.Kind


@dataclass(frozen=True)
class RecordKind:
    """`column` names the person it belongs to (of a rule: the people it names)."""

    key: str
    model: Any
    column: str
    title: Any
    told: Callable[[int], str]

    def in_words(self, n: int) -> str:
        """47 customers."""
        return self.told(n) % {"n": formatting.number(n)}

    def rows(self, ids: Iterable[int]) -> "QuerySet[Any]":
        return self.model._default_manager.filter(pk__in=list(ids))

    @property
    def whose(self) -> str:
        return f"{self.model._meta.label}.{self.column}"


KINDS = {
    kind.key: kind
    for kind in (
        RecordKind(
            Kind.CUSTOMER,
            Customer,
            "owner",
            gettext_lazy("Customers"),
            lambda n: ngettext("%(n)s customer", "%(n)s customers", n),
        ),
        RecordKind(
            Kind.DEAL,
            Deal,
            "owner",
            gettext_lazy("Deals"),
            lambda n: ngettext("%(n)s deal", "%(n)s deals", n),
        ),
        RecordKind(
            Kind.LEAD,
            Lead,
            "owner",
            gettext_lazy("Leads"),
            lambda n: ngettext("%(n)s lead", "%(n)s leads", n),
        ),
        RecordKind(
            Kind.TASK,
            Task,
            "owner",
            gettext_lazy("Tasks"),
            lambda n: ngettext("%(n)s task", "%(n)s tasks", n),
        ),
        RecordKind(
            Kind.CAMPAIGN,
            Campaign,
            "owner",
            gettext_lazy("Campaigns"),
            lambda n: ngettext("%(n)s campaign", "%(n)s campaigns", n),
        ),
        RecordKind(
            Kind.VIEW,
            SavedView,
            "owner",
            gettext_lazy("Shared views"),
            lambda n: ngettext("%(n)s shared view", "%(n)s shared views", n),
        ),
        RecordKind(
            Kind.RULE,
            LeadRule,
            "people",
            gettext_lazy("Rules of who gets leads"),
            lambda n: ngettext("%(n)s rule", "%(n)s rules", n),
        ),
        RecordKind(
            Kind.TEAM,
            Team,
            "manager",
            gettext_lazy("Teams they lead"),
            lambda n: ngettext("%(n)s team", "%(n)s teams", n),
        ),
    )
}
# Those that go to one person whole: nobody works through them one by one.
REST = (Kind.CAMPAIGN, Kind.VIEW, Kind.RULE, Kind.TEAM)
MAIN = (Kind.CUSTOMER, Kind.DEAL, Kind.LEAD, Kind.TASK)
# Those that are locked, in this order: who saves a call holds its lead or deal before it reads whose the customer is,
# and comes to the steps last.
LOCKED = (Kind.LEAD, Kind.DEAL, Kind.CUSTOMER, Kind.TASK)
