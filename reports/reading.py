"""Reading snapshots through a person's scope. Everything a page, a CSV or a chart shows comes from here.

A rep reads what they owned at the event; a manager what their people owned or what happened in their
teams; administrators and directors read all, and they alone what happened with nobody answering: so
the parts of disjoint teams and what is left add up to the whole. Sums are added up from the parts in
scope and rates computed from those sums anew, with their interval; the company's rates are never shown
for a part. Money is whole cents, rates are shares of one, None is "no data".

    run = run_for(CHURN, period, as_of)      showing: the run of a period with the rules in force
    figures(snapshot, viewer)                the headline in scope, keys as in section 13
    by_month(snapshot, viewer, "loss")       {"2026-10": Sum(n, cents, ...)}
    listed(snapshot, viewer, "at_risk")      rows (Evidence) of a list, largest money first
    split(snapshot, viewer, "loss", "team")  the same rows by a dimension
    Shelf(viewer, [CHURN], None)             shelf: what a page compares, in three queries
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.db.models import Sum as SumOf

from crm.lib.periods import month_end
from reports.filling import totals_of
from reports.models import Evidence, Snapshot
from reports.report import CannotRun, Report, Sum, Totals
from reports.snapshots import report_of, run_of
from team.access import scope_of
from team.models import User


def in_scope(viewer: User) -> Q:
    """The rows of evidence, or the parts, that a person may see."""
    scope = scope_of(viewer)
    if scope.all:
        return Q()
    return Q(owner__in=sorted(scope.user_ids)) | Q(team__in=sorted(scope.team_ids))


def totals(snapshot: Snapshot, viewer: User) -> Totals:
    """Sums in scope by measure, line and month, in one query."""
    return totals_of(snapshot.parts.filter(in_scope(viewer)))


def figures(snapshot: Snapshot, viewer: User) -> dict[str, Any]:
    """The headline in scope; for who sees all it is the stored one."""
    if scope_of(viewer).all:
        return dict(snapshot.headline)
    return report_of(snapshot).headline(totals(snapshot, viewer), run_of(snapshot))


def by_month(snapshot: Snapshot, viewer: User, measure: str) -> dict[str, Sum]:
    """A measure by month of the event (YYYY-MM), only months with rows."""
    return totals_of(snapshot.parts.filter(in_scope(viewer), measure=measure)).by_month(measure)


def listed(
    snapshot: Snapshot, viewer: User, key: str, narrow: Mapping[str, Any] | None = None
) -> QuerySet[Evidence]:
    """The rows that a figure is the sum of, in scope, largest money first.

    `key` is one of the report's lists. `narrow` is by dimension ("owner": user id, "segment": "retail",
    None for "(none)"), by "month" (YYYY-MM) or by "line" (a line's key). Raises `CannotRun` for what the
    report does not have.
    """
    report = report_of(snapshot)
    list_ = report.listed(key)
    if list_ is None:
        raise CannotRun(f"The report {report.slug} has no list “{key}”.")
    rows = snapshot.evidence.filter(in_scope(viewer), measure__in=list_.measures)
    if list_.only_base:
        rows = rows.filter(in_base=True)
    for name, value in (narrow or {}).items():
        rows = rows.filter(_narrowed(report, name, value))
    return rows.select_related("owner", "team").order_by("-cents", "pk")


def sum_of(rows: QuerySet[Evidence]) -> Sum:
    """What rows of evidence add up to."""
    added = rows.order_by().aggregate(
        n=Count("pk"),
        cents=SumOf("cents"),
        base_n=Count("pk", filter=Q(in_base=True)),
        base_cents=SumOf("base_cents", filter=Q(in_base=True)),
    )
    return Sum(added["n"], added["cents"] or 0, added["base_n"], added["base_cents"] or 0)


@dataclass(frozen=True)
class Slice:
    """The rows of one value of a dimension. `value` is None for "(none)"; `label` is what to show."""

    value: Any
    label: str
    sum: Sum


def split(
    snapshot: Snapshot,
    viewer: User,
    key: str,
    dimension: str,
    narrow: Mapping[str, Any] | None = None,
) -> list[Slice]:
    """A list by the values of a dimension, largest money first; the parts add up to the whole."""
    report = report_of(snapshot)
    if report.dimension(dimension) is None:
        raise CannotRun(f"The report {report.slug} cannot be split by “{dimension}”.")
    rows = listed(snapshot, viewer, key, narrow).order_by()
    column, label = _columns(report, dimension)
    groups = rows.values(value=column, shown=label).annotate(
        n=Count("pk"),
        sum_cents=SumOf("cents"),
        base_n=Count("pk", filter=Q(in_base=True)),
        sum_base=SumOf("base_cents", filter=Q(in_base=True)),
    )
    # an empty text, a null and a facet that the row does not have are all "(none)"
    sums: dict[Any, Slice] = {}
    for group in groups:
        value = None if group["value"] in (None, "") else group["value"]
        shown = "" if group["shown"] is None else str(group["shown"])
        whole = Sum(group["n"], group["sum_cents"], group["base_n"], group["sum_base"] or 0)
        known = sums.get(value, Slice(value, shown, Sum()))
        sums[value] = Slice(value, shown, known.sum + whole)
    return sorted(sums.values(), key=lambda each: (-each.sum.cents, each.label))


def _columns(report: Report, dimension: str) -> tuple[F, F]:
    found = report.dimension(dimension)
    if found is not None and found.source == "column":
        return F(f"{dimension}_id"), F(f"{dimension}__name")
    return F(f"facets__{dimension}"), F(f"facets__{dimension}")


def _narrowed(report: Report, name: str, value: Any) -> Q:
    if name == "month":
        return Q(occurred_on__range=_month(str(value)))
    if name == "line":
        return Q(line_key=value)
    dimension = report.dimension(name)
    if dimension is None:
        raise CannotRun(f"The report {report.slug} cannot be narrowed by “{name}”.")
    if dimension.source == "column":
        return (
            Q(**{f"{name}_id": _whole(value)})
            if value is not None
            else Q(**{f"{name}__isnull": True})
        )
    if value is None:
        empty = Q(**{f"facets__{name}": ""}) | Q(**{f"facets__{name}": None})
        return empty | Q(**{f"facets__{name}__isnull": True})
    return Q(**{f"facets__{name}": _whole(value) if dimension.is_whole else str(value)})


def _month(text: str) -> tuple[date, date]:
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise CannotRun(f"“{text}” is not a month. Write it like 2026-11.") from None
    return first, month_end(first)


def _whole(value: Any) -> int:
    try:
        return int(value)
    except ValueError:
        raise CannotRun(f"“{value}” is not a whole number.") from None
