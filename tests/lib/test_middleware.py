"""The policy and the request id stand on every answer."""

import logging

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from crm.lib import logs, middleware
from crm.lib.errors import server_error

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


@pytest.mark.urls("tests.browser.gallery.urls")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "host", "status"),
    [
        ("/door/", "testserver", 200),
        ("/missing/", "testserver", 404),
        ("/broken/", "testserver", 500),
        ("/door/", "elsewhere.example", 400),
        ("/static/icons.svg", "testserver", 200),
    ],
)
def test_every_answer_carries_the_policy(settings, path, host, status):
    settings.WHITENOISE_USE_FINDERS = True
    client = Client(raise_request_exception=False, headers={"host": host})
    answer = client.get(path)
    assert answer.status_code == status
    assert answer["Content-Security-Policy"] == middleware.CONTENT_SECURITY_POLICY
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Request-ID"]
    assert ("no-store" in answer["Cache-Control"]) is not path.startswith("/static/")
    assert "Strict-Transport-Security" not in answer


@pytest.mark.urls("tests.browser.gallery.urls")
@pytest.mark.django_db
def test_https_alone_is_promised_for_later_visits(settings):
    settings.SECURE_HSTS_SECONDS = 63_072_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    assert Client().get("/door/", secure=True)["Strict-Transport-Security"] == (
        "max-age=63072000; includeSubDomains"
    )
    assert "Strict-Transport-Security" not in Client().get("/door/")


@pytest.mark.urls("tests.browser.gallery.urls")
def test_the_page_of_a_broken_request_asks_no_database_and_names_the_reference():
    """Without the mark for the database, any query would fail the test."""
    request = get("/broken/")
    answer = through(server_error, request)
    assert answer.status_code == 500
    assert answer["X-Request-ID"] in answer.content.decode()
    assert 'id="problem-text"' in answer.content.decode()


def test_a_database_that_is_locked_or_away_is_told_as_busy(client, settings, monkeypatch):
    def locked(*_args, **_named):
        raise OperationalError("database is locked")

    client.raise_request_exception = False
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", locked)
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    answer = client.get("/today/")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "database is locked" not in answer.content.decode()
    assert "Nothing was saved." in answer.content.decode()
