"""Acts on a person: teams, absences, leaving and coming back. One small form each."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid
from team.absences import note_absence, remove_absence
from team.access import ADMIN, SignedInRequest, access
from team.departures import deactivate, employed, end_employment, keep_employed
from team.forms.common import refuse
from team.forms.people import AbsenceForm, AbsenceRunForm, LeaveForm, MoveForm, RehireForm
from team.hiring import reactivate, rehire, send_invitation
from team.membership import join_team
from team.models import Company, User
from team.passwords import end_sessions
from team.refusals import Refusal
from team.views.people import page_of, person_or_404

Act = Callable[[dict[str, Any]], str]


def act_page(
    request: HttpRequest, person: User, form: forms.Form, title: str, save: str, act: Act
) -> HttpResponse:
    """A form about one person: shown, then carried out by `act`, which answers what to say."""
    context = {"form": form, "person": person, "title": title, "save": save}
    if request.method != "POST":
        return render(request, "team/person_act.html", context)
    if not form.is_valid():
        return invalid(request, "team/person_act.html", context)
    try:
        done = act(form.cleaned_data)
    except Refusal as refusal:
        refuse(form, refusal)
        return invalid(request, "team/person_act.html", context)
    say(request, done)
    return SeeOther(page_of(person))


def press(
    request: HttpRequest, person: User, act: Callable[[], object], done: str | Promise
) -> HttpResponse:
    """A button about one person."""
    try:
        act()
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        say(request, done)
    return SeeOther(page_of(person))


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN)
def person_move(request: SignedInRequest, user_id: int) -> HttpResponse:
    person = person_or_404(request, user_id)
    start = {"team": person.team_id, "on": Company.get().today}
    form = MoveForm(request.POST or None, initial=start)

    def move(typed: dict[str, Any]) -> str:
        join_team(person, typed["team"], on=typed["on"], by=request.user)
        return _("Team saved.")

    return act_page(request, person, form, _("Change the team"), _("Save team"), move)


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN)
def person_leave(request: SignedInRequest, user_id: int) -> HttpResponse:
    person = person_or_404(request, user_id)
    known = employed(person, Company.get().today)
    moves = known is not None and known.left_on is not None
    start = {
        "last_day": known.left_on if known and known.left_on else Company.get().today,
        "reason": known.leave_reason if known else "",
        "exports_stay": moves and person.exports,
    }
    form = LeaveForm(request.POST or None, initial=start)

    def leave(typed: dict[str, Any]) -> str:
        end_employment(
            person,
            last_day=typed["last_day"],
            reason=typed["reason"],
            sign_in_ends_now=typed["now"],
            exports_end_now=not typed["exports_stay"],
            by=request.user,
        )
        return _("The employment ends. Hand over what %(name)s looks after.") % {"name": person}

    title = _("Change the last day") if moves else _("End the employment")
    return act_page(request, person, form, title, title, leave)


@require_POST
@access(ADMIN)
def person_stay(request: SignedInRequest, user_id: int) -> HttpResponse:
    person = person_or_404(request, user_id)
    by = request.user
    done = _("%(name)s stays.") % {"name": person}
    return press(request, person, lambda: keep_employed(person, by=by), done)


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN)
def person_rehire(request: SignedInRequest, user_id: int) -> HttpResponse:
    person = person_or_404(request, user_id)
    start = {"team": person.team_id, "on": Company.get().today}
    form = RehireForm(request.POST or None, initial=start)

    def take_back(typed: dict[str, Any]) -> str:
        rehire(person, on=typed["on"], team=typed["team"], by=request.user)
        return _("%(name)s works here again.") % {"name": person}

    return act_page(request, person, form, _("Hire again"), _("Hire"), take_back)


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN)
def person_absence(request: SignedInRequest, user_id: int) -> HttpResponse:
    person = person_or_404(request, user_id)
    form = AbsenceForm(request.POST or None)

    def note(typed: dict[str, Any]) -> str:
        days = note_absence(person, **typed, by=request.user)
        said = ngettext("%(days)s working day noted.", "%(days)s working days noted.", days)
        return said % {"days": days}

    return act_page(request, person, form, _("Note an absence"), _("Save absence"), note)


@require_POST
@access(ADMIN)
def person_absence_remove(request: SignedInRequest, user_id: int) -> HttpResponse:
    person = person_or_404(request, user_id)
    form = AbsenceRunForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Which absence? Nothing was changed."))
        return SeeOther(page_of(person))
    by = request.user
    done = _("The absence is taken back.")
    return press(request, person, lambda: remove_absence(person, **form.cleaned_data, by=by), done)


@require_POST
@access(ADMIN)
def person_invite(request: SignedInRequest, user_id: int) -> HttpResponse:
    person = person_or_404(request, user_id)
    by = request.user
    return press(request, person, lambda: send_invitation(person, by=by), _("Invitation sent."))


@require_POST
@access(ADMIN)
def person_sign_out(request: SignedInRequest, user_id: int) -> HttpResponse:
    person = person_or_404(request, user_id)
    by = request.user
    done = _("%(name)s is signed out everywhere.") % {"name": person}
    return press(request, person, lambda: end_sessions(person, by=by), done)


@require_POST
@access(ADMIN)
def person_deactivate(request: SignedInRequest, user_id: int) -> HttpResponse:
    person = person_or_404(request, user_id)
    by = request.user
    done = _("%(name)s may no longer sign in.") % {"name": person}
    return press(request, person, lambda: deactivate(person, by=by), done)


@require_POST
@access(ADMIN)
def person_reactivate(request: SignedInRequest, user_id: int) -> HttpResponse:
    person = person_or_404(request, user_id)
    by = request.user
    done = _("%(name)s may sign in again.") % {"name": person}
    return press(request, person, lambda: reactivate(person, by=by), done)
