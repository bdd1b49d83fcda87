"""Answers for requests that broke."""

from django.http import HttpRequest, HttpResponseServerError
from django.template.loader import render_to_string

from crm.lib.logs import current_request_id


def server_error(request: HttpRequest) -> HttpResponseServerError:
    """The page for 500. It asks no database and no session: they may be what broke."""
    page = render_to_string("500.html", {"request_id": current_request_id.get()})
    return HttpResponseServerError(page)
