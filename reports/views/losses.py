"""The losses page: how much, since when, how sure, and what to do now."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from crm.lib.web import respond
from reports.confidence import confidence_in
from reports.definitions.churn import CHURN
from reports.drawing import month_columns
from reports.filters import filters_of
from reports.freshness import freshness_of
from reports.overview import NEEDS, figures_of
from reports.shelf import Shelf
from team.access import ADMIN, SIGNED_IN, SignedInRequest, access
from team.models import Company


@require_safe
@access(SIGNED_IN)
def losses(request: SignedInRequest) -> HttpResponse:
    filters = filters_of(request, request.user)
    shelf = Shelf(request.user, [CHURN], filters.team_ids)
    snapshot = shelf.newest(CHURN, filters.choice.key)
    context: dict[str, Any] = {
        "filters": filters,
        "needs": NEEDS,
        "may_invite": request.user.has_role(ADMIN),
        "freshness": freshness_of(snapshot, Company.get()),
    }
    if snapshot is None:
        return respond(request, "reports/losses_first.html", context)
    figures = figures_of(shelf, snapshot)
    chart, unit = month_columns(
        figures, Company.get().base_currency, height=64, with_year_before=True
    )
    return respond(
        request,
        "reports/losses.html",
        context
        | {
            "snapshot": snapshot,
            "figures": figures,
            "months": chart,
            "months_unit": unit,
            "spark": [month.cents for month in figures.months],
            "spark_before": [month.cents for month in figures.year_before],
            "confidence": confidence_in(snapshot),
        },
    )
