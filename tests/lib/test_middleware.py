"""The policy and the request id stand on every answer."""

import logging

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from crm.lib import logs, middleware

get = RequestFactory().get


def through(view, request):
    return middleware.request_id(middleware.security_headers(view))(request)


def test_the_policy_allows_own_files_only():
    answer = through(lambda request: HttpResponse("ok"), get("/"))
    policy = dict(part.split(" ", 1) for part in answer["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "font-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "worker-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["Cache-Control"] == "no-store"


def test_what_a_view_set_itself_stands():
    def public_form(request):
        return HttpResponse(headers={"Cache-Control": "public", "X-Frame-Options": "ALLOWALL"})

    answer = through(public_form, get("/"))
    assert answer["Cache-Control"] == "public"
    assert answer["X-Frame-Options"] == "ALLOWALL"
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_each_request_gets_its_own_id_which_log_lines_carry():
    seen = []

    def view(request):
        record = logging.LogRecord("crm", logging.INFO, "", 0, "", None, None)
        logs.RequestIdFilter().filter(record)
        seen.append((request.request_id, record.request_id))
        return HttpResponse()

    first, second = through(view, get("/")), through(view, get("/"))
    assert seen == [(first["X-Request-ID"],) * 2, (second["X-Request-ID"],) * 2]
    assert first["X-Request-ID"] != second["X-Request-ID"]
    assert logs.current_request_id.get() == "-"


@pytest.mark.parametrize(
    ("given", "kept"),
    [("7f3a21c0-d4e5", True), ("short", False), ("x" * 41, False), ("id\twith blanks", False)],
)
def test_only_a_well_formed_id_from_outside_is_kept(given, kept):
    answer = through(lambda request: HttpResponse(), get("/", headers={"X-Request-ID": given}))
    assert (answer["X-Request-ID"] == given) is kept


def test_the_id_is_taken_back_when_a_view_fails():
    def broken(request):
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        through(broken, get("/"))
    assert logs.current_request_id.get() == "-"
