"""Answering the alert that somebody opens far more customers than they used to."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crm.lib.notices import say
from crm.lib.web import SeeOther, safe_next
from team.access import ADMIN, DIRECTOR, MANAGER, SignedInRequest, access
from team.habit_alerts import settle_alerts
from team.views.people import page_of, person_or_404


@require_POST
@access(MANAGER, ADMIN, DIRECTOR)
def person_alert_settle(request: SignedInRequest, user_id: int) -> HttpResponse:
    person = person_or_404(request, user_id)
    if settle_alerts(person, by=request.user):
        say(request, _("Noted: you looked into it. The audit log keeps the alert."))
    return SeeOther(safe_next(request, page_of(person)))
