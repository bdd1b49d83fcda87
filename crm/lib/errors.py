"""Answers for requests that broke."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from crm.lib.logs import current_request_id

# Seconds after which a browser or proxy may try again; a database is back sooner than that.
RETRY_AFTER = "5"


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for 500, or for 503 where the database was locked, slow or away.

    It asks no database and no session: they may be what broke.
    """
    busy = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    page = "503.html" if busy else "500.html"
    answer = HttpResponse(
        render_to_string(page, {"request_id": current_request_id.get()}),
        status=503 if busy else 500,
    )
    if busy:
        answer["Retry-After"] = RETRY_AFTER
    return answer
