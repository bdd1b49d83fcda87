"""Targets of the losses, a year at a time."""

from datetime import date

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from crm.lib.notices import say
from crm.lib.periods import Period
from crm.lib.web import SeeOther, invalid, respond
from reports.rules.targets import TargetsTaken, set_targets, targets_in
from reports.rules.targets_form import COLUMNS, TargetsForm
from team.access import ADMIN, DIRECTOR, SignedInRequest, access
from team.models import Company

PAGE = "reports/targets.html"
# Years around the present that can be planned.
BACK, AHEAD = 3, 2


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN, DIRECTOR)
def targets(request: SignedInRequest) -> HttpResponse:
    years = _years()
    year = _year(request, years)
    known = targets_in(COLUMNS, Period(date(year, 1, 1), date(year, 12, 31)))
    form = TargetsForm(request.POST if request.method == "POST" else None, year=year, known=known)
    context = {"form": form, "year": year, "years": years, "heads": list(COLUMNS.values())}
    if request.method != "POST":
        return respond(request, PAGE, context)
    if not form.is_valid():
        return invalid(request, PAGE, context)
    cells = form.cells
    try:
        changed = set_targets(
            cells, by=request.user, seen={cell: form.seen(cell) for cell in cells}
        )
    except TargetsTaken as error:
        form.refuse(error.cells)
        return invalid(request, PAGE, context)
    say(request, ngettext("%(n)s target saved.", "%(n)s targets saved.", changed) % {"n": changed})
    return SeeOther(f"{reverse('targets')}?{urlencode({'year': year})}")


def _years() -> list[int]:
    now = Company.get().today.year
    return list(range(now - BACK, now + AHEAD + 1))


def _year(request: SignedInRequest, years: list[int]) -> int:
    asked = request.GET.get("year", "")
    return next((year for year in years if str(year) == asked), Company.get().today.year)
