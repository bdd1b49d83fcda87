"""How a figure is computed: the formula with today's numbers, each step with its list, the rule and its author."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from crm.lib import formatting
from crm.lib.web import SeeOther, respond
from reports.catalogue import Parameter
from reports.confidence import confidence_in
from reports.definitions.calibration import CALIBRATION, TRIED
from reports.definitions.churn import CHURN
from reports.filters import as_query, filters_of
from reports.overview import figures_of
from reports.report import Run
from reports.shelf import Shelf
from reports.snapshots import run_of
from team.access import ADMIN, DIRECTOR, MANAGER, SIGNED_IN, SignedInRequest, access, scope_of

CHOICES = {"rule": _("by silence beyond its own rhythm")}


@require_safe
@access(SIGNED_IN)
def churn_how(request: SignedInRequest) -> HttpResponse:
    filters = filters_of(request, request.user)
    shelf = Shelf(request.user, [CHURN, CALIBRATION], filters.team_ids)
    snapshot = shelf.newest(CHURN, filters.choice.key)
    if snapshot is None:
        return SeeOther(reverse("churn"))
    run = run_of(snapshot)
    context: dict[str, Any] = {
        "filters": filters,
        "snapshot": snapshot,
        "figures": figures_of(shelf, snapshot),
        "run": run,
        "settings": _settings(run),
        "parameters": shelf.parameters,
        "confidence": confidence_in(snapshot),
        "calibration": _calibration(request, shelf, str(run.values["k"].normalize())),
        "may_change": request.user.has_role(ADMIN, DIRECTOR),
        "can_export": request.user.has_role(MANAGER, ADMIN, DIRECTOR),
        "churn_url": f"{reverse('churn')}?{urlencode(as_query(filters))}",
    }
    return respond(request, "reports/churn_how.html", context)


def _settings(run: Run) -> list[tuple[Any, str, Any]]:
    """Label, value in words and sentence of each parameter of the rule."""
    return [
        (parameter.label, _in_words(parameter, run.values[parameter.name]), parameter.sentence)
        for parameter in CHURN.parameters
    ]


def _in_words(parameter: Parameter, value: Any) -> str:
    """With its unit: 30 days; a share in percent; a choice by its sentence."""
    if parameter.kind == "choice":
        return str(CHOICES.get(value, value))
    if parameter.kind == "share":
        return formatting.percent(value)
    if parameter.name.endswith("_days"):
        return ngettext("%(days)s day", "%(days)s days", value) % {"days": formatting.number(value)}
    return formatting.axis_numbers([value])[0]


def _calibration(request: SignedInRequest, shelf: Shelf, k: str) -> dict[str, Any] | None:
    """How often the rule erred at the k in force; it tells of the whole company, so only to who sees it."""
    snapshot = shelf.last(CALIBRATION)
    if snapshot is None or k not in TRIED or not scope_of(request.user).all:
        return None
    told: dict[str, Any] = snapshot.headline[k]
    return told if told["called"] else None
