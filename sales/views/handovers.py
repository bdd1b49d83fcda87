"""Hand-overs: all of them, and the first step of one: who leaves."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib.forms import new_client_ref, posted_ref
from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid, typed
from customers.models import Customer
from sales.bulk.acting import WHOLE
from sales.handing_over.drafting import discard, say_who, start
from sales.handing_over.forms import WhoForm
from sales.handing_over.leavers import leavers_for
from sales.models import Handover
from sales.views.wizard import LEADERS, handover_or_404, steps_of, whole_numbers
from team.access import SignedInRequest, access
from team.forms.common import refuse
from team.models import Company, User
from team.refusals import Refusal

Kind = Handover.Kind
SHOWN = 200
HEADINGS = {
    Kind.DEPARTURE: gettext_lazy("Who leaves?"),
    Kind.PARTIAL: gettext_lazy("Whose records?"),
    Kind.COVER: gettext_lazy("Who is away?"),
    Kind.TERRITORY: gettext_lazy("Which territory?"),
}


@require_safe
@access(*LEADERS)
def handover_list(request: SignedInRequest) -> HttpResponse:
    """What is under way, and what was handed over."""
    rows = Handover.visible_to(request.user).select_related("leaver", "by", "applied_by")
    open_ones = rows.filter(state__in=(Handover.State.DRAFT, Handover.State.SCHEDULED))
    done = rows.exclude(pk__in=open_ones.values("pk")).order_by("-applied_at", "-pk")
    context = {"open": list(open_ones[:SHOWN]), "done": list(done[:SHOWN]), "kinds": Kind.choices}
    return render(request, "sales/handover_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access(*LEADERS)
def handover_new(request: SignedInRequest) -> HttpResponse:
    """`?kind=` says what sort of hand-over; a post makes the draft with its plan, once."""
    kind = request.GET.get("kind", Kind.DEPARTURE)
    if kind not in HEADINGS:
        raise Http404
    # whose last day is known already is not asked for it again
    named = User.visible_to(request.user).filter(pk=_number(request.GET.get("leaver", ""))).first()
    known = named.leaves_on if named is not None else None
    form = WhoForm(
        request.POST or None,
        kind=kind,
        viewer=request.user,
        initial={"last_day": known or Company.get().today},
    )
    if request.method != "POST":
        return _who(request, form, None)
    if form.is_valid():
        try:
            made, _new = start(
                kind,
                form.cleaned_data.get("leaver"),
                by=request.user,
                client_ref=posted_ref(request),
                narrow=form.narrow,
                **form.values,
            )
            return SeeOther(reverse("handover-holds", args=[made.pk]))
        except Refusal as refusal:
            refuse(form, refusal)
    return _who(request, form, None)


@require_POST
@access(*LEADERS)
def handover_of_chosen(request: SignedInRequest) -> HttpResponse:
    """A draft of the customers that were chosen in a list (`row`), whoever has them; the rest is like any other."""
    ids = whole_numbers(request.POST.getlist("row"))[:WHOLE]
    seen = Customer.visible_to(request.user).filter(pk__in=ids).count()
    if not ids or seen < len(set(ids)):
        say(request, _("Some of these customers are not there any more. Nothing was planned."))
        return SeeOther(reverse("customer-list"))
    try:
        made, _new = start(
            Kind.SELECTION,
            None,
            by=request.user,
            client_ref=posted_ref(request),
            narrow={"ids": sorted(set(ids))},
        )
    except Refusal as refusal:
        say(request, refusal.sentence)
        return SeeOther(reverse("customer-list"))
    return SeeOther(reverse("handover-holds", args=[made.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@access(*LEADERS)
def handover_who(request: SignedInRequest, handover_id: int) -> HttpResponse:
    """The first step of a draft again; whose it is stays."""
    handover = handover_or_404(request, handover_id)
    if handover.applied_at is not None:
        return SeeOther(handover.get_absolute_url())
    start_with: dict[str, Any] = {
        "leaver": handover.leaver_id,
        "last_day": handover.last_day,
        "until": handover.until,
        "reason": handover.reason,
        "sign_in": "now" if handover.sign_in_ends_now else "then",
        **handover.narrow,
    }
    form = WhoForm(
        request.POST or None, kind=handover.kind, viewer=request.user, initial=start_with
    )
    for name in ("leaver", "region", "segment"):
        form.fields.pop(name, None)
    if request.method != "POST":
        return _who(request, form, handover)
    if handover.leaver_id is None or form.is_valid():
        try:
            if form.fields:
                say_who(handover, form.values, by=request.user)
            return SeeOther(reverse("handover-holds", args=[handover.pk]))
        except Refusal as refusal:
            refuse(form, refusal)
    return _who(request, form, handover)


def _who(request: SignedInRequest, form: WhoForm, handover: Handover | None) -> HttpResponse:
    name = typed(request)
    keep = _number(request.POST.get("leaver") or request.GET.get("leaver") or "") or None
    people = (
        [] if handover or form.kind == Kind.TERRITORY else leavers_for(request.user, name, keep)
    )
    context = {
        "form": form,
        "kind": form.kind,
        "kinds": [(kind, title, kind.label) for kind, title in HEADINGS.items()],
        "heading": handover or HEADINGS[Kind(form.kind)],
        "handover": handover,
        "people": people,
        "top": max((one.cents for one in people), default=0),
        "chosen": keep,
        "name": name,
        "steps": steps_of(handover, "who"),
        "client_ref": request.POST.get("client_ref") or new_client_ref(),
    }
    if form.is_bound and form.errors:
        return invalid(request, "sales/handover_who.html", context)
    return render(request, "sales/handover_who.html", context)


@require_POST
@access(*LEADERS)
def handover_discard(request: SignedInRequest, handover_id: int) -> HttpResponse:
    handover = handover_or_404(request, handover_id)
    try:
        discard(handover, by=request.user)
        say(request, _("The draft is gone. Nothing was handed over."))
    except Refusal as refusal:
        say(request, refusal.sentence)
    return SeeOther(reverse("handover-list"))


def _number(text: str) -> int:
    """0: it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
