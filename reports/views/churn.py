"""Customers leaving: where and when, who is at risk, and every figure down to its customers."""

import uuid
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from crm.lib.listing import Column, Listing
from crm.lib.periods import Period
from crm.lib.web import respond
from reports.cohort_view import FEW, stays
from reports.definitions.churn import CHURN
from reports.definitions.cohorts import COHORTS
from reports.drawing import period_columns, stay_heads, stay_rows, stay_sentence
from reports.evidence_rows import dress
from reports.filters import Filters, as_query, filters_of
from reports.freshness import freshness_of
from reports.overview import Figures, figures_of
from reports.reading import listed
from reports.report import Sum
from reports.shelf import Shelf
from reports.snapshots import run_of
from team.access import ADMIN, DIRECTOR, MANAGER, SIGNED_IN, SignedInRequest, access, scope_of
from team.models import Company

TABS = ("at_risk", "loss", "recovered", "opening")
# Lists that figures open without a tab of their own.
MORE_LISTS = ("departed", "active", "lost_of_opening")
# What the day of a list means; customers who are active have none.
LOST_HEADS = {
    "at_risk": _("Counts as lost on"),
    "loss": _("Lost on"),
    "departed": _("Lost on"),
    "lost_of_opening": _("Lost on"),
    "recovered": _("Had counted as lost on"),
}


@require_safe
@access(SIGNED_IN)
def churn(request: SignedInRequest) -> HttpResponse:
    filters = filters_of(request, request.user)
    shelf = Shelf(request.user, [CHURN, COHORTS], filters.team_ids)
    snapshot = shelf.newest(CHURN, filters.choice.key)
    freshness = freshness_of(snapshot, Company.get())
    if snapshot is None:
        return respond(
            request, "reports/churn_first.html", {"filters": filters, "freshness": freshness}
        )
    context: dict[str, Any] = {
        "filters": filters,
        "freshness": freshness,
        "snapshot": snapshot,
        "is_own": scope_of(request.user).is_one_person,
    }
    figures = figures_of(shelf, snapshot)
    context |= {"figures": figures, "tabs": _tabs(figures.headline)}
    context |= _table(request, shelf, figures)
    context |= _months(filters, figures)
    context |= _stay(request, _cohorts(shelf))
    return respond(request, "reports/churn.html", context)


def _tabs(headline: dict[str, Any]) -> list[dict[str, Any]]:
    """The lists with the counts that the figures show: equal to what they open."""
    shown = [found for key in TABS if (found := CHURN.listed(key)) is not None]
    return [{"key": one.key, "label": one.label, "count": headline[one.count]} for one in shown]


def list_key(request: SignedInRequest) -> str:
    asked = request.GET.get("list", "")
    return asked if asked in TABS + MORE_LISTS else TABS[0]


def columns_of(key: str) -> list[Column]:
    """The columns of a list; a day that can be sorted by is a stored one."""
    stored = ("occurred_on", "id")
    lost = LOST_HEADS.get(key)
    is_stored = key != "at_risk"
    return [
        Column("name", _("Customer")),
        Column("owner", _("Owner then")),
        Column("money", _("A year"), ("-cents", "id"), numeric=True),
        Column("last", _("Last order"), () if lost and is_stored else stored, spare=bool(lost)),
        Column("silent", _("Silent")),
        *([Column("lost", lost, stored if is_stored else ())] if lost else []),
        Column("step", _("Next step")),
    ]


def _table(request: SignedInRequest, shelf: Shelf, figures: Figures) -> dict[str, Any]:
    key = list_key(request)
    snapshot, today = figures.snapshot, Company.get().today
    month = narrowing(request).get("month", "")
    rows = listed(snapshot, request.user, key, narrowing(request)).filter(shelf.rows())
    listing = Listing(
        request,
        rows,
        columns=columns_of(key),
        default_sort="money",
        page_size=25,
        total="cents",
        known=_counted(figures, key, month),
    )
    return {
        "listing": listing,
        "rows": dress(listing.page.rows, request.user, snapshot),
        "list": CHURN.listed(key),
        "list_key": key,
        "has_lost": key in LOST_HEADS,
        "can_plan": key == "at_risk",
        "can_export": request.user.has_role(MANAGER, ADMIN, DIRECTOR),
        "client_ref": uuid.uuid4(),
        "today": today,
        "month": date.fromisoformat(f"{month}-01") if month else None,
    }


def _counted(figures: Figures, key: str, month: str) -> tuple[int, int] | None:
    """Count and sum of a list out of the sums that the page has read; None where they do not tell.

    The sum is left out (0) where the list is a count alone: the customers of a rate.
    """
    found = CHURN.listed(key)
    if found is None or month and not set(found.measures) <= set(CHURN.monthly_measures):
        return None
    sums = [
        figures.totals.by_month(measure).get(month, Sum()) if month else figures.totals[measure]
        for measure in found.measures
    ]
    whole = sum(sums, Sum())
    return (whole.base_n, 0) if found.only_base else (whole.n, whole.cents)


def narrowing(request: SignedInRequest) -> dict[str, str]:
    """A month of the event, if one is named."""
    month = request.GET.get("month", "")
    well_formed = len(month) == 7 and month[4] == "-" and (month[:4] + month[5:]).isdecimal()
    is_month = well_formed and month.isascii() and month > "1900" and "01" <= month[5:] <= "12"
    return {"month": month} if is_month else {}


def _months(filters: Filters, figures: Figures) -> dict[str, Any]:
    base = f"{reverse('churn')}?{urlencode(as_query(filters))}"
    run = run_of(figures.snapshot)
    chart, unit = period_columns(
        Period(run.period.start, run.end),
        figures.totals.by_month("loss"),
        figures.totals.by_month("recovered"),
        Company.get().base_currency,
        base,
    )
    return {"columns": chart, "columns_unit": unit}


def _stay(request: SignedInRequest, cohorts: list[dict[str, Any]]) -> dict[str, Any]:
    view = "bought" if request.GET.get("stay") == "bought" else "active"
    found = stays(cohorts, view)
    return {
        "stay": view,
        "stays": found,
        "stay_rows": stay_rows(found),
        "stay_heads": stay_heads(found),
        "stay_sentence": stay_sentence(found) if view == "active" else "",
        "has_few": any(row.is_few for row in found.rows),
        "few": FEW,
    }


def _cohorts(shelf: Shelf) -> list[dict[str, Any]]:
    """Who sees the whole company reads the cohorts as stored; a part is added up anew."""
    snapshot = shelf.last(COHORTS)
    if snapshot is None:
        return []
    if scope_of(shelf.viewer).all and shelf.team_ids is None:
        headline = snapshot.headline
    else:
        headline = COHORTS.headline(
            shelf.totals([snapshot])[snapshot.pk], run_of(snapshot), snapshot.whole
        )
    found: list[dict[str, Any]] = headline["cohorts"]
    return found
