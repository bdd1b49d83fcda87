"""The deals of a person as a table and as a board, with the same filters."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from crm.lib.columns import Arranged, Column, declare
from crm.lib.formatting import money
from crm.lib.listing import Listing, Tabs
from crm.lib.web import leave_for, respond
from customers.models import worn
from customers.search import narrow
from sales.deals.board import Board, Tally, board_of, weigh
from sales.deals.standing import standings
from sales.filters import BoardFilters, DealFilters
from sales.models import Deal, Stage
from team.access import SIGNED_IN, SignedInRequest, access
from team.list_page import ListPage
from team.models import Company
from team.trail import declare_walk

DEALS = declare(
    "deal-list",
    gettext_lazy("Deals"),
    [
        Column("title", gettext_lazy("Deal"), fixed=True),
        Column("owner", gettext_lazy("Owner")),
        Column("stage", gettext_lazy("Stage")),
        Column("since", gettext_lazy("In stage"), numeric=True),
        Column("step", gettext_lazy("Next step")),
        Column("amount", gettext_lazy("Amount"), ("-cents", "-id"), numeric=True),
        Column("close", gettext_lazy("Closes"), ("expected_close_on", "id"), numeric=True),
        Column("newest", gettext_lazy("Opened"), ("-opened_on", "-id"), numeric=True, spare=True),
        Column("competitor", gettext_lazy("Competitor"), extra=True),
    ],
)
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
    "stage__usual_half_days",
    "stage_since",
    "competitor",
    "customer__merged_into",
)
TABS = Tabs(
    {
        "open": pgettext_lazy("several", "Open"),
        "won": pgettext_lazy("several", "Won"),
        "lost": pgettext_lazy("several", "Lost"),
        "all": gettext_lazy("All"),
    },
    lambda rows, tab: rows.in_state(tab),
)
# A board of more deals than these opens as a table.
MOST_CARDS = 200
# What both ways to see deals understand, and so goes along from one to the other.
SHARED = ("q", "owner", "tag", "pipeline", "only")


@require_safe
@access(SIGNED_IN)
def deal_list(request: SignedInRequest) -> HttpResponse:
    page = ListPage(request, DEALS)
    listing = deal_listing(request, page.columns)
    today = Company.get().today
    context = {
        "listing": listing,
        "today": today,
        "rows": standings(listing.page.rows, today),
        "other_sums": _weighted(listing),
        "too_many": MOST_CARDS if request.GET.get("board") == "many" else None,
        **_other_way(request),
    }
    return page.show(listing, "sales/deal_list.html", context, fragment="sales/_deals.html")


def deal_listing(request: SignedInRequest, columns: Arranged) -> Listing:
    """The deals that this person sees, as the address narrows them."""
    rows = Deal.visible_to(request.user).listed()
    return Listing(
        request,
        rows.select_related("customer", "owner", "stage")
        .only(*READ)
        .prefetch_related("customer__merged_into", worn()),
        parts=[part.listed() for part in Deal.visible_parts(request.user)],
        columns=columns,
        default_sort="amount",
        filters=DealFilters,
        tabs=TABS,
        search=lambda rows, text: narrow(rows, "deal", text, viewer=request.user),
        total="cents",
    )


declare_walk(DEALS, Deal, "deal-detail", deal_listing)


def _weighted(listing: Listing) -> list[str]:
    """The weighted sum of open deals, where they are few enough to be counted."""
    if listing.tab != "open" or not listing.count or not isinstance(listing.filterset, DealFilters):
        return []
    rows: Any = listing.matching
    total = sum(weigh(rows, listing.filterset.stages).values(), Tally())
    currency = Company.get().base_currency
    return [_("weighted %(sum)s") % {"sum": money(total.weighted_cents, currency)}]


@require_safe
@access(SIGNED_IN)
def deal_board(request: SignedInRequest) -> HttpResponse:
    """The open deals of `?pipeline=` by stage; the first pipeline without it."""
    listing = Listing(
        request,
        Deal.visible_to(request.user).listed(),
        columns=DEALS.offered(others=True),
        default_sort="amount",
        filters=BoardFilters,
        search=lambda rows, text: narrow(rows, "deal", text, viewer=request.user),
    )
    today = Company.get().today
    board = _board(request, listing)
    if board is not None and board.total.count > MOST_CARDS and "anyway" not in request.GET:
        return leave_for(request, _as_table(request, board))
    context = {
        "listing": listing,
        "today": today,
        "board": board,
        "anyway": "anyway" in request.GET,
        "here": request.get_full_path(),
        "only_url": listing.address(only="attention", whole=None),
        "whole_url": listing.address(whole=""),
        **_other_way(request),
    }
    return respond(request, "sales/deal_board.html", context, fragment="sales/_board.html")


def _as_table(request: SignedInRequest, board: Board) -> str:
    """The same deals as a table, which says why it stands there."""
    kept = {name: request.GET[name] for name in SHARED if request.GET.get(name)}
    words = {"pipeline": board.pipeline.key} | kept | {"board": "many"}
    return f"{reverse('deal-list')}?{urlencode(words)}"


def _board(request: SignedInRequest, listing: Listing) -> Board | None:
    """None: the company has no pipeline to show."""
    assert isinstance(listing.filterset, BoardFilters)
    ways: dict[str, list[Stage]] = {}
    for stage in listing.filterset.stages:
        if stage.pipeline.is_active:
            ways.setdefault(stage.pipeline.key, []).append(stage)
    asked = request.GET.get("pipeline", "")
    stages = ways.get(asked) or next(iter(ways.values()), None)
    if stages is None:
        return None
    return board_of(
        stages[0].pipeline,
        stages,
        listing.rows if listing.found is None else listing.found,
        whole=request.GET.get("whole", ""),
        only_attention=request.GET.get("only") == "attention",
        today=Company.get().today,
    )


def _other_way(request: SignedInRequest) -> dict[str, str]:
    """The addresses of table and board that keep what is filtered."""
    kept = urlencode([(name, request.GET[name]) for name in SHARED if request.GET.get(name)])
    tail = f"?{kept}" if kept else ""
    return {
        "table_url": reverse("deal-list") + tail,
        "board_url": reverse("deal-board") + tail,
    }
