"""How views answer."""

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme


class SeeOther(HttpResponseRedirect):
    """303: the act is done, look there; reloading never repeats it."""

    status_code = 303


def leave_for(request: HttpRequest, url: str) -> HttpResponse:
    """303 to another page; a form that htmx sent would put that page where it stands, so the browser goes there."""
    if not getattr(request, "htmx", None):
        return SeeOther(url)
    response = HttpResponse(status=204)
    response["HX-Redirect"] = url
    return response


def respond(
    request: HttpRequest,
    page: str,
    context: dict[str, Any],
    *,
    fragment: str | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, or its `fragment` when htmx asks for a part of it at the same address."""
    htmx: Any = getattr(request, "htmx", None)
    partial = fragment is not None and bool(htmx) and not htmx.boosted
    template = fragment if partial and fragment else page
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def invalid(
    request: HttpRequest, page: str, context: dict[str, Any], *, fragment: str | None = None
) -> HttpResponse:
    """The form again, with its errors and the typed text (422)."""
    return respond(request, page, context, fragment=fragment, status=422)


def typed(request: HttpRequest, name: str = "q") -> str:
    """What was typed into a search box: one line of at most 100 characters, without NUL, which no database stores."""
    text = request.GET.get(name, "").replace("\0", "")
    return " ".join(text.split())[:100]


def safe_next(request: HttpRequest, default: str) -> str:
    """Where to go afterwards: the `next` of the request if it lies on this host, else the default."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    return own_address(request, asked) or default


def own_address(request: HttpRequest, target: str) -> str:
    """Path and query of an address on this host; empty for any other.

    A path with two slashes in front is none: sent to a browser, it names another host.
    """
    if not url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return ""
    parts = urlsplit(target)
    if not parts.path.startswith("/") or parts.path.startswith(("//", "/\\")):
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
