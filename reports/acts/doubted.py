"""Which figure somebody doubts, read from their own page: the list, its count and sum, as they saw them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum
from django.http import HttpRequest
from django.urls import reverse

from crm.lib.web import own_address
from reports.acts.disputing import Doubted
from reports.reading.evidence import listed
from reports.reading.filters import Filters, filters_of
from reports.reading.hiding import of_wages
from reports.reading.shelf import Shelf
from reports.report import CannotRun, Listed, Report, report_named
from reports.screens import screen_of
from team.models import User


@dataclass(frozen=True)
class Question:
    """What the form needs: the figure, and where the person goes back to."""

    doubted: Doubted
    back: str


def question_of(request: HttpRequest, viewer: User) -> Question | None:
    """The figure that the address names by report, list, period and team; None if there is none such."""
    try:
        report = report_named(request.GET.get("report", ""))
    except CannotRun:
        return None
    screen = screen_of(report.slug)
    if screen is None or not screen.opens_for(viewer):
        return None
    list_ = report.listed(request.GET.get("list", "")) or report.lists[0]
    filters = filters_of(request, viewer, report)
    shelf = Shelf(viewer, [report], filters.team_ids, filters.own_period, filters.narrow)
    period = filters.choice.key
    snapshot = shelf.newest(report, period) if report.needs_period else shelf.last(report)
    if snapshot is None:
        return None
    rows = listed(snapshot, viewer, list_.key).filter(shelf.rows())
    told = rows.order_by().aggregate(n=Count("pk"), cents=Sum("cents"))
    back = own_address(request, request.GET.get("next", "")) or reverse("losses")
    doubted = Doubted(
        slug=report.slug,
        list_key=list_.key,
        period=period if report.needs_period else "",
        from_on=snapshot.from_on,
        to_on=snapshot.to_on,
        as_of=snapshot.as_of,
        narrow=_narrowed(filters),
        count=told["n"],
        cents=_cents(report, list_, told),
        path=back[:500],
    )
    return Question(doubted, back)


def _cents(report: Report, list_: Listed, told: dict[str, Any]) -> int | None:
    """Without wages: administrators read it who may not read those, whoever asks."""
    if not list_.money or not of_wages(report).isdisjoint(list_.measures):
        return None
    return int(told["cents"] or 0)


def _narrowed(filters: Filters) -> dict[str, Any]:
    """By dimension the names that the page was narrowed to."""
    team: dict[str, Any] = {"team": filters.team.name} if filters.team else {}
    return team | {
        name: filters.owner.name if name == "owner" and filters.owner else value
        for name, value in filters.narrow.items()
    }
