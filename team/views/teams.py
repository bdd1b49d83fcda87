"""The tree of teams."""

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid
from team.access import ADMIN, DIRECTOR, MANAGER, SignedInRequest, access
from team.conflicts import conflict
from team.forms.common import refuse
from team.forms.people import TeamForm
from team.habit_alerts import open_alerts
from team.history import history_of
from team.leaving import leavers_told_to
from team.models import Team
from team.records import VersionConflict
from team.refusals import Refusal
from team.teams import add_team, change_team, close_team, in_tree_order, reopen_team


@require_safe
@access(MANAGER, ADMIN, DIRECTOR)
def team_list(request: SignedInRequest) -> HttpResponse:
    people = Count("people", filter=Q(people__is_active=True))
    teams = Team.visible_to(request.user).select_related("manager")
    context = {
        "teams": in_tree_order(teams.annotate(size=people)),
        "alerts": open_alerts(request.user),
        "leavers": leavers_told_to(request.user),
    }
    return render(request, "team/team_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN)
def team_new(request: SignedInRequest) -> HttpResponse:
    viewer = request.user
    form = TeamForm(request.POST or None, viewer=viewer)
    if request.method != "POST":
        return render(request, "team/team_form.html", {"form": form})
    if not form.is_valid():
        if form.made_before():
            return SeeOther(reverse("team-list"))
        return invalid(request, "team/team_form.html", {"form": form})
    new = Team(client_ref=form.cleaned_data["client_ref"], **form.typed)
    try:
        _team, made = add_team(new, by=viewer)
    except Refusal as refusal:
        refuse(form, refusal)
        return invalid(request, "team/team_form.html", {"form": form})
    if made:
        say(request, _("Team saved."))
    return SeeOther(reverse("team-list"))


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN)
def team_edit(request: SignedInRequest, team_id: int) -> HttpResponse:
    viewer = request.user
    team = get_object_or_404(Team.visible_to(viewer), pk=team_id)
    form = TeamForm(request.POST or None, instance=team, viewer=viewer)
    context = {"form": form, "team": team, "events": history_of(team, viewer)}
    if request.method != "POST":
        return render(request, "team/team_form.html", context)
    if not form.is_valid():
        return invalid(request, "team/team_form.html", context)
    try:
        change_team(team, form.typed, by=viewer, version=form.cleaned_data["version"])
    except VersionConflict as error:
        return conflict(request, form, error.current)
    except Refusal as refusal:
        refuse(form, refusal)
        return invalid(request, "team/team_form.html", context)
    say(request, _("Team saved."))
    return SeeOther(reverse("team-list"))


@require_POST
@access(ADMIN)
def team_close(request: SignedInRequest, team_id: int) -> HttpResponse:
    team = get_object_or_404(Team, pk=team_id)
    try:
        close_team(team, by=request.user)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return SeeOther(reverse("team-list"))
    say(
        request,
        _("%(team)s is closed.") % {"team": team},
        undo=reverse("team-reopen", args=[team.pk]),
    )
    return SeeOther(reverse("team-list"))


@require_POST
@access(ADMIN)
def team_reopen(request: SignedInRequest, team_id: int) -> HttpResponse:
    team = get_object_or_404(Team, pk=team_id)
    reopen_team(team, by=request.user)
    say(request, _("%(team)s is open again.") % {"team": team})
    return SeeOther(reverse("team-list"))
