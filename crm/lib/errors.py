"""Answers for requests that broke."""

import errno
import sqlite3
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from crm.lib.logs import current_request_id

# Seconds after which a browser or proxy may try again; a database is back sooner than that.
RETRY_AFTER = "5"
# PostgreSQL's disk_full (its manual, appendix A: class 53, insufficient resources).
DISK_FULL = "53100"
# Room is no more left on the device, or of what somebody may use of it.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for 500, or for 503 where the database was locked, slow or away, or the disk is full.

    It asks no database and no session: they may be what broke. Of a full disk it does not say when to try again.
    """
    error = sys.exc_info()[1]
    full = is_disk_full(error)
    busy = isinstance(error, OperationalError | InterfaceError) and not full
    page = "disk_full.html" if full else "503.html" if busy else "500.html"
    answer = HttpResponse(
        render_to_string(page, {"request_id": current_request_id.get()}),
        status=503 if full or busy else 500,
    )
    if busy:
        answer["Retry-After"] = RETRY_AFTER
    return answer


def is_disk_full(error: BaseException | None) -> bool:
    """Whether something could not be written because there is no room for it: by the database, or in a file."""
    if isinstance(error, OSError):
        return error.errno in NO_ROOM
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    by_sqlite = getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return by_sqlite or getattr(cause, "sqlstate", None) == DISK_FULL
