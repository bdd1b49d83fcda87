"""The lines of losses 2 to 5 as the ledger compares them: few, one a source, campaign, or rep and month.

Money in cents; a share of a line is exact and rounded once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Count
from django.db.models import Sum as SumOf

from crm.lib.money import half_up
from reports.models import Snapshot


@dataclass(frozen=True)
class LeadLine:
    """A source of loss 2 with the leads that leaked, and its loss with its range."""

    key: str
    n: int
    cents: int
    low_cents: int
    high_cents: int

    def times(self, rate: Fraction) -> "LeadLine":
        """The line on the margin basis, half up."""
        money = (self.cents, self.low_cents, self.high_cents)
        return LeadLine(self.key, self.n, *(half_up(cents * rate) for cents in money))

    def told(self) -> dict[str, Any]:
        """As `ledger_rows.lines` reads it."""
        money = {"cents": self.cents, "low_cents": self.low_cents, "high_cents": self.high_cents}
        return {"line_key": self.key, "n": self.n, **money}


@dataclass(frozen=True)
class CampaignLine:
    """A campaign of loss 3 with a loss: what it cost, by all its valid leads."""

    key: str
    cost: int
    leads: int


def lead_lines(leakage: Snapshot) -> list[LeadLine]:
    """By source, in order."""
    rows = leakage.evidence.filter(measure="loss").order_by("line_key").values_list("line_key")
    summed = rows.annotate(Count("pk"), SumOf("cents"), SumOf("low_cents"), SumOf("high_cents"))
    # PostgreSQL adds whole numbers up to a decimal
    return [LeadLine(key, *map(int, sums)) for key, *sums in summed]


def campaign_lines(marketing: Snapshot) -> list[CampaignLine]:
    """Campaigns with a loss above 0, in order."""
    rows = marketing.evidence.filter(measure="loss").order_by("line_key").values_list("line_key")
    lost = rows.annotate(lost=SumOf("cents")).filter(lost__gt=0)
    told: Mapping[str, Mapping[str, int]] = marketing.whole["lines"]
    return [CampaignLine(key, told[key]["cost_cents"], told[key]["leads"]) for key, _lost in lost]


def pairs_of(
    sources: list[LeadLine], campaigns: list[CampaignLine]
) -> Iterator[dict[str, str | int]]:
    """What one lead of a source and a campaign is lost twice with: the smaller of its two shares."""
    for source in sources:
        if source.cents <= 0:
            continue
        of_sale = Fraction(source.cents, source.n)
        for campaign in campaigns:
            of_campaign = Fraction(campaign.cost, campaign.leads)
            yield {
                "source": source.key,
                "campaign": campaign.key,
                "cents": half_up(min(of_sale, of_campaign)),
            }
