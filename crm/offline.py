"""What makes the product an app of the phone, and what of it works without network.

A worker in the browser keeps today's agenda and the customers opened today (`templates/offline/worker.js`). It is
served from the root, since it may keep only what lies beneath its own address.
"""

import hashlib
import json
from functools import cache
from pathlib import PurePosixPath

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from team.access import ANYONE, access

# What pages are made of; the rest (licences, lists of versions) no page asks for.
PARTS = {".css", ".js", ".woff2", ".svg"}
PRIMARY, CANVAS = "#2B4ACB", "#F5F6F8"


@require_safe
@cache_control(no_cache=True)
@access(ANYONE)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker with the addresses of this release's parts: another release is another worker."""
    parts = parts_of_pages()
    context = {
        "parts": json.dumps(parts),
        "release": hashlib.sha256("".join(parts).encode()).hexdigest()[:12],
        "offline": reverse("offline"),
    }
    return render(request, "offline/worker.js", context, content_type="text/javascript")


@cache
def parts_of_pages() -> list[str]:
    """The addresses of all styles, scripts, fonts and signs; they change with what they hold."""
    names = {
        PurePosixPath(name).as_posix()
        for finder in finders.get_finders()
        for name, _storage in finder.list([])
    }
    return [static(name) for name in sorted(names) if PurePosixPath(name).suffix in PARTS]


@require_safe
@cache_control(public=True, max_age=3600)
@access(ANYONE)
def manifest(_request: HttpRequest) -> JsonResponse:
    """What a phone asks when somebody puts the product on its start screen."""
    sizes = {"192x192": "icon-192.png", "512x512": "icon-512.png"}
    icons = [
        {"src": static(name), "sizes": size, "type": "image/png", "purpose": "any maskable"}
        for size, name in sizes.items()
    ]
    told = {
        "id": "/",
        "name": "Mainstay",
        "short_name": "Mainstay",
        "description": _("Customers, calls and what is lost"),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": CANVAS,
        "theme_color": PRIMARY,
        "icons": icons,
    }
    return JsonResponse(told, content_type="application/manifest+json")


@require_safe
@access(ANYONE)
def offline(request: HttpRequest) -> HttpResponse:
    """What stands in place of a page that is not kept while there is no network."""
    return render(request, "offline/offline.html")
