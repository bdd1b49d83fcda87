"""The list of customers; adding and editing one. (Its page belongs to sales, which knows the calls.)"""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib.listing import Column, Listing
from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid, respond
from customers.duplicates import possible_duplicates
from customers.filters import CustomerFilters
from customers.forms import CustomerForm
from customers.keeping import add_customer, bin_record, change_customer
from customers.models import Customer
from customers.search import narrow
from team.access import SIGNED_IN, SignedInRequest, access, visible_or_404
from team.conflicts import conflict
from team.models import Company
from team.records import VersionConflict

COLUMNS = [
    Column("name", gettext_lazy("Customer"), ("sort_name", "id")),
    Column("owner", gettext_lazy("Owner")),
    Column("segment", gettext_lazy("Segment")),
    Column("value", gettext_lazy("A year"), ("-annual_cents", "-id"), numeric=True),
    Column("last", gettext_lazy("Last order"), ("-last_purchase_on", "-id"), numeric=True),
    Column("lost", gettext_lazy("Silent"), ("lost_on", "id"), numeric=True),
]


@require_safe
@access(SIGNED_IN)
def customer_list(request: SignedInRequest) -> HttpResponse:
    listing = Listing(
        request,
        Customer.visible_to(request.user).listed().select_related("owner"),
        columns=COLUMNS,
        default_sort="value",
        filters=CustomerFilters,
        search=lambda rows, text: narrow(rows, "customer", text, viewer=request.user),
        total="annual_cents",
    )
    context = {"listing": listing, "today": Company.get().today}
    return respond(
        request, "customers/customer_list.html", context, fragment="customers/_customers.html"
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def customer_new(request: SignedInRequest) -> HttpResponse:
    form = CustomerForm(request.POST or None, viewer=request.user)
    if request.method != "POST":
        return render(request, "customers/customer_form.html", {"form": form})
    if not form.is_valid():
        return invalid(request, "customers/customer_form.html", {"form": form})
    new = Customer(client_ref=form.cleaned_data["client_ref"], **form.typed)
    customer, made = add_customer(new, owner=form.first_owner, by=request.user)
    if made:
        say(request, _("Customer saved."))
    return SeeOther(reverse("customer-detail", args=[customer.pk]))


@require_safe
@access(SIGNED_IN)
def customer_duplicates(request: SignedInRequest) -> HttpResponse:
    """The part of the form that tells, while typing, who might be the same customer."""
    found = possible_duplicates(
        request.user,
        "customer",
        name=request.GET.get("name", ""),
        phone=request.GET.get("phone", ""),
        email=request.GET.get("email", ""),
    )
    return render(request, "customers/_duplicates.html", {"found": found})


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def customer_edit(request: SignedInRequest, customer_id: int) -> HttpResponse:
    customer = visible_or_404(Customer, request.user, pk=customer_id)
    form = CustomerForm(request.POST or None, instance=customer, viewer=request.user)
    context = {"form": form, "customer": customer}
    if request.method != "POST":
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
