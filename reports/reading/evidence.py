"""Reading snapshots through a person's scope. Everything a page, a CSV or a chart shows comes from here.

A rep reads what they owned at the event; a manager what happened in their teams (`reading.scope`);
administrators and directors read all, and they alone what happened with nobody answering: so
the parts of disjoint teams and what is left add up to the whole. Sums are added up from the parts in
scope and rates computed from those sums anew, with their interval; the company's rates are never shown
for a part. Money is whole cents, rates are shares of one, None is "no data".

    run = run_for(CHURN, period, as_of)      showing: the run of a period with the rules in force
    Shelf(viewer, [CHURN], None)             shelf: what a page compares, in three queries
    listed(snapshot, viewer, "at_risk")      rows (Evidence) of a list, largest money first
    rows(snapshot, viewer, ["loss"])         the same by measures

Wages: rows of the losses that are made of them come without money to who may not read it (`hiding`).
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from crm.lib.periods import month_end
from reports.models import Evidence, Snapshot
from reports.models.snapshot import MONEY
from reports.reading.hiding import hides_money
from reports.reading.scope import has_facet, in_scope
from reports.report import CannotRun, Report
from reports.snapshots.taking import report_of
from team.models import User


def listed(
    snapshot: Snapshot, viewer: User, key: str, narrow: Mapping[str, Any] | None = None
) -> QuerySet[Evidence]:
    """The rows that a figure is the sum of, in scope, largest money first.

    `key` is one of the report's lists. `narrow` is by dimension ("owner": user id, "segment": "retail",
    None for "(none)"), by "month" (YYYY-MM), by "week" (its Monday), by "line" (a line's key) or a way of the
    report's own. Raises `CannotRun` for what the report does not have.
    """
    report = report_of(snapshot)
    list_ = report.listed(key)
    if list_ is None:
        raise CannotRun(f"The report {report.slug} has no list “{key}”.")
    found = rows(snapshot, viewer, list_.measures, narrow)
    return found.filter(in_base=True) if list_.only_base else found


def rows(
    snapshot: Snapshot,
    viewer: User,
    measures: Sequence[str],
    narrow: Mapping[str, Any] | None = None,
) -> QuerySet[Evidence]:
    """The rows of some measures in scope, narrowed as for `listed`. Who may not read money gets none."""
    report = report_of(snapshot)
    found = snapshot.evidence.filter(in_scope(viewer), measure__in=measures)
    for name, value in (narrow or {}).items():
        found = found.filter(_narrowed(snapshot, report, name, value))
    found = found.select_related("owner", "team")
    if hides_money(report, viewer, measures):
        return found.defer(*MONEY).order_by("occurred_on", "pk")
    return found.order_by("-cents", "pk")


def _narrowed(snapshot: Snapshot, report: Report, name: str, value: Any) -> Q:
    way = report.way(name)
    if way is not None:
        return way.rows(snapshot, value)
    if name == "month":
        return Q(occurred_on__range=_month(str(value)))
    if name == "week":
        return Q(occurred_on__range=_week(str(value)))
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
    return has_facet(name, _whole(value) if dimension.is_whole and value is not None else value)


def _month(text: str) -> tuple[date, date]:
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise CannotRun(f"“{text}” is not a month. Write it like 2026-11.") from None
    return first, month_end(first)


def _week(text: str) -> tuple[date, date]:
    try:
        monday = date.fromisoformat(text)
        return monday, monday + timedelta(days=6)
    except (ValueError, OverflowError):
        raise CannotRun(f"“{text}” is not a day. Write it like 2026-11-23.") from None


def _whole(value: Any) -> int:
    try:
        return int(value)
    except ValueError:
        raise CannotRun(f"“{value}” is not a whole number.") from None
