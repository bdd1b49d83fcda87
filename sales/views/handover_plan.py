"""The steps of a draft in which it is looked at and distributed: what they hold, who takes over."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.lib.notices import say
from crm.lib.web import SeeOther, respond
from sales.handing_over.drafting import (
    choose_all,
    choose_lines,
    clear_hand,
    give,
    give_rest_to_pool,
    look_again,
    set_rule,
)
from sales.handing_over.forms import RuleForm
from sales.handing_over.loads import Heir, add_plan, heirs_of, usual_calls
from sales.handing_over.notes import written_for
from sales.handing_over.reading import held_by, page_of, row_of
from sales.handing_over.records import MAIN
from sales.models import Handover, HandoverLine
from sales.views.wizard import LEADERS, frame_of, handover_or_404, whole_numbers
from team.access import SignedInRequest, access
from team.forms.common import refuse
from team.models import User
from team.refusals import Refusal

CUSTOMER = HandoverLine.Kind.CUSTOMER


@require_http_methods(["GET", "HEAD", "POST"])
@access(*LEADERS)
def handover_holds(request: SignedInRequest, handover_id: int) -> HttpResponse:
    """The second step. A post says which rows of the page (`seen`) are handed over (`on`), or `all` or `none`."""
    handover = handover_or_404(request, handover_id)
    if handover.applied_at is not None:
        return SeeOther(handover.get_absolute_url())
    kind = request.GET.get("kind", CUSTOMER)
    if kind not in MAIN:
        raise Http404
    if request.method == "POST":
        _choose(request, handover, kind)
        if not getattr(request, "htmx", None):
            return SeeOther(request.get_full_path())
    lines = handover.lines.filter(kind=kind)
    held = held_by(handover)
    context = frame_of(
        handover,
        "holds",
        notes=written_for(handover),
        held=held,
        kind=kind,
        tabs=[(key, label, n, key == kind) for key, label, n in held.tabs],
        page=page_of(lines, kind, _asked(request)),
        top=lines.order_by("-cents").values_list("cents", flat=True).first() or 0,
    )
    return respond(
        request, "sales/handover_holds.html", context, fragment="sales/_handover_holds.html"
    )


def _choose(request: SignedInRequest, handover: Handover, kind: str) -> None:
    every = request.POST.get("every", "")
    try:
        if every in ("all", "none"):
            choose_all(handover, kind, chosen=every == "all", by=request.user)
            return
        seen, on = (set(whole_numbers(request.POST.getlist(name))) for name in ("seen", "on"))
        for chosen, ids in ((True, seen & on), (False, seen - on)):
            stand = handover.lines.filter(pk__in=ids, kind=kind).exclude(chosen=chosen)
            changed = list(stand.values_list("pk", flat=True))
            if changed:
                choose_lines(handover, changed, chosen=chosen, by=request.user)
    except Refusal as refusal:
        say(request, refusal.sentence)


@require_http_methods(["GET", "HEAD", "POST"])
@access(*LEADERS)
def handover_heirs(request: SignedInRequest, handover_id: int) -> HttpResponse:
    """The third step. A post distributes anew by the rule and to the heirs that it names."""
    handover = handover_or_404(request, handover_id)
    if handover.applied_at is not None:
        return SeeOther(handover.get_absolute_url())
    chosen = handover.heirs.through.objects.filter(handover=handover).order_by("place")
    start = {"heirs": list(chosen.values_list("user", flat=True))}
    form = RuleForm(request.POST or None, instance=handover, viewer=request.user, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            set_rule(handover, form.values, form.cleaned_data["heirs"], by=request.user)
            return SeeOther(request.get_full_path())
        except Refusal as refusal:
            refuse(form, refusal)
    handover = handover_or_404(request, handover_id)
    wanted = form["heirs"].value() or []
    context = _matrix(request, handover) | {
        "form": form,
        "chosen_heirs": [int(pk) for pk in wanted if str(pk).isdecimal()],
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "sales/handover_heirs.html", context, status=status)


def _matrix(request: SignedInRequest, handover: Handover) -> dict[str, Any]:
    """Heirs with what they carry before and after, and a page of customers by heir."""
    heirs = heirs_of(handover)
    add_plan(handover, heirs)
    kind = request.GET.get("kind", CUSTOMER)
    if kind not in (CUSTOMER, HandoverLine.Kind.LEAD):
        raise Http404
    of = request.GET.get("of", "")
    lines = handover.lines.filter(kind=kind, chosen=True)
    if of == "nobody":
        lines = lines.without_heir()
    elif of == "hand":
        lines = lines.filter(by_hand=True)
    elif of.isdecimal() and len(of) < 10:
        lines = lines.filter(receiver=int(of))
    held = held_by(handover)
    return frame_of(
        handover,
        "heirs",
        held=held,
        kind=kind,
        of=of,
        heirs=heirs,
        top=max((heir.cents for heir in heirs), default=0),
        loads=_loads(handover, heirs),
        page=page_of(lines, kind, _asked(request)),
        give_url=reverse("handover-give", args=[handover.pk]),
    )


def _loads(handover: Handover, heirs: list[Heir]) -> dict[str, Any]:
    """Each heir's row, and their sum."""
    usual = usual_calls(handover)
    over = handover.ceiling or 120
    rows = []
    for heir in heirs:
        percent = heir.percent_of(usual)
        rows.append((heir, percent, percent is not None and percent > over))
    return {
        "rows": rows,
        "now": sum(heir.now.customers for heir in heirs),
        "added": sum(heir.added.customers for heir in heirs),
        "cents": sum(heir.added.cents for heir in heirs),
        "deals": sum(heir.added.deals for heir in heirs),
    }


@require_POST
@access(*LEADERS)
def handover_give(request: SignedInRequest, handover_id: int) -> HttpResponse:
    """`to-<line>` names who gets a record by hand, `pool` nobody; what says what is chosen already changes nothing."""
    handover = handover_or_404(request, handover_id)
    wanted = {
        int(name[3:]): str(value)
        for name, value in request.POST.items()
        if name.startswith("to-") and name[3:].isdecimal() and len(name) < 21
    }
    lines = {line.pk: line for line in handover.lines.filter(pk__in=wanted, chosen=True)}
    try:
        for to, ids in _groups(lines, wanted).items():
            person = None if to is None else User.visible_to(request.user).filter(pk=to).first()
            if to is not None and person is None:
                raise Refusal(_("Choose one of the heirs. Nothing was changed."))
            give(handover, ids, person, by=request.user)
    except Refusal as refusal:
        say(request, refusal.sentence)
    if not getattr(request, "htmx", None) or len(lines) != 1:
        return SeeOther(_back(request, handover))
    handover = handover_or_404(request, handover_id)
    heirs = heirs_of(handover)
    add_plan(handover, heirs)
    line = handover.lines.select_related("second", "receiver").get(pk=next(iter(lines)))
    context = frame_of(
        handover,
        "heirs",
        row=row_of(line),
        kind=line.kind,
        heirs=heirs,
        top=max((heir.cents for heir in heirs), default=0),
        loads=_loads(handover, heirs),
        held=held_by(handover),
    )
    return render(request, "sales/_handover_given.html", context)


def _groups(lines: dict[int, HandoverLine], wanted: dict[int, str]) -> dict[int | None, list[int]]:
    """The lines that are to go elsewhere than they do, by to whom."""
    groups: dict[int | None, list[int]] = {}
    for pk, line in lines.items():
        value = wanted[pk]
        if value == "pool":
            if not line.pool:
                groups.setdefault(None, []).append(pk)
        elif value.isdecimal() and len(value) < 10 and int(value) != line.receiver_id:
            groups.setdefault(int(value), []).append(pk)
    return groups


@require_POST
@access(*LEADERS)
def handover_again(request: SignedInRequest, handover_id: int) -> HttpResponse:
    """Acts on the whole plan: `look` at what is there now, give what has no heir to the `pool`, `clear` choices."""
    handover = handover_or_404(request, handover_id)
    by = request.user
    acts = {
        "look": lambda: look_again(handover),
        "pool": lambda: give_rest_to_pool(handover, by=by),
        "clear": lambda: clear_hand(handover, by=by),
    }
    wanted = acts.get(request.POST.get("do", ""))
    if wanted is not None:
        try:
            wanted()
        except Refusal as refusal:
            say(request, refusal.sentence)
    return SeeOther(_back(request, handover))


def _back(request: SignedInRequest, handover: Handover) -> str:
    step = "check" if request.POST.get("step") == "check" else "heirs"
    return reverse(f"handover-{step}", args=[handover.pk])


def _asked(request: SignedInRequest) -> dict[str, str]:
    known = ("kind", "of", "after", "before", "last")
    return {name: request.GET[name] for name in known if request.GET.get(name)}
