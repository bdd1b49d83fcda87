"""How sure the churn figures are, and why, in sentences (ux.md 5.4: high, medium, low)."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.lib import formatting
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
    """By what was there when the snapshot was taken: how far the orders went, whose customers nobody was."""
    reach = snapshot.coverage
    last = date.fromisoformat(reach["revenue"]) if reach["revenue"] else None
    return Confidence(
        [_orders(last, snapshot.as_of), _owners(reach["buying"], reach["without_owner"])]
    )


def _orders(last: date | None, as_of: date) -> Reason:
    if last is None:
        return Reason(_("There are no orders yet."), good=False)
    text = _("Orders go up to %(day)s.") % {"day": formatting.day(last)}
    return Reason(text, good=as_of - last <= USUAL)


def _owners(buying: int, without: int) -> Reason:
    """Nobody's customers are in the figures, but in nobody's part of them."""
    text = ngettext(
        "%(n)s buying customer has no owner.",
        "%(n)s buying customers have no owner.",
        without,
    ) % {"n": formatting.number(without)}
    return Reason(text, good=without * 20 <= buying)
