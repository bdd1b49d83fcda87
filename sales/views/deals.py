"""The list of deals, a deal's page with its history of stages, and what can be done with one."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib.listing import Column, Listing, Tabs
from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid, respond, safe_next
from customers.search import narrow
from sales.deals import (
    CannotMove,
    CannotUndo,
    DealIsClosed,
    add_deal,
    bin_deal,
    change_deal,
    move_deal,
    undo_move,
)
from sales.filters import DealFilters
from sales.forms import CloseDealForm, DealForm
from sales.models import Activity, Deal, DealChange, Lead, LossReason, Stage, Task
from sales.stages import stage_history
from team.access import SIGNED_IN, SignedInRequest, access, visible_or_404
from team.conflicts import conflict
from team.history import history_of
from team.models import Company
from team.records import VersionConflict

COLUMNS = [
    Column("title", gettext_lazy("Deal")),
    Column("customer", gettext_lazy("Customer")),
    Column("owner", gettext_lazy("Owner")),
    Column("stage", gettext_lazy("Stage")),
    Column("amount", gettext_lazy("Amount"), ("-cents", "-id"), numeric=True),
    Column("close", gettext_lazy("Closes"), ("expected_close_on", "id"), numeric=True),
    Column("newest", gettext_lazy("Opened"), ("-opened_on", "-id"), numeric=True, spare=True),
]
# What a row shows or sorts by.
READ = (
    "title",
    "amount",
    "currency",
    "cents",
    "opened_on",
    "expected_close_on",
    "closed_on",
    "customer__name",
    "owner__name",
    "stage__key",
    "stage__name",
    "stage__kind",
)
TABS = Tabs(
    {
        "open": gettext_lazy("Open"),
        "won": gettext_lazy("Won"),
        "lost": pgettext_lazy("several", "Lost"),
        "all": gettext_lazy("All"),
    },
    lambda rows, tab: rows.in_state(tab),
)
RELATED = ("customer", "contact", "lead", "owner", "stage")
# How much of a record's past its page shows.
SHOWN = 30


@require_safe
@access(SIGNED_IN)
def deal_list(request: SignedInRequest) -> HttpResponse:
    listing = Listing(
        request,
        Deal.visible_to(request.user)
        .listed()
        .select_related("customer", "owner", "stage")
        .only(*READ),
        parts=[part.listed() for part in Deal.visible_parts(request.user)],
        columns=COLUMNS,
        default_sort="amount",
        filters=DealFilters,
        tabs=TABS,
        search=lambda rows, text: narrow(rows, "deal", text, viewer=request.user),
        total="cents",
    )
    context = {"listing": listing, "today": Company.get().today}
    return respond(request, "sales/deal_list.html", context, fragment="sales/_deals.html")


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def deal_new(request: SignedInRequest) -> HttpResponse:
    """A new deal; `?customer=7` chooses the customer beforehand, `?lead=7` the lead that it comes from."""
    start = {name: request.GET.get(name) for name in ("customer", "lead")}
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
    return render(request, "sales/deal_detail.html", _page(request, deal))


def _page(request: SignedInRequest, deal: Deal) -> dict[str, Any]:
    today = Company.get().today
    periods = stage_history(deal, today)
    entries = Activity.visible_to(request.user).filter(deal=deal, deleted_on__isnull=True)
    steps = Task.visible_to(request.user).open().filter(deal=deal)
    return {
        "deal": deal,
        "lead_seen": deal.lead_id is not None
        and Lead.visible_to(request.user).filter(pk=deal.lead_id).exists(),
        "events": history_of(deal, request.user),
        "logging_here": True,
        "today": today,
        "periods": periods,
        "days": periods[0].days if periods else None,
        "reason": LossReason.objects.filter(key=deal.reason).first() if deal.reason else None,
        "new_url": f"{reverse('task-new')}?deal={deal.pk}",
        "stages": Stage.objects.filter(is_active=True, pipeline=deal.stage.pipeline_id),
        "entries": entries.select_related("author", "outcome").order_by("-start_at", "-id")[:SHOWN],
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
    key = request.GET.get("stage", Stage.Kind.WON)
    stage = _stage(key)
    if stage is None:
        raise Http404
    form = CloseDealForm(stage=stage, initial={"amount": deal.amount, "on": Company.get().today})
    return render(request, "sales/deal_close.html", _closing(deal, stage, form))


@require_POST
@access(SIGNED_IN)
def deal_move(request: SignedInRequest, deal_id: int) -> HttpResponse:
    deal = visible_or_404(Deal, request.user, pk=deal_id, related=RELATED)
    stage = _stage(request.POST.get("stage", ""))
    if stage is None:
        gone = _("This stage is not in use. Choose another one.")
        return invalid(request, "sales/deal_detail.html", _page(request, deal) | {"problem": gone})
    if stage.kind == Stage.Kind.OPEN:
        return _moved(request, deal, move_deal(deal, stage, by=request.user))
    form = CloseDealForm(request.POST, stage=stage)
    if form.is_valid():
        try:
            change = move_deal(deal, stage, **form.cleaned_data, by=request.user)
        except CannotMove as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.sentence))
        else:
            return _moved(request, deal, change)
    return invalid(request, "sales/deal_close.html", _closing(deal, stage, form))


def _stage(key: str) -> Stage | None:
    """The stage of this key, out of the few there are: what was sent never reaches the database."""
    return next((one for one in Stage.objects.filter(is_active=True) if one.key == key), None)


def _closing(deal: Deal, stage: Stage, form: CloseDealForm) -> dict[str, Any]:
    return {"deal": deal, "stage": stage, "form": form, "close_url": _page_of(deal)}


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
