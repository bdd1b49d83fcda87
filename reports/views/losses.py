"""The losses page: how much, since when, how sure, and what to do now."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from crm.lib.web import respond, safe_next
from reports.confidence import confidence_in
from reports.definitions.churn import CHURN
from reports.drawing import month_columns
from reports.filters import filters_of
from reports.freshness import freshness_of
from reports.overview import NEEDS, figures_of
from reports.shelf import Shelf
from team.access import ADMIN, DIRECTOR, MANAGER, SIGNED_IN, SignedInRequest, access, scope_of
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
        "is_own": scope_of(request.user).is_one_person,
        "may_invite": request.user.has_role(ADMIN),
        "may_add": request.user.has_role(MANAGER, ADMIN, DIRECTOR),
        "freshness": freshness_of(snapshot, Company.get()),
    }
    if snapshot is None:
        return respond(request, "reports/losses_first.html", context)
    figures = figures_of(shelf, snapshot)
    chart, unit = month_columns(figures, Company.get().base_currency, height=64)
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


@require_safe
@access(SIGNED_IN)
def losses_job(request: SignedInRequest) -> HttpResponse:
    """How far the computation is that a loss page waits for; the page asks for this part alone."""
    context = {
        "freshness": freshness_of(None, Company.get()),
        "back": safe_next(request, reverse("losses")),
        "watched": True,
    }
    return respond(request, "reports/_job.html", context)
