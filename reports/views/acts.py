"""What people do on the loss pages: compute anew, plan calls, take that back."""

import uuid
from datetime import date, timedelta

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from crm.lib.notices import say
from crm.lib.web import SeeOther, safe_next
from reports.asking import ask_for
from reports.calendar import choices
from reports.definitions.churn import CHURN
from reports.definitions.cohorts import COHORTS
from reports.planning_calls import NotThere, plan_calls, unplan_calls
from reports.showing import run_for
from team.access import SIGNED_IN, SignedInRequest, access
from team.jobs import TooManyJobs
from team.models import Company


@require_POST
@access(SIGNED_IN)
def compute(request: SignedInRequest) -> HttpResponse:
    """Ask for the figures of the chosen period; the same request answers the one under way."""
    yesterday = Company.get().today - timedelta(days=1)
    offered = choices(yesterday)
    chosen = next((one for one in offered if one.key == request.POST.get("period")), offered[0])
    try:
        for report in (CHURN, COHORTS):
            ask_for(report, run_for(report, chosen.period, yesterday), by=request.user)
        say(request, _("The figures are being computed. The old ones stay until then."))
    except TooManyJobs:
        say(request, _("Two of your computations are under way already. Wait for the first."))
    return SeeOther(safe_next(request, reverse("losses")))


@require_POST
@access(SIGNED_IN)
def plan(request: SignedInRequest) -> HttpResponse:
    """A call for each ticked customer, on one day."""
    back = safe_next(request, reverse("churn"))
    ids, on, ref = _ticked(request), _day(request.POST.get("due_on", "")), _ref(request)
    today = Company.get().today
    if not ids:
        say(request, _("Tick the customers to call first."))
    elif on is None or on < today:
        say(request, _("This day has passed. Choose today or later."))
    else:
        _plan(request, ids, on, ref)
    return SeeOther(back)


def _plan(request: SignedInRequest, ids: list[int], on: date, ref: uuid.UUID) -> None:
    try:
        planned = plan_calls(ids, on, by=request.user, client_ref=ref)
    except NotThere as error:
        say(
            request,
            _("%(missing)s of %(all)s customers not found. Nothing was planned.")
            % {"missing": error.missing, "all": len(ids)},
        )
        return
    query = urlencode([("ref", str(ref)), *(("customer", str(pk)) for pk in ids)])
    say(
        request,
        ngettext("%(n)s call planned.", "%(n)s calls planned.", len(planned)) % {"n": len(planned)},
        undo=f"{reverse('churn-unplan')}?{query}",
    )


@require_POST
@access(SIGNED_IN)
def unplan(request: SignedInRequest) -> HttpResponse:
    values = request.GET.getlist("customer")
    ids = [int(v) for v in values if v.isascii() and v.isdigit() and len(v) < 19]
    try:
        ref = uuid.UUID(request.GET.get("ref", ""))
    except ValueError:
        return SeeOther(reverse("churn"))
    unplan_calls(ref, ids, by=request.user)
    say(request, _("The planned calls were taken back."))
    return SeeOther(safe_next(request, reverse("churn")))


def _ticked(request: SignedInRequest) -> list[int]:
    values = request.POST.getlist("customer")
    return [int(v) for v in values if v.isascii() and v.isdigit() and len(v) < 19]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _ref(request: SignedInRequest) -> uuid.UUID:
    """The form's own reference; without one every post is a new request."""
    try:
        return uuid.UUID(request.POST.get("client_ref", ""))
    except ValueError:
        return uuid.uuid4()
