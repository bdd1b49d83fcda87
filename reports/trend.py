"""The trend of the last month-ends, as they were frozen."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F
from django.db.models import Sum as SumOf

from crm.lib.periods import Period
from reports.calendar import month_ends
from reports.models import Part, Snapshot
from reports.parameters import hash_of, values_for
from reports.reading import in_scope
from reports.report import Report, Sum, Totals
from reports.snapshots import run_of
from team.models import User


@dataclass(frozen=True)
class Point:
    """One frozen month-end; `figures` is None where there is no snapshot yet.

    `is_break`: computed by another formula or with other parameters than the month before.
    """

    period: Period
    snapshot: Snapshot | None
    figures: dict[str, Any] | None
    is_break: bool


def trend(report: Report, viewer: User, upto: date) -> list[Point]:
    """The last 13 whole months, each as of its last day, in two queries."""
    periods = month_ends(upto)
    found = _month_end_snapshots(report, periods)
    sums = _totals_by_snapshot([snapshot.pk for snapshot in found.values()], viewer)
    points: list[Point] = []
    before: Snapshot | None = None
    for period in periods:
        snapshot = found.get(period.end)
        if snapshot is None:
            points.append(Point(period, None, None, False))
            continue
        in_part = report.headline(sums.get(snapshot.pk, Totals()), run_of(snapshot))
        points.append(Point(period, snapshot, in_part, _differs(before, snapshot)))
        before = snapshot
    return points


def _month_end_snapshots(report: Report, periods: list[Period]) -> dict[date, Snapshot]:
    """By month-end the snapshot to show: with the rules in force if there is one, the last revision."""
    wanted = hash_of(values_for(report.parameter_names))
    kept = Snapshot.objects.filter(
        slug=report.slug,
        is_complete=True,
        kind=Snapshot.Kind.MONTH_END,
        as_of__in=[period.end for period in periods],
        to_on=F("as_of"),
    )
    best: dict[date, Snapshot] = {}
    for snapshot in kept.order_by("formula_version", "pk"):
        known = best.get(snapshot.as_of)
        if known is None or snapshot.values_hash == wanted or known.values_hash != wanted:
            best[snapshot.as_of] = snapshot
    return best


def _totals_by_snapshot(ids: list[int], viewer: User) -> dict[int, Totals]:
    sums: dict[int, Totals] = {}
    groups = (
        Part.objects.filter(in_scope(viewer), snapshot_id__in=ids)
        .order_by()
        .values("snapshot_id", "measure")
        .annotate(
            rows=SumOf("n"),
            money=SumOf("cents"),
            in_base=SumOf("base_n"),
            base_money=SumOf("base_cents"),
        )
    )
    for group in groups:
        whole = Sum(group["rows"], group["money"], group["in_base"], group["base_money"])
        sums.setdefault(group["snapshot_id"], Totals()).add(group["measure"], "", "", whole)
    return sums


def _differs(before: Snapshot | None, snapshot: Snapshot) -> bool:
    if before is None:
        return False
    one, other = ((each.values_hash, each.formula_version) for each in (before, snapshot))
    return one != other
