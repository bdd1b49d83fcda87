"""The language of pages: the profile's while signed in, a cookie's before and after."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from crm.lib.web import SeeOther, safe_next
from team.access import ANYONE, access
from team.forms.signing import PreferencesForm

A_YEAR = 365 * 24 * 60 * 60


@require_POST
@access(ANYONE)
def language(request: HttpRequest) -> HttpResponse:
    """The choice on the sign-in page; what is no language changes nothing."""
    form = PreferencesForm(request.POST)
    response = SeeOther(safe_next(request, "/"))
    if form.is_valid() and form.cleaned_data["language"]:
        keep_language(response, form.cleaned_data["language"])
    return response


def keep_language(response: HttpResponse, code: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=A_YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
