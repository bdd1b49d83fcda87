"""What people do on the pages of the reports: compute anew, plan calls, take that back."""

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
from reports.planning_tasks import ACTS, NotThere, plan, unplan
from reports.screens import screen_of
from reports.showing import run_for
from reports.views.pages import wanted
from team.access import SIGNED_IN, SignedInRequest, access
from team.jobs import TooManyJobs
from team.models import Company

# What the losses page itself asks for.
FIRST = "churn"


@require_POST
@access(SIGNED_IN)
def compute(request: SignedInRequest) -> HttpResponse:
    """Ask for the figures of a report in the chosen period; the same request answers the one under way."""
    yesterday = Company.get().today - timedelta(days=1)
    offered = choices(yesterday)
    chosen = next((one for one in offered if one.key == request.POST.get("period")), offered[0])
    screen = screen_of(request.POST.get("report", "")) or wanted(FIRST)
    try:
        for report in screen.computed or (screen.report,):
            ask_for(report, run_for(report, chosen.period, yesterday), by=request.user)
        say(request, _("The figures are being computed. The old ones stay until then."))
    except TooManyJobs:
        say(request, _("Two of your computations are under way already. Wait for the first."))
    return SeeOther(safe_next(request, reverse("losses")))


def plan_steps(request: SignedInRequest, slug: str) -> HttpResponse:
    """A call for each ticked row, on one day."""
    back = safe_next(request, wanted(slug).address)
    ids, on, ref = _ticked(request), _day(request.POST.get("due_on", "")), _ref(request)
    act = request.POST.get("act") or "calls"
    today = Company.get().today
    if act not in ACTS:
        say(request, _("This cannot be planned here."))
    elif not ids:
        say(request, str(ACTS[act].nothing))
    elif on is None or on < today:
        say(request, _("This day has passed. Choose today or later."))
    else:
        _plan(request, slug, act, ids, on, ref)
    return SeeOther(back)


def _plan(
    request: SignedInRequest, slug: str, act: str, ids: list[int], on: date, ref: uuid.UUID
) -> None:
    try:
        planned = plan(act, ids, on, by=request.user, client_ref=ref)
    except NotThere as error:
        say(request, ACTS[act].missing % {"missing": error.missing, "all": len(ids)})
        return
    query = urlencode([("ref", str(ref)), *(("row", str(pk)) for pk in ids)])
    say(
        request,
        ngettext("%(n)s call planned.", "%(n)s calls planned.", len(planned)) % {"n": len(planned)},
        undo=f"{reverse(f'{slug}-unplan')}?{query}",
    )


def unplan_steps(request: SignedInRequest, slug: str) -> HttpResponse:
    back = wanted(slug).address
    try:
        ref = uuid.UUID(request.GET.get("ref", ""))
    except ValueError:
        return SeeOther(back)
    unplan(ref, _whole_numbers(request.GET.getlist("row")), by=request.user)
    say(request, _("The planned calls were taken back."))
    return SeeOther(safe_next(request, back))


def _ticked(request: SignedInRequest) -> list[int]:
    return _whole_numbers(request.POST.getlist("row") or request.POST.getlist("customer"))


def _whole_numbers(values: list[str]) -> list[int]:
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
