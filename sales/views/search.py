"""Finding records: the search page with its drop-down, and the hits of a search box in a form."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from crm.lib.search_terms import is_searchable
from crm.lib.web import respond, typed
from customers.models import Contact, Customer
from customers.picking import found as found_rows
from customers.picking import hint_of
from sales.models import Deal, Lead
from sales.search import Found, find
from team.access import SIGNED_IN, SignedInRequest, access

# What the page shows of each kind; the drop-down shows fewer.
PAGE, DROPPED = 20, 6
SHOWN = (
    ("customer", gettext_lazy("Customers"), "building-store"),
    ("contact", gettext_lazy("Contacts"), "user"),
    ("lead", gettext_lazy("Leads"), "user-question"),
    ("deal", gettext_lazy("Deals"), "briefcase"),
)
KINDS: dict[str, Any] = {"customer": Customer, "contact": Contact, "lead": Lead, "deal": Deal}


@dataclass(frozen=True)
class Group:
    """Hits of one kind; `more_url` leads to the whole list where these are not all."""

    label: Any
    icon: str
    rows: Sequence[Any]
    more_url: str = ""


@require_safe
@access(SIGNED_IN)
def search(request: SignedInRequest) -> HttpResponse:
    """All kinds of records that match `?q=`; htmx gets the drop-down of the search box."""
    text = typed(request)
    limit = DROPPED if request.htmx else PAGE  # type: ignore[attr-defined]
    context = {
        "text": text,
        "enough": is_searchable(text),
        "groups": _groups(find(request.user, text, limit), text),
    }
    return respond(request, "sales/search.html", context, fragment="sales/_hits.html")


def _groups(found: Found, text: str) -> list[Group]:
    """Who has exactly the number typed first, then each kind, without repeating them."""
    groups = [Group(_("This number"), "phone", found.exact)]
    for kind, label, icon in SHOWN:
        rows = [row for row in getattr(found, f"{kind}s") if row not in found.exact]
        query = urlencode({"q": text, "state": "all"})
        more = f"{reverse(f'{kind}-list')}?{query}" if kind in found.more else ""
        groups.append(Group(label, icon, rows, more))
    return [group for group in groups if group.rows]


@require_safe
@access(SIGNED_IN)
def pick(request: SignedInRequest, kind: str) -> HttpResponse:
    """The records of a kind that match `?q=`, for a search box in a form."""
    if kind not in KINDS:
        raise Http404
    visible = KINDS[kind].visible_to(request.user).listed()
    rows = found_rows(visible, kind, typed(request), request.user)
    items = [{"value": row.pk, "text": str(row), "note": hint_of(row)} for row in rows]
    return JsonResponse({"items": items})
