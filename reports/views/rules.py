"""The loss rules: what they are, what a change would do, and setting a new version."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid, respond
from reports.asking import ask_for, job_for
from reports.calendar import choices
from reports.catalogue import BadParameter
from reports.definitions.churn import CHURN
from reports.models import Parameters
from reports.parameters import VersionTaken, in_force, set_parameters, values_for, values_of
from reports.report import Run
from reports.rules_form import RulesForm
from reports.snapshots import latest
from team.access import ADMIN, DIRECTOR, SignedInRequest, access
from team.jobs import TooManyJobs
from team.models import Company

PAGE = "reports/rules.html"


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN, DIRECTOR)
def rules(request: SignedInRequest) -> HttpResponse:
    """`?k=2.5…` shows what the rule would give (computed by a job if it is not there yet); a post sets it."""
    version = in_force()
    number = version.version if version else 0
    if request.method == "POST":
        return _set(request, RulesForm(request.POST, values=values_of(version), version=number))
    tried = _tried(request, version, number)
    context = _context(version, tried or RulesForm(values=values_of(version), version=number))
    if tried is not None and tried.is_valid():
        context |= _compared(request, version, tried)
    return respond(request, PAGE, context)


def _tried(request: SignedInRequest, version: Parameters | None, number: int) -> RulesForm | None:
    """The rule that the address names, if it names any part; the other parts are those in force."""
    values = values_of(version)
    named = {name: request.GET[name] for name in CHURN.parameter_names if name in request.GET}
    if not named:
        return None
    whole = {**values, **named, "version": number, "reason": request.GET.get("reason", "")}
    return RulesForm(whole, values=values, version=number)


def _context(version: Parameters | None, form: RulesForm) -> dict[str, Any]:
    return {
        "form": form,
        "version": version,
        "versions": Parameters.objects.select_related("set_by").order_by("-version")[:20],
    }


def _set(request: SignedInRequest, form: RulesForm) -> HttpResponse:
    version = in_force()
    if not form.is_valid():
        return invalid(request, PAGE, _context(version, form))
    try:
        set_parameters(
            form.asked,
            by=request.user,
            reason=form.cleaned_data["reason"],
            expected=form.cleaned_data["version"],
        )
    except BadParameter as error:
        form.add_error("reason", str(error))
        return invalid(request, PAGE, _context(version, form))
    except VersionTaken:
        form.add_error(
            None, _("Somebody changed the rules after you opened this page. Compare again.")
        )
        return invalid(request, PAGE, _context(version, form))
    say(request, _("The rules are set. Figures are computed anew; past months keep their rule."))
    return SeeOther(reverse("rules"))


def _compared(
    request: SignedInRequest, version: Parameters | None, form: RulesForm
) -> dict[str, Any]:
    """Old beside new for the last twelve months; what is missing is asked for and shows when it is there."""
    yesterday = Company.get().today - timedelta(days=1)
    period = choices(yesterday)[0].period
    new_values = values_for(CHURN.parameter_names, form.asked, version=version)
    old = Run(period, yesterday, values_for(CHURN.parameter_names, version=version))
    new = Run(period, yesterday, new_values)
    found = {"old": latest(CHURN, old), "new": latest(CHURN, new)}
    jobs = []
    for name, run in (("old", old), ("new", new)):
        if found[name] is None:
            jobs.append(_asked(request, run))
    return {"compared": found, "jobs": [job for job in jobs if job], "period": period}


def _asked(request: SignedInRequest, run: Run) -> Any:
    known = job_for(CHURN, run)
    if known is not None and known.state in known.LIVE:
        return known
    try:
        return ask_for(CHURN, run, by=request.user)
    except TooManyJobs:
        return None
