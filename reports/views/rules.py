"""The loss rules: what they are, what a change would do, and setting a new version."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.lib.notices import say
from crm.lib.periods import Period
from crm.lib.web import SeeOther, invalid, respond
from reports.asking import ask_for, job_for
from reports.models import Parameters, Snapshot
from reports.reading.hiding import hides_rows
from reports.report import Report, Run
from reports.rules.catalogue import BadParameter
from reports.rules.form import RulesForm, ruled_reports
from reports.rules.parameters import VersionTaken, in_force, set_parameters, values_for, values_of
from reports.showing import standard_period
from reports.snapshots.horizons import horizons
from reports.snapshots.taking import latest
from team.access import ADMIN, DIRECTOR, SignedInRequest, access
from team.jobs import TooManyJobs
from team.models import Company

PAGE = "reports/rules.html"


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN, DIRECTOR)
def rules(request: SignedInRequest) -> HttpResponse:
    """The rules of one report (`?report=churn`). `&k=2.5…` shows what a rule would give (computed by a job if
    it is not there yet); a post sets it.
    """
    version, report = in_force(), _report(request)
    number = version.version if version else 0
    about: dict[str, Any] = {"report": report, "values": values_of(version), "version": number}
    if request.method == "POST":
        return _set(request, report, RulesForm(request.POST, **about))
    tried = _tried(request, about)
    context = _context(report, version, tried or RulesForm(**about))
    if tried is not None and tried.is_valid():
        context |= _compared(request, report, version, tried)
    return respond(request, PAGE, context)


def _report(request: SignedInRequest) -> Report:
    asked = request.GET.get("report") or request.POST.get("report")
    offered = ruled_reports()
    return next((one for one in offered if one.slug == asked), offered[0])


def _tried(request: SignedInRequest, about: dict[str, Any]) -> RulesForm | None:
    """The rule that the address names, if it names any part; the other parts are those in force."""
    names = about["report"].parameter_names
    named = {name: request.GET[name] for name in names if name in request.GET}
    if not named:
        return None
    stands = {name: _as_typed(value) for name, value in about["values"].items()}
    told = {"version": about["version"], "reason": request.GET.get("reason", "")}
    return RulesForm({**stands, **named, **told}, trying=True, **about)


def _as_typed(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _context(report: Report, version: Parameters | None, form: RulesForm) -> dict[str, Any]:
    return {
        "form": form,
        "report": report,
        "reports": ruled_reports(),
        "version": version,
        "versions": Parameters.objects.select_related("set_by").order_by("-version")[:20],
    }


def _set(request: SignedInRequest, report: Report, form: RulesForm) -> HttpResponse:
    version = in_force()
    if not form.is_valid():
        return invalid(request, PAGE, _context(report, version, form))
    try:
        set_parameters(
            form.asked,
            by=request.user,
            reason=form.cleaned_data["reason"],
            expected=form.cleaned_data["version"],
        )
    except BadParameter as error:
        form.add_error("reason", str(error))
        return invalid(request, PAGE, _context(report, version, form))
    except VersionTaken:
        form.add_error(
            None, _("Somebody changed the rules after you opened this page. Compare again.")
        )
        return invalid(request, PAGE, _context(report, version, form))
    say(request, _("The rules are set. Figures are computed anew; past months keep their rule."))
    return SeeOther(f"{reverse('rules')}?{urlencode({'report': report.slug})}")


def _compared(
    request: SignedInRequest, report: Report, version: Parameters | None, form: RulesForm
) -> dict[str, Any]:
    """Old beside new of the period that the report's page opens with; what is missing is asked for."""
    yesterday = Company.get().today - timedelta(days=1)
    period = _period(report, yesterday)
    new_values = values_for(report.parameter_names, form.asked, version=version)
    old = Run(period, yesterday, values_for(report.parameter_names, version=version))
    new = Run(period, yesterday, new_values)
    found = {"old": latest(report, old), "new": latest(report, new)}
    missing = [run for name, run in (("old", old), ("new", new)) if found[name] is None]
    jobs = [job for run in missing if (job := _asked(request, report, run)) is not None]
    with_money = not hides_rows(report, request.user)
    rows = [] if missing else list(_figures(report, found["old"], found["new"], with_money))
    return {"compared": rows, "jobs": jobs, "is_waiting": bool(missing), "period": period}


def _period(report: Report, yesterday: date) -> Period:
    """The one that its page opens with, for a forecast the rest of the quarter."""
    if report.looks_ahead:
        return horizons(yesterday)["quarter"]
    return standard_period(report, "", yesterday)


def _figures(
    report: Report, old: Snapshot | None, new: Snapshot | None, with_money: bool
) -> Iterator[dict[str, Any]]:
    """Count and money of each list that has them, old and new. Rules that differ in whom they count would tell
    by their sums what one person is paid.
    """
    for list_ in report.lists:
        sides = [one.headline for one in (old, new) if one is not None]
        yield {
            "label": list_.label,
            "counts": [side.get(list_.count) for side in sides] if list_.count else [],
            "money": [side.get(list_.money) for side in sides]
            if list_.money and with_money
            else [],
        }


def _asked(request: SignedInRequest, report: Report, run: Run) -> Any:
    known = job_for(report, run)
    if known is not None and known.state in known.LIVE:
        return known
    try:
        return ask_for(report, run, by=request.user)
    except TooManyJobs:
        return None
