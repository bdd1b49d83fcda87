"""How sure the churn figures are, and why, in sentences (ux.md 5.4: high, medium, low)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.lib import formatting
from customers.models import Customer, Revenue
from reports.models import Snapshot

# A source is stale after this; orders come by import, so a week without any is usual in small firms.
USUAL = timedelta(days=7)


@dataclass(frozen=True)
class Reason:
    text: str
    good: bool


@dataclass(frozen=True)
class Confidence:
    """High: counted by rule from fresh and whole records; one doubt: medium; two or more: low."""

    reasons: list[Reason]

    @property
    def level(self) -> str:
        doubts = sum(not reason.good for reason in self.reasons)
        return "high" if doubts == 0 else "medium" if doubts == 1 else "low"


def confidence_in(snapshot: Snapshot) -> Confidence:
    """Two queries: how far the orders go, and how many buying customers nobody looks after."""
    orders: dict[str, Any] = Revenue.everything.filter(
        on__lte=snapshot.as_of, recorded_on__lte=snapshot.as_of, deleted_on__isnull=True
    ).aggregate(last=Max("on"))
    owned = Customer.everything.filter(purchases__gt=0, merged_into__isnull=True).aggregate(
        all=Count("pk"), without=Count("pk", filter=Q(owner__isnull=True))
    )
    return Confidence([_orders(orders["last"], snapshot), _owners(owned)])


def _orders(last: Any, snapshot: Snapshot) -> Reason:
    if last is None:
        return Reason(_("There are no orders yet."), good=False)
    text = _("Orders go up to %(day)s.") % {"day": formatting.day(last)}
    return Reason(text, good=snapshot.as_of - last <= USUAL)


def _owners(owned: dict[str, int]) -> Reason:
    """Nobody's customers are in the figures, but in nobody's part of them."""
    text = ngettext(
        "%(n)s buying customer has no owner.",
        "%(n)s buying customers have no owner.",
        owned["without"],
    ) % {"n": formatting.number(owned["without"])}
    return Reason(text, good=owned["without"] * 20 <= owned["all"])
