"""Settings of the company, and its holidays."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid
from team.access import ADMIN, SignedInRequest, access
from team.company import add_holiday, change_company, remove_holiday
from team.conflicts import conflict
from team.forms.common import refuse
from team.forms.company import CompanyForm, HolidayForm, since_when
from team.models import Company, Holiday
from team.records import VersionConflict
from team.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN)
def company_settings(request: SignedInRequest) -> HttpResponse:
    company = Company.get()
    form = CompanyForm(request.POST or None, instance=company)
    if request.method != "POST":
        return render(request, "team/company.html", _context(form, HolidayForm()))
    if not form.is_valid():
        return invalid(request, "team/company.html", _context(form, HolidayForm()))
    version = form.cleaned_data["version"]
    try:
        change_company(company, form.typed, by=request.user, version=version)
    except VersionConflict as error:
        return conflict(request, form, error.current)
    say(request, _("Settings saved."))
    return SeeOther(reverse("company-settings"))


@require_POST
@access(ADMIN)
def company_holiday_new(request: SignedInRequest) -> HttpResponse:
    form = HolidayForm(request.POST)
    if form.is_valid():
        try:
            add_holiday(form.save(commit=False), by=request.user)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            say(request, f"{_('Holiday saved.')} {since_when()}")
    if form.is_valid() or form.stands_already:
        return SeeOther(reverse("company-settings"))
    page = _context(CompanyForm(instance=Company.get()), form)
    return invalid(request, "team/company.html", page)


@require_POST
@access(ADMIN)
def company_holiday_remove(request: SignedInRequest, holiday_id: int) -> HttpResponse:
    holiday = get_object_or_404(Holiday.live(), pk=holiday_id)
    remove_holiday(holiday, by=request.user)
    told = _("%(day)s is a working day again.") % {"day": holiday}
    say(request, f"{told} {since_when()}")
    return SeeOther(reverse("company-settings"))


def _context(form: CompanyForm, holiday_form: HolidayForm) -> dict[str, object]:
    return {
        "form": form,
        "holiday_form": holiday_form,
        "holidays": Holiday.live().order_by("-on"),
        "today": Company.get().today,
    }
