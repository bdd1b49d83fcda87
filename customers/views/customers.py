"""The list of customers; adding and editing one. (Its page belongs to sales, which knows the calls.)"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib.columns import Arranged, Column, declare
from crm.lib.listing import Listing, Tabs
from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid, safe_next
from customers.filters import CustomerFilters
from customers.forms import CustomerForm
from customers.keeping import add_customer, bin_record, change_customer
from customers.models import Customer, Tag, borne_by, worn_by_all
from customers.search import narrow
from customers.views.duplicates import suspected
from team.access import SIGNED_IN, SignedInRequest, access, scope_of, visible_or_404
from team.conflicts import conflict
from team.list_page import ListPage
from team.models import Company, User
from team.reading import count_view
from team.records import VersionConflict
from team.trail import declare_walk

CUSTOMERS = declare(
    "customer-list",
    gettext_lazy("Customers"),
    [
        Column("name", gettext_lazy("Customer"), ("sort_name", "id"), fixed=True),
        Column("owner", gettext_lazy("Owner"), of_others=True),
        Column("segment", gettext_lazy("Segment")),
        Column("region", gettext_lazy("Region")),
        Column("value", gettext_lazy("A year"), ("-annual_cents", "-id"), numeric=True),
        Column("last", gettext_lazy("Last order"), ("-last_purchase_on", "-id"), numeric=True),
        Column("lost", gettext_lazy("State"), ("lost_on", "id")),
        Column("purchases", gettext_lazy("Purchases"), numeric=True, extra=True),
        Column("phone", gettext_lazy("Phone"), extra=True, reaches=True),
        Column("email", gettext_lazy("E-mail"), extra=True, reaches=True),
        Column("language", gettext_lazy("Language"), extra=True),
        Column("reference", gettext_lazy("Reference"), extra=True),
    ],
)
# What a row shows or sorts by; the rest of a customer is not fetched fifty times.
READ = (
    "name",
    "sort_name",
    "place",
    "segment",
    "region",
    "is_test",
    "annual_cents",
    "purchases",
    "last_purchase_on",
    "lost_on",
    "at_risk_on",
    "phone",
    "phone_e164",
    "email",
    "language",
    "reference",
    "owner__name",
)
TAB_LABELS = {
    "all": gettext_lazy("All"),
    "buying": gettext_lazy("Buying"),
    "at-risk": gettext_lazy("At risk"),
    "lost": pgettext_lazy("several", "Lost"),
    "never": gettext_lazy("No purchase yet"),
    "pool": gettext_lazy("Without owner"),
}


@dataclass(frozen=True)
class ListedCustomer:
    """A row of the list; the addresses narrow the list to customers like this one."""

    customer: Customer
    state: str
    silent: int | None
    tags: list[Tag]
    segment_url: str
    region_url: str


@require_safe
@access(SIGNED_IN)
def customer_list(request: SignedInRequest) -> HttpResponse:
    today = Company.get().today
    page = ListPage(request, CUSTOMERS)
    listing = customer_listing(request, page.columns)
    context = {"listing": listing, "rows": _rows(listing, today), "today": today}
    return page.show(
        listing, "customers/customer_list.html", context, fragment="customers/_customers.html"
    )


def customer_listing(request: SignedInRequest, columns: Arranged) -> Listing:
    """The customers that this person sees, as the address narrows them."""
    today = Company.get().today
    rows = Customer.visible_to(request.user).listed().select_related("owner")
    return Listing(
        request,
        rows.only(*READ).prefetch_related(*worn_by_all()),
        parts=[part.listed() for part in Customer.visible_parts(request.user)],
        columns=columns,
        default_sort="value",
        filters=CustomerFilters,
        tabs=Tabs(_tab_labels(request.user), lambda rows, tab: rows.in_state(tab, today)),
        search=lambda rows, text: narrow(rows, "customer", text, viewer=request.user),
        total="annual_cents",
    )


declare_walk(CUSTOMERS, Customer, "customer-detail", customer_listing)


def _tab_labels(user: User) -> dict[str, Any]:
    """Who does not see the pool is not offered it."""
    hidden = set() if scope_of(user).pool else {"pool"}
    return {name: label for name, label in TAB_LABELS.items() if name not in hidden}


def _rows(listing: Listing, today: date) -> list[ListedCustomer]:
    of_segment, of_region = listing.addresses("segment"), listing.addresses("region")
    return [
        ListedCustomer(
            customer=customer,
            state=customer.state_on(today),
            silent=customer.silent_on(today),
            tags=borne_by(customer),
            segment_url=of_segment(customer.segment),
            region_url=of_region(customer.region),
        )
        for customer in listing.page.rows
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def customer_new(request: SignedInRequest) -> HttpResponse:
    form = CustomerForm(request.POST or None, viewer=request.user)
    if request.method != "POST":
        return render(request, "customers/customer_form.html", {"form": form})
    if not form.is_valid():
        return invalid(request, "customers/customer_form.html", {"form": form})
    found = suspected(request, form, "customer")
    if found is not None:
        return invalid(request, "customers/customer_form.html", {"form": form, "found": found})
    new = Customer(client_ref=form.cleaned_data["client_ref"], **form.typed)
    customer, made = add_customer(new, owner=form.first_owner, by=request.user)
    if made:
        say(request, _("Customer saved."))
    return SeeOther(reverse("customer-detail", args=[customer.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def customer_edit(request: SignedInRequest, customer_id: int) -> HttpResponse:
    customer = visible_or_404(Customer, request.user, related=("merged_into",), pk=customer_id)
    form = CustomerForm(request.POST or None, instance=customer, viewer=request.user)
    if customer.merged_into is not None:
        return _edit_survivor(request, form, customer.merged_into)
    context = {"form": form, "customer": customer}
    if request.method != "POST":
        count_view(request.user, customer.pk)
        return render(request, "customers/customer_form.html", context)
    if not form.is_valid():
        return invalid(request, "customers/customer_form.html", context)
    try:
        change_customer(customer, form.typed, by=request.user, version=form.cleaned_data["version"])
    except VersionConflict as error:
        return conflict(request, form, error.current)
    say(request, _("Customer saved."))
    return SeeOther(safe_next(request, reverse("customer-detail", args=[customer.pk])))


def _edit_survivor(request: SignedInRequest, form: CustomerForm, into: Customer) -> HttpResponse:
    """The form of a customer that has become part of another: what was typed is offered for that one."""
    address = reverse("customer-edit", args=[into.pk])
    if request.method != "POST":
        return SeeOther(address)
    if not form.is_valid():
        context = {"form": form, "customer": form.instance}
        return invalid(request, "customers/customer_form.html", context)
    became = _("%(name)s became part of %(into)s meanwhile") % {
        "name": form.initial["name"],
        "into": into,
    }
    return conflict(request, form, into, became=became, action=address)


@require_POST
@access(SIGNED_IN)
def customer_bin(request: SignedInRequest, customer_id: int) -> HttpResponse:
    customer = visible_or_404(Customer, request.user, pk=customer_id)
    bin_record(customer, by=request.user, on=Company.get().today)
    say(
        request,
        _("«%(name)s» is in the bin for 30 days.") % {"name": customer.name},
        undo=reverse("customer-restore", args=[customer.pk]),
    )
    return SeeOther(reverse("customer-list"))


@require_POST
@access(SIGNED_IN)
def customer_restore(request: SignedInRequest, customer_id: int) -> HttpResponse:
    customer = visible_or_404(Customer, request.user, pk=customer_id)
    bin_record(customer, by=request.user, on=None)
    say(request, _("«%(name)s» is back.") % {"name": customer.name})
    return SeeOther(reverse("customer-detail", args=[customer.pk]))
