"""What campaigns cost and the leads they brought, counted in two grouped queries whatever their number."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum

from sales.models import CampaignCost, Lead


@dataclass(frozen=True)
class Tally:
    """Cents in the company's currency; leads are those the reader may see."""

    cents: int = 0
    leads: int = 0
    answered: int = 0
    won: int = 0

    @property
    def cents_per_lead(self) -> int | None:
        """None without leads: nothing to divide by."""
        return round(self.cents / self.leads) if self.leads else None


def tallies_of(campaigns: Iterable[int], viewer: Any) -> dict[int, Tally]:
    """A tally for each campaign id."""
    ids = list(campaigns)
    spent = dict(
        CampaignCost.objects.filter(campaign__in=ids, deleted_on__isnull=True)
        .order_by()
        .values("campaign")
        .annotate(cents=Sum("cents"))
        .values_list("campaign", "cents")
    )
    counted = (
        Lead.visible_to(viewer)
        .listed()
        .filter(campaign__in=ids)
        .order_by()
        .values("campaign")
        .annotate(
            leads=Count("pk"),
            answered=Count("pk", filter=Q(first_touch_at__isnull=False)),
            won=Count("pk", filter=Q(converted_on__isnull=False)),
        )
    )
    tallies = {pk: Tally(cents=spent.get(pk, 0)) for pk in ids}
    for pk, leads, answered, won in counted.values_list("campaign", "leads", "answered", "won"):
        tallies[pk] = Tally(spent.get(pk, 0), leads, answered, won)
    return tallies
