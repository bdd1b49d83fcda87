"""Opening a report: its snapshot of the asked period, the viewer's sums, the period before, the trend."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest

from crm.lib.periods import add_months
from reports.calendar import trend_starts
from reports.models import Snapshot
from reports.reading.filters import Filters
from reports.reading.hiding import Told, told_of, without_money, without_wages
from reports.reading.known import was_known
from reports.reading.narrowing import narrow_of
from reports.reading.shelf import Shelf
from reports.report import Report, Totals
from reports.screens.screen import Opened, Screen
from reports.snapshots.taking import run_of

# What an address may say beside the filters: which list, how split or ranked, which view of a chart.
WORDS = ("list", "split", "stay", "view", "order")


def shelf_of(screen: Screen, request: HttpRequest, filters: Filters) -> Shelf:
    user: Any = request.user
    return Shelf(user, screen.reports, filters.team_ids, filters.own_period, filters.narrow)


def open_screen(
    screen: Screen, request: HttpRequest, filters: Filters, shelf: Shelf, snapshot: Snapshot
) -> Opened:
    """One query for the sums of everything that is compared; two more where wages are at stake."""
    before = _known(shelf.before(snapshot), screen.report)
    told = told_of(screen.report, shelf, snapshot)
    months = _trend(screen, shelf, snapshot) if told == Told.ALL else ([], [])
    totals = shelf.totals([snapshot, before], [*months[0], *months[1]], screen.trend)
    return Opened(
        screen=screen,
        viewer=shelf.viewer,
        filters=filters,
        shelf=shelf,
        snapshot=snapshot,
        totals=_read(screen.report, totals[snapshot.pk], told),
        headline=figures(snapshot, screen.report, totals[snapshot.pk], told),
        before=None if before is None else _before(before, screen.report, shelf, totals),
        told=told,
        narrow=_of_rows(request, screen.report, filters),
        asked=_asked(request),
        trend=_cents(months[0], totals, screen.trend),
        trend_before=_cents(months[1], totals, screen.trend),
    )


def open_rows(screen: Screen, request: HttpRequest, filters: Filters) -> Opened | None:
    """The lists of a report alone, without a sum of them; None while it was never computed."""
    shelf = shelf_of(screen, request, filters)
    snapshot = screen.snapshot(shelf, filters)
    if snapshot is None:
        return None
    return Opened(
        screen=screen,
        viewer=shelf.viewer,
        filters=filters,
        shelf=shelf,
        snapshot=snapshot,
        totals=Totals(),
        headline={},
        before=None,
        told=Told.NOTHING,
        narrow=_of_rows(request, screen.report, filters),
        asked=_asked(request),
    )


def _asked(request: HttpRequest) -> dict[str, str]:
    return {word: request.GET.get(word, "") for word in WORDS}


def _of_rows(request: HttpRequest, report: Report, filters: Filters) -> dict[str, Any]:
    """What narrows the rows alone: the figures above them stay as they are."""
    found = narrow_of(request, report)
    return {name: value for name, value in found.items() if name not in filters.narrow}


def figures(snapshot: Snapshot, report: Report, totals: Totals, told: Told) -> dict[str, Any]:
    """The headline of somebody's sums, with the money that is theirs to read."""
    headline = report.headline(totals, run_of(snapshot), snapshot.whole)
    return without_wages(headline, report) if told == Told.NOTHING else headline


def _read(report: Report, totals: Totals, told: Told) -> Totals:
    """Sums by line and month are of few people: who reads one sum alone gets it in the headline."""
    return totals if told == Told.ALL else without_money(totals, report)


def _before(
    before: Snapshot, report: Report, shelf: Shelf, totals: Mapping[int, Totals]
) -> dict[str, Any]:
    """The period before; there may have been fewer people, whose sum is not told."""
    return figures(before, report, totals[before.pk], told_of(report, shelf, before))


Months = list[Snapshot | None]


def _trend(screen: Screen, shelf: Shelf, snapshot: Snapshot) -> tuple[Months, Months]:
    """The months of the trend as frozen, and those a year before."""
    if not screen.trend:
        return [], []
    starts = trend_starts(run_of(snapshot).end)
    return _frozen(screen, shelf, starts), _frozen(
        screen, shelf, [add_months(start, -12) for start in starts]
    )


def _frozen(screen: Screen, shelf: Shelf, starts: list[date]) -> Months:
    return [_known(shelf.month(screen.report, start), screen.report) for start in starts]


def _known(snapshot: Snapshot | None, report: Report) -> Snapshot | None:
    """An earlier one, if there was anything to read then: of two blanks none is a change of the other."""
    return snapshot if snapshot is not None and was_known(snapshot, report.loss) else None


def _cents(months: Months, totals: Mapping[int, Totals], measure: str) -> list[int | None]:
    """The trend's measure in cents; of a month that opens the page itself all measures were read."""
    return [None if one is None else totals[one.pk][measure].cents for one in months]
