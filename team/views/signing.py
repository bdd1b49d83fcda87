"""Signing in and out, the start page, and the answer to a form that was open too long."""

from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib.web import SeeOther, invalid, safe_next
from team.access import ANYONE, SIGNED_IN, SignedInRequest, access
from team.audit import record
from team.devices import note_device
from team.forms.signing import SignInForm
from team.left_behind import remove_all, what_is_left
from team.models import Company
from team.rail import start_page
from team.signing_in import Refused, check_sign_in

REMEMBERED_SECONDS = 14 * 24 * 60 * 60


@require_http_methods(["GET", "HEAD", "POST"])
@access(ANYONE)
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(safe_next(request, "/"))
    form = SignInForm(request.POST or None)
    context = {"form": form, "next": safe_next(request, ""), "company": Company.get().name}
    if request.method != "POST":
        return render(request, "team/sign_in.html", context)
    if not form.is_valid():
        return invalid(request, "team/sign_in.html", context)
    person = check_sign_in(form.cleaned_data["email"], form.cleaned_data["password"])
    if isinstance(person, Refused):
        context["refused"] = _sentence(person)
        return render(request, "team/sign_in.html", context, status=429 if person.minutes else 422)
    login(request, person)
    # 0: until the browser is closed, and 12 hours at most
    request.session.set_expiry(REMEMBERED_SECONDS if form.cleaned_data["remember"] else 0)
    answer = SeeOther(safe_next(request, "/"))
    note_device(request, answer, person)
    return answer


def _sentence(refused: Refused) -> str:
    """The same for a wrong password, an unknown account and one that may not sign in."""
    if refused.minutes:
        wait = ngettext(
            "Too many tries. Wait %(minutes)s minute, or choose a new password.",
            "Too many tries. Wait %(minutes)s minutes, or choose a new password.",
            refused.minutes,
        )
        return wait % {"minutes": refused.minutes}
    if not refused.left:
        return _("Check the keyboard language. No tries left: now a pause of 15 minutes.")
    left = ngettext(
        "Check the keyboard language. %(left)s try left, then a pause of 15 minutes.",
        "Check the keyboard language. %(left)s tries left, then a pause of 15 minutes.",
        refused.left,
    )
    return left % {"left": refused.left}


@require_POST
@access(SIGNED_IN)
def sign_out(request: SignedInRequest) -> HttpResponse:
    """What is left unfinished is asked about first: `left` answers keep or remove."""
    answer = request.POST.get("left", "")
    if answer not in ("keep", "remove") and (left := what_is_left(request.user)):
        context = {"left": left, "company": Company.get().name}
        return render(request, "team/sign_out.html", context)
    if answer == "remove":
        remove_all(request.user)
    record("sign-out", request.user, by=request.user)
    logout(request)
    return SeeOther(reverse("sign-in"))


@require_safe
@access(SIGNED_IN)
def home(request: SignedInRequest) -> HttpResponse:
    return redirect(start_page(request.user))


@access(ANYONE)
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from a page that was open while somebody signed in or out, or from another site."""
    return render(request, "403_csrf.html", status=403)
