"""A deal's page with its history of stages, and what can be done with one."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid, safe_next
from sales.customer_page.timeline import with_corrections
from sales.deals.bookings import booked_by
from sales.deals.changing import (
    CannotMove,
    CannotUndo,
    DealIsClosed,
    add_deal,
    bin_deal,
    change_deal,
    move_deal,
    undo_move,
)
from sales.deals.deal_forms import CloseDealForm, DealForm, MoveForm
from sales.deals.price_lines import lines_of, margin_of
from sales.deals.stages import stage_history
from sales.models import Activity, Deal, DealChange, Lead, LossReason, Stage, Task
from team.access import SIGNED_IN, SignedInRequest, access, visible_or_404
from team.conflicts import conflict, last_change
from team.history import history_of
from team.models import Company
from team.records import VersionConflict
from team.trail import trail_of

RELATED = ("customer__merged_into", "contact", "lead", "owner", "stage", "stage__pipeline")
# How much of a record's past its page shows.
SHOWN = 30


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def deal_new(request: SignedInRequest) -> HttpResponse:
    """A new deal; `?customer=7`, `?lead=7` and `?pipeline=key` choose beforehand whom it is about and its way."""
    start = {name: request.GET.get(name) for name in ("customer", "lead", "pipeline")}
    form = DealForm(request.POST or None, viewer=request.user, initial=start)
    if request.method != "POST":
        return render(request, "sales/deal_form.html", {"form": form})
    if not form.is_valid():
        return invalid(request, "sales/deal_form.html", {"form": form})
    new = Deal(client_ref=form.cleaned_data["client_ref"], **form.typed)
    deal, made = add_deal(new, owner=form.first_owner, by=request.user)
    if made:
        say(request, _("Deal saved."))
    return SeeOther(_page_of(deal))


@require_safe
@access(SIGNED_IN)
def deal_detail(request: SignedInRequest, deal_id: int) -> HttpResponse:
    deal = visible_or_404(Deal, request.user, pk=deal_id, related=RELATED)
    context = _page(request, deal) | {"trail": trail_of(request, deal)}
    return render(request, "sales/deal_detail.html", context)


def _page(request: SignedInRequest, deal: Deal) -> dict[str, Any]:
    company = Company.get()
    today = company.today
    periods = stage_history(deal, today)
    ways = list(Stage.objects.for_deal(deal))
    lines = lines_of(deal)
    entries = Activity.visible_to(request.user).filter(deal=deal, deleted_on__isnull=True)
    steps = Task.visible_to(request.user).open().filter(deal=deal)
    return {
        "deal": deal,
        "lines": lines,
        "margin": margin_of(lines),
        "booked": booked_by(deal) if deal.stage.kind == Stage.Kind.WON else [],
        "booked_currency": deal.currency or company.base_currency,
        "orders_imported": company.orders_imported,
        "lead_seen": deal.lead_id is not None
        and Lead.visible_to(request.user).filter(pk=deal.lead_id).exists(),
        "events": history_of(deal, request.user),
        "logging_here": True,
        "today": today,
        "periods": periods,
        "days": periods[0].days if periods else None,
        "reason": LossReason.objects.filter(key=deal.reason).first() if deal.reason else None,
        "new_url": f"{reverse('task-new')}?deal={deal.pk}",
        "stages": [one for one in ways if one.pipeline_id == deal.stage.pipeline_id],
        "elsewhere": [one for one in ways if one.pipeline_id != deal.stage.pipeline_id],
        "entries": with_corrections(
            entries.select_related("author", "outcome", "corrects")
        ).order_by("-start_at", "-id")[:SHOWN],
        "steps": steps.select_related("owner").order_by("due_on", "due_at", "id")[:5],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def deal_edit(request: SignedInRequest, deal_id: int) -> HttpResponse:
    deal = visible_or_404(Deal, request.user, pk=deal_id)
    form = DealForm(request.POST or None, instance=deal, viewer=request.user)
    context = {"form": form, "deal": deal}
    if request.method != "POST":
        return render(request, "sales/deal_form.html", context)
    if not form.is_valid():
        return invalid(request, "sales/deal_form.html", context)
    try:
        change_deal(deal, form.typed, by=request.user, version=form.cleaned_data["version"])
    except VersionConflict as error:
        return conflict(request, form, error.current)
    except DealIsClosed:
        form.add_error(None, _("This deal was closed meanwhile. Its money stays as it was closed."))
        return invalid(request, "sales/deal_form.html", context)
    say(request, _("Deal saved."))
    return SeeOther(_page_of(deal))


@require_safe
@access(SIGNED_IN)
def deal_close(request: SignedInRequest, deal_id: int) -> HttpResponse:
    """What is asked before a deal is won or lost (`?stage=`); the answer goes to `deal_move`."""
    deal = visible_or_404(Deal, request.user, pk=deal_id, related=RELATED)
    stage = _stage(deal, request.GET.get("stage", Stage.Kind.WON))
    if stage is None:
        raise Http404
    start = {"amount": deal.amount, "on": Company.get().today, "version": deal.version}
    form = CloseDealForm(stage=stage, deal=deal, initial=start)
    return render(request, "sales/deal_close.html", _closing(request, deal, stage, form))


@require_POST
@access(SIGNED_IN)
def deal_move(request: SignedInRequest, deal_id: int) -> HttpResponse:
    deal = visible_or_404(Deal, request.user, pk=deal_id, related=RELATED)
    stage = _stage(deal, request.POST.get("stage", ""))
    if stage is None:
        messages.error(request, _("This stage is not in use. Choose another one."))
        return SeeOther(safe_next(request, _page_of(deal)))
    if not stage.is_open:
        return _close(request, deal, stage)
    form = MoveForm(request.POST)
    version = form.cleaned_data.get("version") if form.is_valid() else None
    try:
        change = move_deal(deal, stage, by=request.user, version=version)
    except VersionConflict:
        messages.error(request, _changed_meanwhile(deal))
        return SeeOther(safe_next(request, _page_of(deal)))
    except CannotMove as error:
        messages.error(request, str(error.sentence))
        return SeeOther(_page_of(deal))
    return _moved(request, deal, change)


def _close(request: SignedInRequest, deal: Deal, stage: Stage) -> HttpResponse:
    """Win or lose it with what was typed; what lacks is asked again."""
    form = CloseDealForm(request.POST, stage=stage, deal=deal)
    if form.is_valid():
        try:
            return _moved(
                request, deal, move_deal(deal, stage, **form.cleaned_data, by=request.user)
            )
        except CannotMove as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.sentence))
        except VersionConflict:
            form.add_error(None, _changed_meanwhile(deal))
            # who has read that and saves again means it
            anew = request.POST.copy()
            anew["version"] = str(deal.version)
            form.data = anew
    return invalid(request, "sales/deal_close.html", _closing(request, deal, stage, form))


def _changed_meanwhile(deal: Deal) -> str:
    """Who changed it, and where it stands now."""
    deal.refresh_from_db()
    last = last_change(deal)
    told = {
        "name": last.actor_name if last else "",
        "deal": deal.title,
        "stage": deal.stage,
        "time": f"{timezone.localtime(last.at):%H:%M}" if last else "",
    }
    return (
        _(
            "%(name)s changed «%(deal)s» at %(time)s. It stands in %(stage)s now. Look, then move it."
        )
        % told
    )


def _stage(deal: Deal, key: str) -> Stage | None:
    """The stage of this key, "won" and "lost" being those of the deal's own pipeline.

    Out of the few there are: what was sent never reaches the database.
    """
    ways = list(Stage.objects.for_deal(deal))
    own = (one for one in ways if one.pipeline_id == deal.stage.pipeline_id)
    ends = {one.kind: one for one in own if not one.is_open}
    return ends.get(key) or next((one for one in ways if one.key == key), None)


def _closing(
    request: SignedInRequest, deal: Deal, stage: Stage, form: CloseDealForm
) -> dict[str, Any]:
    back = safe_next(request, _page_of(deal))
    return {"deal": deal, "stage": stage, "form": form, "close_url": back}


def _moved(request: SignedInRequest, deal: Deal, change: DealChange | None) -> HttpResponse:
    """None: it stood there already, and nothing is told."""
    if change is not None:
        say(
            request,
            _("«%(deal)s» moved to %(stage)s.") % {"deal": deal.title, "stage": change.stage},
            undo=reverse("deal-undo", args=[deal.pk, change.pk]),
        )
    return SeeOther(safe_next(request, _page_of(deal)))


@require_POST
@access(SIGNED_IN)
def deal_undo(request: SignedInRequest, deal_id: int, change_id: int) -> HttpResponse:
    """Take the last move back."""
    deal = visible_or_404(Deal, request.user, pk=deal_id)
    change = visible_or_404(DealChange, request.user, pk=change_id, deal=deal)
    try:
        undo_move(change, by=request.user)
    except CannotUndo:
        say(request, _("Something came after this move. Move the deal instead."))
    else:
        say(request, _("The move was taken back."))
    return SeeOther(safe_next(request, _page_of(deal)))


@require_POST
@access(SIGNED_IN)
def deal_bin(request: SignedInRequest, deal_id: int) -> HttpResponse:
    deal = visible_or_404(Deal, request.user, pk=deal_id)
    bin_deal(deal, by=request.user, on=Company.get().today)
    say(
        request,
        _("«%(name)s» is in the bin for 30 days.") % {"name": deal.title},
        undo=reverse("deal-restore", args=[deal.pk]),
    )
    return SeeOther(reverse("deal-list"))


@require_POST
@access(SIGNED_IN)
def deal_restore(request: SignedInRequest, deal_id: int) -> HttpResponse:
    deal = visible_or_404(Deal, request.user, pk=deal_id)
    bin_deal(deal, by=request.user, on=None)
    say(request, _("«%(name)s» is back.") % {"name": deal.title})
    return SeeOther(safe_next(request, _page_of(deal)))


def _page_of(deal: Deal) -> str:
    return reverse("deal-detail", args=[deal.pk])
