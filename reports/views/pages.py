"""The page of a report: figures, charts, and every figure down to its rows. The same for all reports."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from crm.lib.web import respond
from reports.acts.deeds import deeds_for
from reports.acts.outcomes import acts_of
from reports.calendar import FROZEN_MONTHS
from reports.reading.asked import last_asked
from reports.reading.filters import Filters, as_query, filters_of
from reports.reading.freshness import Freshness, freshness_of
from reports.reading.hiding import Told
from reports.reading.known import needed_by
from reports.reading.lateness import last_night
from reports.reading.narrowing import as_words
from reports.reading.restating import restated
from reports.reading.shelf import Shelf
from reports.reading.staleness import quiet_sources
from reports.report import Report
from reports.screens import screen_of
from reports.screens.after_acts import after_act
from reports.screens.chips import chips_of
from reports.screens.filter_fields import fields_of
from reports.screens.lists import list_of, tabs_of
from reports.screens.opening import open_screen, shelf_of
from reports.screens.parts import Row
from reports.screens.screen import Opened, Screen
from reports.screens.splits import acts_on_split, split_name, split_of, splits_of
from reports.screens.tables import table_of
from reports.screens.targets import with_target
from reports.showing import asked_run
from team.access import (
    SignedInRequest,
    may_export,
    scope_of,
)
from team.models import Company, Job


def page(request: SignedInRequest, slug: str) -> HttpResponse:
    """`reports.urls` gives each report its address, and says who may use it and how."""
    _opened, context = page_of(request, slug)
    return respond(request, context["page"], context)


def page_of(request: SignedInRequest, slug: str) -> tuple[Opened | None, dict[str, Any]]:
    """The page as a context, and what it has open: nothing while the report was never computed."""
    screen = wanted(slug)
    filters = filters_of(request, request.user, screen.report)
    shelf = shelf_of(screen, request, filters)
    snapshot = screen.snapshot(shelf, filters)
    context: dict[str, Any] = {
        "screen": screen,
        "filters": filters,
        "freshness": freshness_of(
            snapshot,
            Company.get(),
            filters.choice,
            is_superseded=shelf.is_superseded(snapshot),
            made_of=screen.computes,
        ),
        "is_own": scope_of(request.user).is_one_person,
        "filter_chips": filter_chips(request, screen.report, filters),
        "page": "reports/page_first.html",
    }
    if snapshot is None:
        told = not_kept(screen.report, filters, context["freshness"])
        return None, context | told | waiting_for(screen.report, filters)
    opened = open_screen(screen, request, filters, shelf, snapshot)
    return opened, context | _figures(request, opened) | {"page": "reports/page.html"}


def not_kept(report: Report, filters: Filters, freshness: Freshness) -> dict[str, Any]:
    """Of a month that nights have passed over: from when they tell months, and what the report is made of."""
    choice, night = filters.choice, last_night()
    is_month = choice.key == f"{choice.period.start:%Y-%m}"
    is_told = freshness.is_asked or freshness.failed
    if not is_month or is_told or night is None or night.state != Job.State.DONE:
        return {}
    return {"missing": needed_by(report), "months": FROZEN_MONTHS}


def waiting_for(report: Report, filters: Filters) -> dict[str, Any]:
    """The page of a period of one's own that has no figures yet, and the job that makes them, if somebody asked."""
    if not filters.choice.is_own:
        return {}
    yesterday = Company.get().today - timedelta(days=1)
    job = last_asked(report, asked_run(report, filters.choice, yesterday))
    return {
        "page": "reports/page_waits.html",
        "asked": job,
        "asked_report": report,
        "freshness": Freshness(0, job),
    }


def wanted(slug: str) -> Screen:
    screen = screen_of(slug)
    if screen is None:
        raise LookupError(slug)
    return screen


def open_report(request: SignedInRequest, slug: str) -> Opened | None:
    """What the address has open, without its page: for files."""
    screen = wanted(slug)
    filters = filters_of(request, request.user, screen.report)
    shelf: Shelf = shelf_of(screen, request, filters)
    snapshot = screen.snapshot(shelf, filters)
    if snapshot is None:
        return None
    return open_screen(screen, request, filters, shelf, snapshot)


def _figures(request: SignedInRequest, opened: Opened) -> dict[str, Any]:
    screen = opened.screen
    strip, acts = with_target(opened, screen.figures(opened)), acts_of(opened.report, request.user)
    context: dict[str, Any] = {
        "opened": opened,
        "figures": opened,
        "snapshot": opened.snapshot,
        "strip": [*strip, *after_act(opened, acts, strip)],
        "missing": opened.missing,
        "cards": [] if opened.missing else screen.charts(opened),
        "confidence": opened.confidence,
        "quiet": quiet_sources([(opened.title, opened.confidence)], request.user),
        "restated": restated(opened.shelf, opened.snapshot),
        "hides_money": opened.told != Told.ALL,
        "can_export": may_export(request.user),
        "tabs": tabs_of(opened),
        "splits": splits_of(opened),
        "today": Company.get().today,
        "acts": acts,
        "beside": _beside(request, opened),
        "may_narrow": bool(fields_of(request.user, opened.report)),
    }
    return context | _table(request, opened)


def _beside(request: SignedInRequest, opened: Opened) -> list[tuple[Any, str]]:
    """The reports that tell more of the same, for who may open them: titles and addresses."""
    query = urlencode(as_query(opened.filters))
    found = [screen for slug in opened.screen.beside if (screen := screen_of(slug)) is not None]
    return [
        (screen.title, f"{screen.address}?{query}")
        for screen in found
        if screen.opens_for(request.user)
    ]


def _table(request: SignedInRequest, opened: Opened) -> dict[str, Any]:
    """The split that is asked for, or the list."""
    view, listed_as = list_of(opened)
    shown: dict[str, Any] = {
        "narrow": as_words(opened.narrow),
        "deeds": [],
        "links": opened.screen.links(opened),
    }
    name = split_name(opened)
    if name:
        acts = acts_on_split(opened)
        shown["deeds"] = deeds_for(acts.deeds, request.user) if acts else []
        shown |= {"list": view, "listed": listed_as, "list_key": view.key}
        return shown | {"chips": _chips(request, opened, [])} | split_of(opened, name)
    table = table_of(request, opened)
    shown["deeds"] = deeds_for(view.deeds, request.user)
    return shown | table | {"chips": _chips(request, opened, table["rows"])}


def filter_chips(
    request: SignedInRequest, report: Report, filters: Filters
) -> list[dict[str, Any]]:
    """What narrows the figures of the page, rows and all, each with the address without it."""
    told = {word: f"{label}: {value}" for word, (label, value) in filters.in_words(report).items()}
    if filters.team is not None:
        told = {"team": _("Team: %(name)s") % {"name": filters.team}} | told
    if filters.choice.is_own:
        told = {"period": str(filters.choice.label)} | told
    chips = [
        {"label": label, "remove_url": _without(request, word)} for word, label in told.items()
    ]
    labels = {"owner": _("Owner"), "segment": _("Segment"), "region": _("Region")}
    return chips + [
        {
            "label": _("%(label)s: %(value)s, not in this report")
            % {"label": labels[name], "value": value},
            "remove_url": _without(request, name),
            "is_idle": True,
        }
        for name, value in filters.idle.items()
    ]


def _chips(request: SignedInRequest, opened: Opened, rows: list[Row]) -> list[dict[str, str]]:
    """What narrows the rows, each with the address without it."""
    return [
        {"label": each.label, "remove_url": f"{_without(request, each.word)}#rows"}
        for each in chips_of(opened, rows)
    ]


def _without(request: SignedInRequest, word: str) -> str:
    """This address without a parameter, at the first page of its list."""
    query = request.GET.copy()
    for name in (word, "after", "before", "last"):
        query.pop(name, None)
    return f"?{query.urlencode()}"
