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

from crm.lib.listing import Column, Listing, Tabs
from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid, respond
from customers.filters import CustomerFilters
from customers.forms import CustomerForm
from customers.keeping import add_customer, bin_record, change_customer
from customers.models import Customer
from customers.search import narrow
from customers.views.duplicates import suspected
from team.access import SIGNED_IN, SignedInRequest, access, scope_of, visible_or_404
from team.conflicts import conflict
from team.models import Company, User
from team.reading import count_view
from team.records import VersionConflict

COLUMNS = [
    Column("name", gettext_lazy("Customer"), ("sort_name", "id")),
    Column("owner", gettext_lazy("Owner")),
    Column("segment", gettext_lazy("Segment")),
    Column("region", gettext_lazy("Region")),
    Column("value", gettext_lazy("A year"), ("-annual_cents", "-id"), numeric=True),
    Column("last", gettext_lazy("Last order"), ("-last_purchase_on", "-id"), numeric=True),
    Column("lost", gettext_lazy("State"), ("lost_on", "id")),
]
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
    segment_url: str
    region_url: str


@require_safe
@access(SIGNED_IN)
def customer_list(request: SignedInRequest) -> HttpResponse:
    today = Company.get().today
    show_owner = not scope_of(request.user).is_one_person
    listing = Listing(
        request,
        Customer.visible_to(request.user).listed().select_related("owner").only(*READ),
        parts=[part.listed() for part in Customer.visible_parts(request.user)],
        columns=[column for column in COLUMNS if show_owner or column.name != "owner"],
        default_sort="value",
        filters=CustomerFilters,
        tabs=Tabs(_tab_labels(request.user), lambda rows, tab: rows.in_state(tab, today)),
        search=lambda rows, text: narrow(rows, "customer", text, viewer=request.user),
        total="annual_cents",
    )
    rows = _rows(listing, today)
    context = {"listing": listing, "rows": rows, "today": today, "show_owner": show_owner}
    return respond(
        request, "customers/customer_list.html", context, fragment="customers/_customers.html"
    )


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
    customer = visible_or_404(Customer, request.user, pk=customer_id)
    form = CustomerForm(request.POST or None, instance=customer, viewer=request.user)
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
    return SeeOther(reverse("customer-detail", args=[customer.pk]))


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
