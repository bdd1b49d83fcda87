"""The list of contacts; adding and editing one."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib.listing import Column, Listing
from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid, respond, safe_next
from customers.filters import ContactFilters
from customers.forms import ContactForm
from customers.keeping import add_contact, bin_record, change_contact
from customers.models import Contact
from customers.search import narrow
from customers.views.duplicates import suspected
from team.access import SIGNED_IN, SignedInRequest, access, visible_or_404
from team.conflicts import conflict
from team.history import history_of
from team.models import Company
from team.reading import count_view
from team.records import VersionConflict

COLUMNS = [
    Column("name", gettext_lazy("Contact"), ("sort_name", "id")),
    Column("role", gettext_lazy("Role")),
    Column("customer", gettext_lazy("Customer")),
    Column("phone", gettext_lazy("Phone")),
    Column("email", gettext_lazy("E-mail")),
]


@require_safe
@access(SIGNED_IN)
def contact_list(request: SignedInRequest) -> HttpResponse:
    listing = Listing(
        request,
        Contact.visible_to(request.user).listed().select_related("customer__owner"),
        parts=[part.listed() for part in Contact.visible_parts(request.user)],
        columns=COLUMNS,
        default_sort="name",
        filters=ContactFilters,
        search=lambda rows, text: narrow(rows, "contact", text, viewer=request.user),
    )
    return respond(
        request,
        "customers/contact_list.html",
        {"listing": listing},
        fragment="customers/_contacts.html",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def contact_new(request: SignedInRequest) -> HttpResponse:
    """A new contact; `?customer=7` chooses the customer beforehand."""
    start = {"customer": request.GET.get("customer")}
    form = ContactForm(request.POST or None, viewer=request.user, initial=start)
    if request.method != "POST":
        return render(request, "customers/contact_form.html", {"form": form})
    if not form.is_valid():
        return invalid(request, "customers/contact_form.html", {"form": form})
    found = suspected(request, form, "contact")
    if found is not None:
        return invalid(request, "customers/contact_form.html", {"form": form, "found": found})
    new = Contact(client_ref=form.cleaned_data["client_ref"], **form.typed)
    contact, made = add_contact(new, by=request.user)
    if made:
        say(request, _("Contact saved."))
    return SeeOther(safe_next(request, _page_of(contact)))


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def contact_edit(request: SignedInRequest, contact_id: int) -> HttpResponse:
    contact = visible_or_404(Contact, request.user, pk=contact_id)
    form = ContactForm(request.POST or None, instance=contact, viewer=request.user)
    context = {"form": form, "contact": contact, "events": history_of(contact, request.user)}
    if request.method != "POST":
        count_view(request.user, contact.customer_id)
        return render(request, "customers/contact_form.html", context)
    if not form.is_valid():
        return invalid(request, "customers/contact_form.html", context)
    try:
        change_contact(contact, form.typed, by=request.user, version=form.cleaned_data["version"])
    except VersionConflict as error:
        return conflict(request, form, error.current)
    say(request, _("Contact saved."))
    return SeeOther(_page_of(contact))


@require_POST
@access(SIGNED_IN)
def contact_bin(request: SignedInRequest, contact_id: int) -> HttpResponse:
    contact = visible_or_404(Contact, request.user, pk=contact_id)
    bin_record(contact, by=request.user, on=Company.get().today)
    say(
        request,
        _("«%(name)s» is in the bin for 30 days.") % {"name": contact.name},
        undo=reverse("contact-restore", args=[contact.pk]),
    )
    return SeeOther(_page_of(contact))


@require_POST
@access(SIGNED_IN)
def contact_restore(request: SignedInRequest, contact_id: int) -> HttpResponse:
    contact = visible_or_404(Contact, request.user, pk=contact_id)
    bin_record(contact, by=request.user, on=None)
    say(request, _("«%(name)s» is back.") % {"name": contact.name})
    return SeeOther(_page_of(contact))


def _page_of(contact: Contact) -> str:
    return reverse("customer-detail", args=[contact.customer_id])
