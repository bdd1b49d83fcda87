"""Splits: the rows of a list regrouped by one dimension, each group with its sums and the address of its rows."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.db.models import (
    BigIntegerField,
    Count,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Value,
    Window,
)
from django.db.models import Sum as SumOf
from django.db.models.functions import Cast, RowNumber, TruncMonth, TruncWeek

from crm.lib import formatting
from reports.models import Evidence
from reports.reading.scope import facet_text
from reports.report import Report, Sum

# Rows of a split that a page shows; what is left is one row, so that the sum stays whole.
AT_MOST = 100
CALENDAR = ("month", "week")


@dataclass(frozen=True)
class Group:
    """The rows of one value, or of all of them (`is_all`). `key` is that value as it was recorded ("" = none)."""

    key: str
    label: str
    sums: dict[str, Sum] = field(default_factory=dict)
    is_rest: bool = False
    is_all: bool = False

    @property
    def whole(self) -> Sum:
        return sum(self.sums.values(), Sum())

    def of(self, *measures: str) -> Sum:
        return sum((self.sums.get(name, Sum()) for name in measures), Sum())


def groups_of(
    rows: "QuerySet[Evidence]", report: Report, name: str, *, with_money: bool
) -> list[Group]:
    """One query. Rows of the evidence by a dimension, "month" or "week", as they come."""
    key, label = _expressions(report, name)
    found = (
        rows.order_by()
        .annotate(split_key=key, split_label=label)
        .values_list("split_key", "split_label", "measure")
        .annotate(**_sums(with_money))
    )
    groups: dict[str, Group] = {}
    for value, text, measure, *numbers in found:
        told = _key(value)
        group = groups.setdefault(told, Group(told, _label(name, told, text)))
        group.sums[measure] = group.sums.get(measure, Sum()) + _sum(numbers, with_money)
    return list(groups.values())


def medians_of(
    rows: "QuerySet[Evidence]", report: Report, name: str, fact: str
) -> dict[str | None, Fraction]:
    """The median of a whole number among the facets, by the dimension `name` as in `groups_of`; None: of all rows.

    Rows without that number are left out. Of an even number it is the mean of the middle two.
    """
    key, _label_of = _expressions(report, name)
    told = Cast(facet_text(fact), BigIntegerField())
    seen = rows.order_by().annotate(split_key=key, told=told).filter(told__isnull=False)
    found: dict[str | None, Fraction] = {
        _key(value): each for value, each in _middles(seen, F("split_key")).items()
    }
    whole = _middles(seen, Value(0))
    return {**found, None: whole[0]} if whole else found


def _middles(rows: "QuerySet[Evidence]", group: Any) -> dict[Any, Fraction]:
    """Numbered within their group, the middle rows are those whose doubled place is the size, or one or two more."""
    place = Window(RowNumber(), partition_by=[F("of")], order_by=[F("told"), F("pk")])
    size = Window(Count("pk"), partition_by=[F("of")])
    middle = (
        rows.annotate(of=group)
        .annotate(off=ExpressionWrapper(place * 2 - size, BigIntegerField()))
        .filter(off__gte=0, off__lte=2)
    )
    found: dict[Any, list[int]] = {}
    for value, told in middle.values_list("of", "told"):
        found.setdefault(value, []).append(told)
    return {value: Fraction(sum(each), len(each)) for value, each in found.items()}


def _expressions(report: Report, name: str) -> tuple[Any, Any]:
    if name == "month":
        return TruncMonth("occurred_on"), F("measure")
    if name == "week":
        return TruncWeek("occurred_on"), F("measure")
    dimension = report.dimension(name)
    if dimension is not None and dimension.source == "column":
        return F(f"{name}_id"), F(f"{name}__name")
    return facet_text(name), F("measure")


def _sums(with_money: bool) -> dict[str, Any]:
    """In the order of `_sum`."""
    counts = {"n": Count("pk"), "base_n": Count("pk", filter=Q(in_base=True))}
    money = {f"sum_{name}": SumOf(name) for name in ("cents", "low_cents", "high_cents")}
    base = {"sum_base": SumOf("base_cents", filter=Q(in_base=True))}
    return counts | money | base if with_money else counts


def _sum(numbers: Sequence[Any], with_money: bool) -> Sum:
    n, base_n, *money = (int(number or 0) for number in numbers)
    if not with_money:
        return Sum(n=n, base_n=base_n)
    cents, low, high, base = money
    return Sum(n, cents, low, high, base_n, base)


def _key(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def _label(name: str, key: str, text: Any) -> str:
    if not key:
        return ""
    if name == "month":
        return formatting.month(date.fromisoformat(key))
    if name == "week":
        monday = date.fromisoformat(key)
        sunday = monday + timedelta(days=6)
        return f"{formatting.day_of_year(monday)} – {formatting.day(sunday)}"
    return str(text) if name in ("owner", "team") else key


def ranked(groups: Iterable[Group], name: str, money: Callable[[Group], Any] | None) -> list[Group]:
    """Largest money first, else most rows; times in their order, people without money by their names.

    What is too much becomes one row.
    """
    if name in CALENDAR:
        return sorted(groups, key=lambda group: group.key, reverse=True)
    order = sorted(groups, key=lambda group: group.label)
    if money is not None:
        order.sort(key=lambda group: money(group) or 0, reverse=True)
    elif name != "owner":
        order.sort(key=lambda group: group.whole.n, reverse=True)
    return [*order[:AT_MOST], *_rest(order[AT_MOST:])]


def _rest(groups: Sequence[Group]) -> list[Group]:
    if not groups:
        return []
    sums: dict[str, Sum] = {}
    for group in groups:
        for measure, whole in group.sums.items():
            sums[measure] = sums.get(measure, Sum()) + whole
    return [Group("", str(len(groups)), sums, is_rest=True)]
