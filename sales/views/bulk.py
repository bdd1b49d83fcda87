"""Acts over many records: look what it comes to, do it, see what became of it, take it back."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib import formatting
from crm.lib.columns import Arranged, ListKind
from crm.lib.forms import new_client_ref, posted_ref
from crm.lib.listing import Listing
from crm.lib.notices import say
from crm.lib.web import SeeOther, respond, safe_next
from customers.views.contacts import CONTACTS, contact_listing
from customers.views.customers import CUSTOMERS, customer_listing
from sales.bulk.acting import (
    DEEDS,
    WHOLE,
    Changed,
    Chosen,
    NotAllowed,
    NothingToDo,
    NotThere,
    TooLate,
    TooMany,
    act_on,
    deeds_for,
    may_take_back,
    not_back,
    preview,
    take_back,
)
from sales.bulk.deed import Deed, Values
from sales.bulk.forms import FORMS, DeedForm
from sales.bulk.kinds import KINDS
from sales.models import BulkAct
from sales.views.deal_lists import DEALS, deal_listing
from sales.views.leads import LEADS, lead_listing
from team.access import SIGNED_IN, SignedInRequest, access, visible_or_404
from team.saved_views import state_of

Refused = NotThere | NotAllowed | TooMany | Changed | NothingToDo


@dataclass(frozen=True)
class Listed:
    """Where records of a kind stand in a list."""

    kind: ListKind
    listing: Callable[[SignedInRequest, Arranged], Listing]


LISTED = {
    "customer": Listed(CUSTOMERS, customer_listing),
    "contact": Listed(CONTACTS, contact_listing),
    "lead": Listed(LEADS, lead_listing),
    "deal": Listed(DEALS, deal_listing),
}


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def bulk(request: SignedInRequest, kind: str) -> HttpResponse:
    """`?do=give&row=7&row=8` and the list's own state, or `all=1` for the whole list: what it comes to; a post does it.

    A post with `check` shows what it comes to with what was chosen, and does nothing.
    """
    if kind not in LISTED:
        raise Http404
    back = safe_next(request, _list_behind(request, kind))
    deeds = {deed.key: deed for deed in deeds_for(kind, request.user)}
    deed = deeds.get(request.GET.get("do", ""))
    if deed is None:
        say(request, _("This cannot be planned here."))
        return SeeOther(back)
    chosen = _chosen(request, kind)
    if not chosen.ids and not (chosen.whole and request.method == "POST"):
        say(request, _("Tick the rows first."))
        return SeeOther(back)
    form = FORMS[deed.key](_typed(request), viewer=request.user)
    try:
        if request.method == "POST" and "check" not in request.POST and form.is_valid():
            return _done(request, chosen, deed, form.values, back)
        return _look(request, chosen, deed, form, back)
    except (NotThere, NotAllowed, TooMany, Changed, NothingToDo) as error:
        say(request, _why(error, chosen))
        return SeeOther(back)


def _typed(request: SignedInRequest) -> QueryDict | None:
    """What was chosen for the deed; an address may say it already."""
    if request.method == "POST":
        return request.POST
    return request.GET if any(name.startswith("with-") for name in request.GET) else None


def _look(
    request: SignedInRequest, chosen: Chosen, deed: Deed, form: DeedForm, back: str
) -> HttpResponse:
    values = form.values if form.is_bound and form.is_valid() else Values()
    told = preview(chosen, deed, values, by=request.user)
    context: dict[str, Any] = {
        "kind": chosen.kind,
        "deed": deed,
        "form": form,
        "chosen": chosen,
        "told": told,
        "of": chosen.kind.in_words(len(set(chosen.ids))),
        "able": chosen.kind.in_words(told.n),
        "back": back,
        "list": LISTED[chosen.kind.name].kind.title,
        "client_ref": request.POST.get("client_ref") or new_client_ref(),
    }
    status = 422 if request.method == "POST" and "check" not in request.POST else 200
    fragment = "sales/_bulk_effect.html"
    return respond(request, "sales/bulk.html", context, fragment=fragment, status=status)


def _done(
    request: SignedInRequest, chosen: Chosen, deed: Deed, values: Values, back: str
) -> HttpResponse:
    act = act_on(
        chosen, deed, values, by=request.user, client_ref=posted_ref(request) or uuid.uuid4()
    )
    if act.undone_at is not None:
        say(request, _("This was done and taken back. Load the page again to do it once more."))
        return SeeOther(back)
    rows = chosen.kind.in_words(act.items.count())
    told = deed.done(values, rows)
    if act.left:
        told += " " + _("Left as they were: %(n)s.") % {"n": formatting.number(act.left)}
    say(request, told, undo=reverse("bulk-undo", args=[act.pk]))
    return SeeOther(back)


@require_safe
@access(SIGNED_IN)
def bulk_act(request: SignedInRequest, act_id: int) -> HttpResponse:
    """What became of an act: how many records it treated, and which of them could not be put back."""
    act = visible_or_404(BulkAct, request.user, pk=act_id, by=request.user)
    deed, kind = DEEDS[act.deed], KINDS[act.kind]
    context = {
        "act": act,
        "deed": deed,
        "kind": kind,
        "list": LISTED[act.kind].kind,
        "told": deed.done(_values(act), kind.in_words(act.items.count())),
        "may_undo": act.undone_at is None and may_take_back(act, request.user),
        "back_again": act.items.filter(is_back=True).count(),
        "kept": not_back(act, request.user),
    }
    return render(request, "sales/bulk_act.html", context)


@require_POST
@access(SIGNED_IN)
def bulk_undo(request: SignedInRequest, act_id: int) -> HttpResponse:
    """Take one's own act back; what somebody has changed since is listed."""
    act = visible_or_404(BulkAct, request.user, pk=act_id, by=request.user)
    back = safe_next(request, reverse(LISTED[act.kind].kind.name))
    try:
        count = take_back(act, by=request.user)
    except TooLate:
        say(request, _("This can be taken back for 24 hours only."))
        return SeeOther(back)
    kept = act.items.filter(is_back=False).count()
    if kept:
        told = {"n": formatting.number(count), "kept": formatting.number(kept)}
        say(request, _("Taken back: %(n)s. Changed since, so left: %(kept)s.") % told)
        return SeeOther(reverse("bulk-act", args=[act.pk]))
    say(request, _("It was taken back.") if count else _("Nothing of it was left to take back."))
    return SeeOther(back)


def _values(act: BulkAct) -> Values:
    return Values(to=act.to, tag=act.tag, stage=act.stage, text=act.text, due_on=act.due_on)


def _chosen(request: SignedInRequest, kind: str) -> Chosen:
    """The ticked rows, or all of the list as the address narrows it, whatever else stands there."""
    if not request.GET.get("all"):
        ticked = request.GET.getlist("row")
        ids = tuple(dict.fromkeys(int(v) for v in ticked if v.isdecimal() and len(v) < 19))
        return Chosen(KINDS[kind], ids[: WHOLE + 1])
    listed = LISTED[kind]
    rows = listed.listing(request, Arranged(listed.kind.columns)).matching
    ids = tuple(rows.order_by().values_list("pk", flat=True).distinct()[: WHOLE + 1])
    return Chosen(KINDS[kind], ids, whole=True, seen=request.POST.get("seen", ""))


def _list_behind(request: SignedInRequest, kind: str) -> str:
    """The list that the rows were chosen in, as it was narrowed."""
    query = QueryDict(state_of(request.GET), mutable=True)
    for name in [n for n in query if n in ("do", "row", "all") or n.startswith("with-")]:
        del query[name]
    view = request.GET.get("view")
    if view:
        query["view"] = view
    path = reverse(LISTED[kind].kind.name)
    return f"{path}?{query.urlencode()}" if query else path


def _why(error: Refused, chosen: Chosen) -> str:
    """Why nothing was done, and what to do."""
    number = formatting.number
    if isinstance(error, NotThere):
        told = {"missing": number(error.missing), "all": number(len(set(chosen.ids)))}
        return _("%(missing)s of %(all)s not found. Nothing was done.") % told
    if isinstance(error, TooMany):
        told = {"n": number(WHOLE)}
        return _("More than %(n)s at once. Narrow the list first. Nothing was done.") % told
    if isinstance(error, NotAllowed):
        return _("You may hand rows to people you lead, and to yourself. Nothing was done.")
    if isinstance(error, Changed):
        return _(
            "These are not the rows that you looked at any more. Look again. Nothing was done."
        )
    return _("There is none of them to which it can be done. Nothing was done.")
