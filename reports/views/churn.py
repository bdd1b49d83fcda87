"""Customers leaving: where and when, who is at risk, and every figure down to its customers."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from crm.lib.listing import Column, Listing
from crm.lib.web import respond
from reports.cohort_view import stays
from reports.definitions.churn import CHURN
from reports.definitions.cohorts import COHORTS
from reports.drawing import period_columns, stay_heads, stay_rows
from reports.evidence_rows import dress
from reports.filters import Filters, as_query, filters_of
from reports.freshness import freshness_of
from reports.models import Snapshot
from reports.overview import figures_of
from reports.reading import listed
from reports.shelf import Shelf
from reports.snapshots import run_of
from team.access import ADMIN, DIRECTOR, MANAGER, SIGNED_IN, SignedInRequest, access, scope_of
from team.models import Company

TABS = ("at_risk", "loss", "recovered", "opening")
# Lists that figures open without a tab of their own.
MORE_LISTS = ("departed", "active", "lost_of_opening")
COLUMNS = [
    Column("name", _("Customer")),
    Column("owner", _("Owner then")),
    Column("money", _("A year"), ("-cents", "id"), numeric=True),
    Column("last", _("Last order")),
    Column("silent", _("Silent")),
    Column("lost", _("Lost on"), ("occurred_on", "id"), numeric=True),
    Column("step", _("Next step")),
]


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
    context: dict[str, Any] = {"filters": filters, "freshness": freshness, "snapshot": snapshot}
    context |= _table(request, shelf, snapshot)
    context["figures"] = figures_of(shelf, snapshot)
    context["tabs"] = _tabs(context["figures"].headline)
    context |= _charts(request, shelf, snapshot, filters, context["figures"])
    return respond(request, "reports/churn.html", context)


def _tabs(headline: dict[str, Any]) -> list[dict[str, Any]]:
    """The lists with the counts that the figures show: equal to what they open."""
    shown = [found for key in TABS if (found := CHURN.listed(key)) is not None]
    return [{"key": one.key, "label": one.label, "count": headline[one.count]} for one in shown]


def list_key(request: SignedInRequest) -> str:
    asked = request.GET.get("list", "")
    return asked if asked in TABS + MORE_LISTS else TABS[0]


def _table(request: SignedInRequest, shelf: Shelf, snapshot: Snapshot) -> dict[str, Any]:
    key = list_key(request)
    today = Company.get().today
    rows = listed(snapshot, request.user, key, narrowing(request)).filter(shelf.rows())
    listing = Listing(request, rows, columns=COLUMNS, default_sort="money", total="cents")
    return {
        "listing": listing,
        "rows": dress(listing.page.rows, request.user, snapshot.as_of),
        "list": CHURN.listed(key),
        "list_key": key,
        "can_plan": key == "at_risk",
        "can_export": request.user.has_role(MANAGER, ADMIN, DIRECTOR),
        "client_ref": uuid.uuid4(),
        "today": today,
        "plan_on": today,
        "month": narrowing(request).get("month", ""),
        "as_of": snapshot.as_of,
    }


def narrowing(request: SignedInRequest) -> dict[str, str]:
    """A month of the event, if one is named."""
    month = request.GET.get("month", "")
    well_formed = len(month) == 7 and month[4] == "-" and (month[:4] + month[5:]).isdigit()
    return {"month": month} if well_formed and "01" <= month[5:] <= "12" else {}


def _charts(
    request: SignedInRequest, shelf: Shelf, snapshot: Snapshot, filters: Filters, figures: Any
) -> dict[str, Any]:
    base = f"{reverse('churn')}?{urlencode(as_query(filters))}"
    run = run_of(snapshot)
    chart, unit = period_columns(
        figures.totals.by_month("loss"),
        figures.totals.by_month("recovered"),
        Company.get().base_currency,
        base,
        f"{run.end:%Y-%m}" if run.is_partial or run.end == snapshot.as_of else "",
    )
    view = "bought" if request.GET.get("stay") == "bought" else "active"
    found = stays(_cohorts(shelf), view)
    return {
        "columns": chart,
        "columns_unit": unit,
        "stay": view,
        "stay_rows": stay_rows(found),
        "stay_heads": stay_heads(found),
        "by_year": found.step == 12,
    }


def _cohorts(shelf: Shelf) -> list[dict[str, Any]]:
    """The company's cohorts as stored, or those of the viewer's part added up anew."""
    snapshot = shelf.last(COHORTS)
    if snapshot is None:
        return []
    if scope_of(shelf.viewer).all and shelf.team_ids is None:
        stored: list[dict[str, Any]] = snapshot.headline["cohorts"]
        return stored
    totals = shelf.totals([snapshot])[snapshot.pk]
    part: list[dict[str, Any]] = COHORTS.headline(totals, run_of(snapshot))["cohorts"]
    return part
