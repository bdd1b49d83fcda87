"""Wages over time, for directors alone."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.lib.periods import month_start
from team.access import DIRECTOR, SignedInRequest, access
from team.forms.people import WageForm
from team.models import Company, Wage
from team.views.people import person_or_404
from team.views.person_acts import act_page, press
from team.wages import remove_wage, set_wage


@require_http_methods(["GET", "HEAD", "POST"])
@access(DIRECTOR)
def person_wage(request: SignedInRequest, user_id: int) -> HttpResponse:
    person = person_or_404(request, user_id)
    form = WageForm(request.POST or None, initial={"from_on": month_start(Company.get().today)})

    def keep(typed: dict[str, Any]) -> str:
        set_wage(person, **typed, by=request.user)
        return _("Wage saved.")

    return act_page(request, person, form, _("Set the wage"), _("Save wage"), keep)


@require_POST
@access(DIRECTOR)
def person_wage_remove(request: SignedInRequest, user_id: int, wage_id: int) -> HttpResponse:
    person = person_or_404(request, user_id)
    wage = get_object_or_404(Wage, pk=wage_id, user=person)
    by = request.user
    return press(request, person, lambda: remove_wage(wage, by=by), _("Wage removed."))
