"""What a proxy or a monitor asks: is the process alive, may it get requests, is the work done."""

import shutil
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.lib.processes import down_now
from team.access import ANYONE, access
from team.jobs.lateness import failed_nights, late_work

LEAST_FREE_BYTES = 50_000_000
LATE = timedelta(minutes=15)


@require_safe
@access(ANYONE)
def livez(_request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@access(ANYONE)
def readyz(_request: HttpRequest) -> JsonResponse:
    """The database answers and the disk has room; 503 tells a proxy to send nobody here."""
    return _answer({"database": _database(), "disk": _disk()})


@require_safe
@access(ANYONE)
def healthz(_request: HttpRequest) -> JsonResponse:
    """As `readyz`, and whether the work is done, and who is there to do it: 503 tells a monitor to wake somebody."""
    database = _database()
    jobs = _jobs() if database == "ok" else "unknown"
    parts = {"database": database, "disk": _disk(), "jobs": jobs, "processes": _processes()}
    return _answer(parts)


def _answer(parts: dict[str, str]) -> JsonResponse:
    return JsonResponse(parts, status=200 if set(parts.values()) == {"ok"} else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return "does not answer"
    return "ok"


def _disk() -> str:
    try:
        free = shutil.disk_usage(settings.DATA_DIR).free
    except OSError:
        return "is not there"
    return "ok" if free >= LEAST_FREE_BYTES else "is full"


def _processes() -> str:
    down = down_now()
    return f"down: {', '.join(down)}" if down else "ok"


def _jobs() -> str:
    told = {"late": late_work(timezone.now() - LATE), "failed": failed_nights()}
    parts = [f"{word}: {', '.join(kinds)}" for word, kinds in told.items() if kinds]
    return "; ".join(parts) or "ok"
