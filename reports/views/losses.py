"""The losses page: how much, where, since when, how sure, and what to do now."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from crm.lib import formatting
from crm.lib.web import respond
from reports import ripeness
from reports.definitions.bridge import BRIDGE
from reports.definitions.ledger import LEDGER, LOSSES
from reports.models import Snapshot
from reports.overview.overview import BasisName, Overview, overview_of
from reports.overview.overview_charts import month_columns, revenue_waterfall, waterfall_adds_up
from reports.overview.overview_rows import adds_up, do_first, rows_of, sources_of_rows
from reports.reading.filters import NARROWS, Filters, as_query, filters_of
from reports.reading.freshness import doubts_of_age, freshness_of
from reports.reading.known import NEEDS
from reports.reading.narrowing import as_words
from reports.reading.shelf import Shelf
from reports.reading.staleness import quiet_sources
from reports.screens.filter_fields import fields_of, filter_fields
from reports.snapshots.taking import run_of
from reports.views.layers import drawer
from reports.views.pages import filter_chips, waiting_for
from reports.views.periods import overview_reports
from team.access import (
    ADMIN,
    DIRECTOR,
    MANAGER,
    SIGNED_IN,
    SignedInRequest,
    access,
    may_export,
    scope_of,
)
from team.leaving import leavers_told_to
from team.models import Company

BASES: tuple[tuple[BasisName, Any], ...] = (
    ("revenue", _("Basis: revenue")),
    ("margin", _("Basis: margin")),
)
TWICE = {
    "1&6": _("customers lost with a rep"),
    "2&3": _("leads both paid for and not won"),
    "4&5": _("newcomers’ wages"),
}

TWICE_LISTS: dict[BasisName, dict[str, str]] = {
    "revenue": {"1&6": "overlap_1_6", "2&3": "overlap_2_3", "4&5": "overlap_4_5"},
    "margin": {"1&6": "margin_6", "2&3": "margin_overlap_2_3", "4&5": "overlap_4_5"},
}


@require_safe
@access(SIGNED_IN)
def losses(request: SignedInRequest) -> HttpResponse:
    filters = filters_of(request, request.user, LEDGER)
    shelf, overview = asked_overview(request, filters)
    snapshot = None if overview is None else overview.snapshot
    context: dict[str, Any] = {
        "filters": filters,
        "leavers": leavers_told_to(request.user),
        "can_export": may_export(request.user),
        "is_own": scope_of(request.user).is_one_person,
        "freshness": freshness_of(
            snapshot,
            Company.get(),
            filters.choice,
            is_superseded=shelf.is_superseded(snapshot),
            made_of=overview_reports(),
        ),
        **_narrowed(request, filters),
        **_may(request),
    }
    if overview is None and filters.choice.is_own:
        context |= waiting_for(LEDGER, filters)
        return respond(request, context["page"], context)
    if overview is None:
        return respond(request, "reports/losses_first.html", context | {"needs": _needs()})
    return respond(request, "reports/losses.html", context | _told(filters, shelf, overview))


@require_safe
@access(SIGNED_IN)
def first_steps(request: SignedInRequest) -> HttpResponse:
    """What the losses are made of and where it is entered, also once some of it is there."""
    own = scope_of(request.user).is_one_person
    context = {"needs": _needs(), "is_own": own, **_may(request)}
    return respond(request, "reports/first_steps.html", context)


def _narrowed(request: SignedInRequest, filters: Filters) -> dict[str, Any]:
    """What narrows the page, each with the address without it, and what a form on it has to carry along."""
    carried = {"basis": request.GET.get("basis", ""), **as_query(filters)}
    query = urlencode({word: text for word, text in carried.items() if text})
    return {
        "filter_chips": filter_chips(request, LEDGER, filters),
        "may_narrow": bool(fields_of(request.user, LEDGER)),
        "filters_url": f"{reverse('losses-filters')}?{query}",
        "kept_words": list(as_words(filters.narrow).items()),
    }


@require_safe
@access(SIGNED_IN)
def losses_filters(request: SignedInRequest) -> HttpResponse:
    """By what the losses page may be narrowed: a form whose answer is the page."""
    filters = filters_of(request, request.user, LEDGER)
    address, query = reverse("losses"), request.GET.urlencode()
    kept = {word: text for word, text in as_query(filters).items() if word not in NARROWS}
    context = {
        "behind": "base.html",
        "heading": _("Losses"),
        "address": address,
        "fields": filter_fields(request.user, LEDGER, filters),
        "kept": [*kept.items(), ("basis", request.GET.get("basis", "revenue"))],
        "close_url": f"{address}?{query}" if query else address,
    }
    return drawer(request, context, str(_("Filters")), "reports/_filter_form.html")


def _needs() -> list[tuple[Any, Any]]:
    return [(LOSSES[number].title, text) for number, text in NEEDS.items()]


def _may(request: SignedInRequest) -> dict[str, bool]:
    """Which of the first steps this person may take."""
    return {
        "may_invite": request.user.has_role(ADMIN),
        "may_add": request.user.has_role(MANAGER, ADMIN, DIRECTOR),
    }


def asked_overview(request: SignedInRequest, filters: Filters) -> tuple[Shelf, Overview | None]:
    """What the address asks for, on the basis it names; None while nothing was computed."""
    shelf = Shelf(
        request.user, [LEDGER, BRIDGE], filters.team_ids, filters.own_period, filters.narrow
    )
    snapshot = shelf.newest(LEDGER, filters.choice.key)
    basis: BasisName = "margin" if request.GET.get("basis") == "margin" else "revenue"
    return shelf, None if snapshot is None else overview_of(shelf, snapshot, basis)


def twice_of(overview: Overview) -> list[str]:
    """The pairs of losses whose overlap can be told: wages that are hidden are not nothing, nor is what is missing."""
    untold = overview.hidden | overview.missing.keys()
    return [
        pair for pair in TWICE if not untold.intersection(int(number) for number in pair.split("&"))
    ]


def _told(filters: Filters, shelf: Shelf, overview: Overview) -> dict[str, Any]:
    kept = as_query(filters)
    currency = Company.get().base_currency
    rows = rows_of(overview, kept, doubts_of_age(overview.snapshot, filters.choice))
    chart, unit = month_columns(overview, currency, kept)
    return {
        "snapshot": overview.snapshot,
        "overview": overview,
        "rows": rows,
        "top": max((row.money.high_cents for row in rows if row.money), default=0),
        "twice": [
            (TWICE[pair], overview.basis.overlaps[pair], _twice_url(pair, overview, kept))
            for pair in twice_of(overview)
        ],
        "twice_cents": -sum(overview.basis.overlaps.values()),
        "rounded": "" if adds_up(overview, rows, short=True) else formatting.rounded_note(),
        "is_stopped_once": sum(row.stop.cents or 0 for row in rows) != overview.stoppable.cents,
        "doing": do_first(rows),
        "months": chart,
        "months_unit": unit,
        "months_young": _why_young(overview),
        "bases": BASES if overview.has_margin else (),
        "basis": overview.basis_name,
        "sources": sources_of_rows(rows),
        "quiet": quiet_sources(
            [(row.title, row.confidence) for row in rows if row.needs is None], shelf.viewer
        ),
        **_revenue(shelf, overview, currency, kept),
    }


def _why_young(overview: Overview) -> str:
    """What is still to come of the last months, in words; nothing where none of them is young."""
    if not any(month.is_young for month in overview.months):
        return ""
    return ripeness.why(LOSSES[2], run_of(overview.snapshot))


def _twice_url(pair: str, overview: Overview, kept: dict[str, Any]) -> str:
    """The rows that two losses count both, on the basis of the page."""
    key = TWICE_LISTS[overview.basis_name][pair]
    return f"{reverse(LEDGER.slug)}?{urlencode({**kept, 'list': key})}#rows"


def _revenue(
    shelf: Shelf, overview: Overview, currency: str, kept: dict[str, Any]
) -> dict[str, Any]:
    """The waterfall of the same run, if it was taken, and what part of the revenue the loss is."""
    bridge = _of_same_run(shelf, overview.snapshot)
    if bridge is None:
        return {}
    totals = shelf.totals([bridge])[bridge.pk]
    headline = BRIDGE.headline(totals, run_of(bridge), bridge.whole)
    end = headline["end_cents"]
    share = overview.basis.total.cents / end if end > 0 else None
    chart, unit = revenue_waterfall(headline, currency, kept)
    return {
        "waterfall": chart,
        "waterfall_unit": unit,
        "waterfall_rounded": ""
        if waterfall_adds_up(headline, currency)
        else formatting.rounded_note(),
        "revenue_cents": end,
        "share": share,
    }


def _of_same_run(shelf: Shelf, ledger: Snapshot) -> Snapshot | None:
    wanted = (ledger.from_on, ledger.to_on, ledger.as_of)
    return next(
        (
            one
            for one in shelf.snapshots
            if one.slug == BRIDGE.slug and (one.from_on, one.to_on, one.as_of) == wanted
        ),
        None,
    )
