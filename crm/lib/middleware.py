"""What every answer carries, errors and static files included: a request id and the policy."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from urllib.parse import quote

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from crm.lib.logs import current_request_id

log = logging.getLogger("mainstay.requests")

GetResponse = Callable[[HttpRequest], HttpResponseBase]

NOT_WORTH_A_LINE = ("/static/", "/livez", "/readyz")
WELL_FORMED_ID = re.compile(r"[A-Za-z0-9-]{8,40}")

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
POLICY = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), "
        "gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), "
        "serial=(), usb=()"
    ),
    # static files bring their own; any other answer may hold private data
    "Cache-Control": "no-store",
}


def request_id(get_response: GetResponse) -> GetResponse:
    """Take a well-formed X-Request-ID from the proxy or make one; log lines and answers name it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        name = given if WELL_FORMED_ID.fullmatch(given) else uuid.uuid4().hex[:16]
        request.request_id = name  # type: ignore[attr-defined]
        token = current_request_id.set(name)
        started = time.perf_counter()
        try:
            response = get_response(request)
            _log(request, response, time.perf_counter() - started)
        finally:
            current_request_id.reset(token)
        response.headers["X-Request-ID"] = name
        return response

    return middleware


def _log(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    """A line a request, without the query: what people search for is nobody's business here."""
    if request.path.startswith(NOT_WORTH_A_LINE):
        return
    said = {
        "method": request.method,
        "path": quote(_without_secrets(request)),
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
    }
    log.info("%(method)s %(path)s %(status)s in %(ms)s ms", said, extra=said)


def _without_secrets(request: HttpRequest) -> str:
    """The path; a token in it opens what it names to whoever reads it, so it is left out."""
    match = request.resolver_match
    token = match.kwargs.get("token", "") if match else ""
    return request.path.replace(token, "…") if token else request.path


def security_headers(get_response: GetResponse) -> GetResponse:
    """Set the policy where a view has not set its own (the public lead form may be framed)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        # X-Frame-Options says again, for old browsers, what the policy of all pages says of frames
        own = {"X-Frame-Options"} if "Content-Security-Policy" in response.headers else set()
        for header, value in POLICY.items():
            if header not in own:
                response.headers.setdefault(header, value)
        return response

    return middleware
