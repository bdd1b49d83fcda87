"""Choosing a password by a link sent by mail, and changing it while signed in."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid
from team.access import ANYONE, SIGNED_IN, SignedInRequest, access
from team.forms.signing import ForgottenForm, NewPasswordForm, PasswordChangeForm
from team.links import user_of_link
from team.passwords import ask_reset, choose_password


@require_http_methods(["GET", "HEAD", "POST"])
@access(ANYONE)
def password_reset(request: HttpRequest) -> HttpResponse:
    form = ForgottenForm(request.POST or None)
    if request.method != "POST":
        return render(request, "team/password_reset.html", {"form": form})
    if not form.is_valid():
        return invalid(request, "team/password_reset.html", {"form": form})
    ask_reset(form.cleaned_data["email"])
    return SeeOther(reverse("password-reset-sent"))


@require_safe
@access(ANYONE)
def password_reset_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "team/password_reset_sent.html")


@require_http_methods(["GET", "HEAD", "POST"])
@access(ANYONE)
@sensitive_post_parameters("password")
def password_new(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link of a mail leads. A spent link and a forged one look the same."""
    person = user_of_link(token)
    if person is None:
        return render(request, "team/password_link_spent.html", status=410)
    form = NewPasswordForm(request.POST or None, person=person)
    context = {"form": form, "person": person}
    if request.method != "POST":
        return render(request, "team/password_new.html", context)
    if not form.is_valid():
        return invalid(request, "team/password_new.html", context)
    choose_password(person, form.cleaned_data["password"])
    messages.success(request, _("Password saved. Sign in with it."))
    return SeeOther(reverse("sign-in"))


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
@sensitive_post_parameters("present", "password")
def password_change(request: SignedInRequest) -> HttpResponse:
    """Changing the password ends the person's other sessions; this one goes on under a new id."""
    person = request.user
    form = PasswordChangeForm(request.POST or None, person=person)
    if request.method != "POST":
        return render(request, "team/password_change.html", {"form": form})
    if not form.is_valid():
        return invalid(request, "team/password_change.html", {"form": form})
    choose_password(person, form.cleaned_data["password"])
    update_session_auth_hash(request, person)
    say(request, _("Password changed. Your other sessions have ended."))
    return SeeOther(reverse("profile"))
