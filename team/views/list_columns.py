"""Which columns of a list somebody sees, and in which order; kept per person and list."""

from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.lib.columns import KINDS, WIDTHS, Column, as_words, shown
from crm.lib.listing import COLUMNS
from crm.lib.notices import say
from crm.lib.web import SeeOther, safe_next
from team.access import SIGNED_IN, SignedInRequest, access
from team.models import Arrangement
from team.offering import columns_for
from team.saved_views import arrange


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def list_columns(request: SignedInRequest, listed: str) -> HttpResponse:
    """All columns in their order, the shown ones ticked. A press of up or down moves one; Save keeps all."""
    kind = KINDS.get(listed)
    if kind is None:
        raise Http404
    offered = columns_for(kind, request.user)
    back = safe_next(request, reverse(listed))
    if request.method == "POST" and "move" not in request.POST:
        words = "" if "reset" in request.POST else _words(request, offered)
        arrange(listed, {"columns": words}, by=request.user)
        say(request, _("Columns saved."))
        return SeeOther(_without_columns(back))
    if request.method == "POST":
        order, ticked = _moved(request, offered), _ticked(request, offered)
        known = {column.name: column for column in _sized(request, offered)}
    else:
        order, ticked, known = _stands(request, listed, offered)
    context = {
        "kind": kind,
        "back": back,
        "fixed": [column for column in known.values() if column.fixed],
        "widths": WIDTHS.items(),
        "rows": [{"column": known[name], "is_shown": name in ticked} for name in order],
        "moved": request.POST.get("move", ""),
    }
    return render(request, "team/list_columns.html", context)


def _stands(
    request: SignedInRequest, listed: str, offered: list[Column]
) -> tuple[list[str], list[str], dict[str, Column]]:
    """What this person sees now: the shown columns in order, then the rest; which are shown; all with their width."""
    asked = dict(parse_qsl(urlsplit(safe_next(request, "")).query)).get(COLUMNS, "")
    kept = Arrangement.objects.filter(user=request.user, listed=listed).first()
    chosen = asked or (kept.columns if kept else "")
    seen = shown(offered, chosen.split(",") if chosen else [])
    ticked = [column.name for column in seen if not column.fixed]
    rest = [column.name for column in offered if not column.fixed and column.name not in ticked]
    known = {column.name: column for column in (*offered, *seen)}
    return [*ticked, *rest], ticked, known


def _sized(request: SignedInRequest, offered: list[Column]) -> list[Column]:
    """Each column with the width that the form says."""
    asked = {column.name: request.POST.get(f"width-{column.name}", "") for column in offered}
    return [
        replace(column, width=asked[column.name] if asked[column.name] in WIDTHS else "")
        for column in offered
    ]


def _words(request: SignedInRequest, offered: list[Column]) -> str:
    """The choice as it is kept: the ticked ones in their order, with what has a width."""
    known = {column.name: column for column in _sized(request, offered)}
    ticked = [known[name] for name in _ticked(request, offered)]
    return as_words([*(column for column in known.values() if column.fixed), *ticked])


def _order(request: SignedInRequest, offered: list[Column]) -> list[str]:
    """The order that the form stands in; what it does not name comes last."""
    free = [column.name for column in offered if not column.fixed]
    posted = [name for name in dict.fromkeys(request.POST.getlist("order")) if name in free]
    return [*posted, *(name for name in free if name not in posted)]


def _ticked(request: SignedInRequest, offered: list[Column]) -> list[str]:
    ticked = set(request.POST.getlist("shown"))
    return [name for name in _order(request, offered) if name in ticked]


def _moved(request: SignedInRequest, offered: list[Column]) -> list[str]:
    """The order with one column a place up or down (`move=up:owner`)."""
    order = _order(request, offered)
    way, _colon, name = request.POST["move"].partition(":")
    if name in order:
        at = order.index(name)
        to = max(0, at - 1) if way == "up" else min(len(order) - 1, at + 1)
        order.insert(to, order.pop(at))
    return order


def _without_columns(address: str) -> str:
    """The list again, by what was kept and not by what its address asked for."""
    parts = urlsplit(address)
    query = [(n, v) for n, v in parse_qsl(parts.query, keep_blank_values=True) if n != COLUMNS]
    return f"{parts.path}?{urlencode(query)}" if query else parts.path
