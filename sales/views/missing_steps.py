"""The lists behind what Today counts as having no next step: a step is planned or a call logged from each row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from crm.lib.listing import Column, Listing, Tabs
from crm.lib.web import respond
from customers.models import Customer
from sales.days.missing_steps import customers_without_step, deals_without_step
from sales.models import Deal
from team.access import SIGNED_IN, SignedInRequest, access, scope_of
from team.models import Company

TABS = {"mine": _("Mine"), "all": _("All I may see")}


@dataclass(frozen=True)
class Kind:
    """One of the two lists; `money` is the column its rows are ordered by and summed up over."""

    title: Promise
    model: Any
    narrow: Callable[[Any], Any]
    money: str


KINDS = {
    "customer": Kind(
        _("Customers at risk without a next step"),
        Customer,
        lambda rows: customers_without_step(rows, Company.get().today),
        "annual_cents",
    ),
    "deal": Kind(_("Open deals without a next step"), Deal, deals_without_step, "cents"),
}


@dataclass(frozen=True)
class Row:
    record: Any
    cents: int | None
    log_url: str
    plan_url: str


@require_safe
@access(SIGNED_IN)
def today_missing(request: SignedInRequest, kind: str) -> HttpResponse:
    if kind not in KINDS:
        raise Http404
    asked, user = KINDS[kind], request.user
    show_owner = not scope_of(user).is_one_person
    listing = Listing(
        request,
        asked.narrow(asked.model.visible_to(user)).select_related("owner"),
        columns=_columns(asked, show_owner=show_owner),
        default_sort="money",
        tabs=Tabs(
            TABS if show_owner else {"mine": TABS["mine"]},
            lambda rows, tab: rows.filter(owner=user) if tab == "mine" else rows,
        ),
        total=asked.money,
    )
    context = {
        "listing": listing,
        "rows": [_row(record, asked, request) for record in listing.page.rows],
        "title": asked.title,
        "kind": kind,
        "show_owner": show_owner,
    }
    return respond(
        request, "sales/missing_steps.html", context, fragment="sales/_missing_steps.html"
    )


def _columns(kind: Kind, *, show_owner: bool) -> list[Column]:
    money = (f"-{kind.money}", "-id")
    owner = [Column("owner", _("Owner"))] if show_owner else []
    name = _("Customer") if kind.model is Customer else _("Deal")
    worth = _("A year") if kind.model is Customer else _("Amount")
    return [
        Column("name", name),
        *owner,
        Column("money", worth, money, numeric=True),
        Column("acts", ""),
    ]


def _row(record: Any, kind: Kind, request: SignedInRequest) -> Row:
    about = {record._meta.model_name: record.pk, "next": request.get_full_path()}
    return Row(
        record,
        getattr(record, kind.money),
        f"{reverse('call-new')}?{urlencode(about)}",
        f"{reverse('task-new')}?{urlencode(about)}",
    )
