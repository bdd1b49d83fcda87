"""Signed in by default, in the person's language and zone, and everything recorded as theirs."""

import zoneinfo
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import timezone, translation

from crm.lib.web import own_address
from team.access import ANYONE
from team.audit import Actor, acting
from team.models import Company, User
from team.reading import ReadTooMuch
from team.watching import note_answer

Handler = Callable[[HttpRequest], HttpResponse]


def signed_in_by_default(get_response: Handler) -> Handler:
    """Only views declared for `ANYONE` answer people who are not signed in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated and not _is_open(request):
            return _ask_to_sign_in(request)
        return get_response(request)

    return middleware


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """Afterwards the person is back where they were; a part of a page takes its page along."""
    htmx: Any = getattr(request, "htmx", None)
    here = request.get_full_path() if request.method in ("GET", "HEAD") else _page_before(request)
    if not htmx:
        return redirect_to_login(here)
    answer = HttpResponse(status=204)
    answer["HX-Redirect"] = redirect_to_login(htmx.current_url_abs_path or "/").url
    return answer


def _page_before(request: HttpRequest) -> str:
    """The page a form was sent from, if it is one of ours."""
    return own_address(request, request.headers.get("Referer", "")) or "/"


def _is_open(request: HttpRequest) -> bool:
    try:
        view = resolve(request.path_info).func
    except Resolver404:
        return False
    return ANYONE in getattr(view, "access", ())


def acting_user(get_response: Handler) -> Handler:
    """Language and zone from the profile, and the actor of every audit entry of this request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user if request.user.is_authenticated else None
        if user is not None:
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        actor = Actor(
            user=user,
            name=user.name if user else "nobody",
            request_id=getattr(request, "request_id", ""),
            address=client_address(request),
        )
        try:
            with acting(actor), Company.read_once():
                if user is not None:
                    timezone.activate(_zone_of(user))
                response = get_response(request)
                note_answer(request, response.status_code)
                return response
        finally:
            timezone.deactivate()

    return middleware


def _zone_of(user: User) -> zoneinfo.ZoneInfo:
    """The reader's own, else the company's: times are shown in it, and typed in it."""
    return zoneinfo.ZoneInfo(user.time_zone) if user.time_zone else Company.get().zone


def slow_down(get_response: Handler) -> Handler:
    """429 where somebody opens more customers than anybody may."""

    def answer_too_much(request: HttpRequest, error: Exception) -> HttpResponse | None:
        return render(request, "429.html", status=429) if isinstance(error, ReadTooMuch) else None

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    middleware.process_exception = answer_too_much  # type: ignore[attr-defined]
    return middleware


def client_address(request: HttpRequest) -> str:
    """The address of the caller; the proxy's word counts only where one is configured."""
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
        if forwarded:
            return forwarded.rsplit(",", 1)[-1].strip()[:45]
    return request.META.get("REMOTE_ADDR", "")[:45]
