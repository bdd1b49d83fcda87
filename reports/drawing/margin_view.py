"""Margins regrouped: the evidence of the profit structure by one dimension, the worst first, and who brings most."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import F, QuerySet, Sum, Window
from django.db.models.fields.json import KT
from django.db.models.functions import Ntile

from reports.models import Evidence
from reports.statistics.intervals import share

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
class Tenth:
    """A tenth of the customers, those with most margin first: how many they are, and their margin in cents."""

    customers: int
    margin_cents: int


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


def tenths(rows: QuerySet[Evidence]) -> list[Tenth]:
    """The curve of the margin (Pareto) in ten steps; of fewer customers each is a step. One query, ten rows."""
    gained, key = F("gained").desc(), F("line_key").asc()
    by_customer = (
        rows.filter(measure="costed")
        .order_by()
        .values("line_key")
        .annotate(gained=Sum("cents"))
        .annotate(tenth=Window(Ntile(10), order_by=(gained, key)))
        .values_list("tenth", "gained")
    )
    statement, values = by_customer.query.sql_with_params()
    told = (
        f"SELECT tenth, COUNT(*), SUM(gained) FROM ({statement}) each GROUP BY tenth ORDER BY tenth"
    )
    with connection.cursor() as cursor:
        cursor.execute(told, values)
        return [Tenth(customers, int(cents)) for _tenth, customers, cents in cursor.fetchall()]
