"""Margins regrouped: the evidence of the profit structure by one dimension, the worst first."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, QuerySet, Sum
from django.db.models.fields.json import KT

from reports.intervals import share
from reports.models import Evidence

SPLITS = ("customer", "product", "rep", "segment", "region")
_COLUMNS = {"customer": F("line_key"), "rep": F("owner__reference")}


@dataclass(frozen=True)
class Margin:
    """Money of one value in cents; `value` is empty for rows without any."""

    value: str
    revenue_cents: int
    costed_cents: int
    margin_cents: int

    @property
    def margin_rate(self) -> float | None:
        return share(self.margin_cents, self.costed_cents)


@dataclass(frozen=True)
class ParetoPoint:
    """How much of the margin the first `n` bring together, as a part of one."""

    n: int
    value: str
    share: float


def margins_by(rows: QuerySet[Evidence], by: str) -> list[Margin]:
    """The figures of each value of a split among these rows (a snapshot's, or a viewer's of it).

    Largest loss first. One query.
    """
    column = _COLUMNS.get(by) or KT(f"facets__{by}")
    summed = (
        rows.filter(measure__in=("costed", "uncosted"))
        .order_by()
        .annotate(value=column)
        .values_list("value", "measure")
        .annotate(Sum("cents"), Sum("base_cents"))
    )
    found: dict[str, list[int]] = {}
    for value, measure, gained, revenue in summed:
        sums = found.setdefault(value or "", [0, 0, 0])
        sums[0] += revenue
        sums[1] += revenue if measure == "costed" else 0
        sums[2] += gained
    margins = [Margin(value, *sums) for value, sums in found.items()]
    return sorted(margins, key=lambda each: (each.margin_cents, each.value))


def pareto(margins: Iterable[Margin]) -> list[ParetoPoint]:
    """The curve of the margin, the largest first; empty unless the margin is above 0."""
    ordered = sorted(margins, key=lambda each: (-each.margin_cents, each.value))
    whole, running = sum(each.margin_cents for each in ordered), 0
    points = []
    for n, each in enumerate(ordered, start=1):
        running += each.margin_cents
        if whole > 0:
            points.append(ParetoPoint(n, each.value, running / whole))
    return points
