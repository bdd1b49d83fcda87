"""One's own profile: language, zone, looks, e-mail, sessions."""

from typing import Any

from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid, safe_next
from team.access import SIGNED_IN, SignedInRequest, access
from team.conflicts import conflict
from team.forms.common import refuse
from team.forms.signing import EmailChangeForm, PreferencesForm, ProfileForm
from team.habits import HABIT_DAYS, habits_of
from team.models import User
from team.passwords import change_email, end_sessions
from team.preferences import prefer
from team.records import VersionConflict
from team.refusals import Refusal
from team.views.language import keep_language


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def profile(request: SignedInRequest) -> HttpResponse:
    person = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=person, viewer=person)
    context: dict[str, Any] = {"form": form, "person": person, "habit_days": HABIT_DAYS}
    if request.method != "POST":
        # what is counted about somebody they read themselves, in the same form
        return render(
            request, "team/profile.html", context | {"habits": list(habits_of(person.pk))}
        )
    if not form.is_valid():
        return invalid(request, "team/profile.html", context)
    try:
        form.change(person)
    except VersionConflict as error:
        return conflict(request, form, error.current)
    language = form.cleaned_data["language"]
    # it is read on a page that speaks that one
    with override(language):
        say(request, _("Profile saved."))
    response = SeeOther(reverse("profile"))
    keep_language(response, language)
    return response


@require_POST
@access(SIGNED_IN)
def preferences(request: SignedInRequest) -> HttpResponse:
    """The quick switches of the menu; what is no choice is left as it was."""
    form = PreferencesForm(request.POST)
    response = SeeOther(safe_next(request, "/"))
    if form.is_valid() and form.chosen:
        prefer(request.user, form.chosen)
        if "language" in form.chosen:
            keep_language(response, form.chosen["language"])
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
@sensitive_post_parameters("present")
def email_change(request: SignedInRequest) -> HttpResponse:
    person = User.objects.get(pk=request.user.pk)
    form = EmailChangeForm(request.POST or None, person=person)
    if request.method != "POST":
        return render(request, "team/email_change.html", {"form": form})
    if not form.is_valid():
        return invalid(request, "team/email_change.html", {"form": form})
    try:
        change_email(person, form.cleaned_data["email"])
    except Refusal as refusal:
        refuse(form, refusal)
        return invalid(request, "team/email_change.html", {"form": form})
    say(
        request,
        _("From now on you sign in with %(email)s.") % {"email": form.cleaned_data["email"]},
    )
    return SeeOther(reverse("profile"))


@require_POST
@access(SIGNED_IN)
def sessions_end(request: SignedInRequest) -> HttpResponse:
    """End the person's sessions on all other devices."""
    person = request.user
    end_sessions(person, by=person)
    update_session_auth_hash(request, person)
    say(request, _("You are signed out on all other devices."))
    return SeeOther(reverse("profile"))
