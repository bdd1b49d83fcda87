"""The list of customers that were probably entered twice: merge them, or say that they are two."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from crm.lib.listing import Column, Listing, Tabs
from crm.lib.notices import say
from crm.lib.web import SeeOther, respond, safe_next
from customers.models import TwinPair
from customers.twins import bring_back, dismiss
from team.access import ADMIN, DIRECTOR, MANAGER, SignedInRequest, access, visible_or_404

COLUMNS = [
    Column("first", gettext_lazy("Customer")),
    Column("second", gettext_lazy("Looks like")),
    Column("signs", gettext_lazy("Why")),
    Column("cents", gettext_lazy("A year, both"), ("-cents", "-id"), numeric=True),
]
TABS = Tabs(
    {"open": gettext_lazy("Waiting"), "different": gettext_lazy("Not the same")},
    lambda rows, tab: rows.filter(state=tab),
)


@require_safe
@access(MANAGER, ADMIN, DIRECTOR)
def twin_list(request: SignedInRequest) -> HttpResponse:
    listing = Listing(
        request,
        TwinPair.visible_to(request.user)
        .listed()
        .select_related("first__owner", "second__owner", "by"),
        columns=COLUMNS,
        default_sort="cents",
        tabs=TABS,
    )
    return respond(
        request, "customers/twin_list.html", {"listing": listing}, fragment="customers/_twins.html"
    )


@require_POST
@access(MANAGER, ADMIN, DIRECTOR)
def twin_dismiss(request: SignedInRequest, pair_id: int) -> HttpResponse:
    pair = visible_or_404(TwinPair, request.user, related=("first", "second"), pk=pair_id)
    if dismiss(pair, by=request.user):
        say(
            request,
            _("«%(one)s» and «%(other)s» are two customers.")
            % {"one": pair.first, "other": pair.second},
            undo=reverse("twin-restore", args=[pair.pk]),
        )
    return SeeOther(safe_next(request, reverse("twin-list")))


@require_POST
@access(MANAGER, ADMIN, DIRECTOR)
def twin_restore(request: SignedInRequest, pair_id: int) -> HttpResponse:
    pair = visible_or_404(TwinPair, request.user, related=("first", "second"), pk=pair_id)
    if bring_back(pair, by=request.user):
        say(
            request,
            _("«%(one)s» and «%(other)s» wait to be looked at again.")
            % {"one": pair.first, "other": pair.second},
        )
    return SeeOther(safe_next(request, reverse("twin-list")))
