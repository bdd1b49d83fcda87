"""The price lines of a deal and their sums, in the deal's currency."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sales.models import Deal, DealLine


def lines_of(deal: Deal) -> list[DealLine]:
    """As they were added."""
    rows = DealLine.everything.filter(deal=deal, removed_on__isnull=True)
    return list(rows.select_related("product").order_by("pk"))


def has_lines(deal: Deal) -> bool:
    return DealLine.everything.filter(deal=deal, removed_on__isnull=True).exists()


def total_of(lines: Sequence[DealLine]) -> Decimal | None:
    """None without lines: then the amount is as somebody typed it."""
    return sum((line.amount for line in lines), Decimal(0)) if lines else None


@dataclass(frozen=True)
class Margin:
    """What is left of the lines whose cost is known; `of` is their sum, `unknown` counts the others."""

    amount: Decimal
    of: Decimal
    unknown: int

    @property
    def share(self) -> Decimal | None:
        return self.amount / self.of if self.of else None


def margin_of(lines: Sequence[DealLine]) -> Margin | None:
    """None where no line's cost is known."""
    known = [(line.amount, line.margin) for line in lines if line.margin is not None]
    if not known:
        return None
    return Margin(
        sum((margin for _amount, margin in known), Decimal(0)),
        sum((amount for amount, _margin in known), Decimal(0)),
        len(lines) - len(known),
    )
