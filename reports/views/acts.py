"""What people do about the rows of a report: plan steps for them, hand them on, take that back."""

import uuid
from datetime import date

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.lib.notices import say
from crm.lib.web import SeeOther, safe_next
from reports.acting import (
    NotAllowed,
    NotThere,
    Ticked,
    TooLate,
    hand_on,
    plan_tasks,
    undo_act,
)
from reports.models import Act
from reports.screens.screen import Opened
from reports.screens.tables import list_of, rows_of
from reports.views.pages import open_report, wanted
from team.access import SignedInRequest, visible_or_404
from team.models import Company, User


def plan_steps(request: SignedInRequest, slug: str) -> HttpResponse:
    """A step for each ticked row of the list that the address has open, or another owner (`do=hand`)."""
    back = safe_next(request, wanted(slug).address)
    opened = open_report(request, slug)
    ids = _whole_numbers(request.POST.getlist("row"))
    if opened is None or not list_of(opened)[0].act:
        say(request, _("This cannot be planned here."))
    elif not ids:
        say(request, _("Tick the rows first."))
    else:
        _act(request, opened, ids)
    return SeeOther(back)


def _act(request: SignedInRequest, opened: Opened, ids: list[int]) -> None:
    ticked = _ticked(opened, ids)
    try:
        act = _hand(request, ticked) if request.POST.get("do") == "hand" else _plan(request, ticked)
    except NotThere as error:
        say(
            request,
            _("%(missing)s of %(all)s not found. Nothing was done.")
            % {"missing": error.missing, "all": len(ids)},
        )
        return
    except NotAllowed:
        say(request, _("You may hand rows to people you lead, and to yourself. Nothing was done."))
        return
    if act is not None and act.undone_at is not None:
        say(request, _("This was done and taken back. Load the page again to do it once more."))
    elif act is not None:
        undo = f"{reverse(f'{opened.screen.slug}-unplan')}?{urlencode({'act': act.pk})}"
        say(request, _done(act, len(set(ids))), undo=undo)


def _ticked(opened: Opened, ids: list[int]) -> Ticked:
    rows = rows_of(opened)
    kinds = rows.order_by().values_list("subject_type", flat=True).distinct()
    return Ticked(opened.snapshot, list_of(opened)[0].key, rows, next(iter(kinds), ""), tuple(ids))


def _plan(request: SignedInRequest, ticked: Ticked) -> Act | None:
    on = _day(request.POST.get("due_on", ""))
    if on is None or on < Company.get().today:
        say(request, _("This day has passed. Choose today or later."))
        return None
    to = _colleague(request)
    return plan_tasks(ticked, on, by=request.user, client_ref=_ref(request), to=to)


def _hand(request: SignedInRequest, ticked: Ticked) -> Act | None:
    to = _colleague(request)
    if to is None:
        say(request, _("Choose who gets them first."))
        return None
    return hand_on(ticked, to, by=request.user, client_ref=_ref(request))


def _colleague(request: SignedInRequest) -> User | None:
    chosen = _whole_numbers([request.POST.get("to", "")])
    return User.visible_to(request.user).filter(pk__in=chosen).first()


def _done(act: Act, count: int) -> str:
    if act.kind == Act.Kind.ASSIGN:
        told = ngettext("%(n)s handed to %(name)s.", "%(n)s handed to %(name)s.", count)
        return told % {"n": count, "name": act.to}
    return ngettext("%(n)s step planned.", "%(n)s steps planned.", count) % {"n": count}


def unplan_steps(request: SignedInRequest, slug: str) -> HttpResponse:
    """Take one's own act back; an address that names none leads back to the page."""
    number = next(iter(_whole_numbers([request.GET.get("act", "")])), 0)
    if not number:
        return SeeOther(safe_next(request, wanted(slug).address))
    act = visible_or_404(Act, request.user, pk=number, by=request.user)
    try:
        undo_act(act, by=request.user)
        say(request, _("It was taken back; what somebody has done since stays."))
    except TooLate:
        say(request, _("This can be taken back for 24 hours only. Hand them on again instead."))
    return SeeOther(safe_next(request, wanted(slug).address))


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
