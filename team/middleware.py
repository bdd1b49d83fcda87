"""Signed in by default, in the person's language and zone, and everything recorded as theirs."""

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone, translation

from team.access import ANYONE
from team.audit import Actor, acting

Handler = Callable[[HttpRequest], HttpResponse]


def signed_in_by_default(get_response: Handler) -> Handler:
    """Only views declared for `ANYONE` answer people who are not signed in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated and not _is_open(request):
            return redirect_to_login(request.get_full_path())
        return get_response(request)

    return middleware


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
        if user is not None and user.time_zone:
            timezone.activate(zoneinfo.ZoneInfo(user.time_zone))
        actor = Actor(
            user=user,
            name=user.name if user else "nobody",
            request_id=getattr(request, "request_id", ""),
            address=client_address(request),
        )
        try:
            with acting(actor):
                return get_response(request)
        finally:
            timezone.deactivate()

    return middleware


def client_address(request: HttpRequest) -> str:
    """The address of the caller; the proxy's word counts only where one is configured."""
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
        if forwarded:
            return forwarded.rsplit(",", 1)[-1].strip()[:45]
    return request.META.get("REMOTE_ADDR", "")[:45]
