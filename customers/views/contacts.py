"""The list of contacts; adding and editing one."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib.columns import Arranged, Column, declare
from crm.lib.listing import Listing
from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid, safe_next
from customers.filters import ContactFilters
from customers.forms import ContactForm
from customers.keeping import add_contact, bin_record, change_contact, choose_main
from customers.models import Contact, worn
from customers.search import narrow
from customers.views.duplicates import suspected
from team.access import SIGNED_IN, SignedInRequest, access, visible_or_404
from team.conflicts import conflict
from team.history import history_of
from team.list_page import ListPage
from team.models import Company
from team.reading import count_view
from team.records import VersionConflict
from team.trail import declare_walk, trail_of

CONTACTS = declare(
    "contact-list",
    gettext_lazy("Contacts"),
    [
        Column("name", gettext_lazy("Contact"), ("sort_name", "id"), fixed=True),
        Column("role", gettext_lazy("Role")),
        Column("customer", gettext_lazy("Customer")),
        Column("phone", gettext_lazy("Phone"), reaches=True),
        Column("email", gettext_lazy("E-mail"), reaches=True),
        Column("owner", gettext_lazy("Owner"), extra=True, of_others=True),
        Column("language", gettext_lazy("Language"), extra=True),
    ],
)


@require_safe
@access(SIGNED_IN)
def contact_list(request: SignedInRequest) -> HttpResponse:
    page = ListPage(request, CONTACTS)
    listing = contact_listing(request, page.columns)
    context = {"listing": listing}
    return page.show(
        listing, "customers/contact_list.html", context, fragment="customers/_contacts.html"
    )


def contact_listing(request: SignedInRequest, columns: Arranged) -> Listing:
    """The contacts that this person sees, as the address narrows them."""
    rows = Contact.visible_to(request.user).listed()
    return Listing(
        request,
        rows.select_related("customer__owner").prefetch_related("customer__merged_into", worn()),
        parts=[part.listed() for part in Contact.visible_parts(request.user)],
        columns=columns,
        default_sort="name",
        filters=ContactFilters,
        search=lambda rows, text: narrow(rows, "contact", text, viewer=request.user),
    )


declare_walk(CONTACTS, Contact, "contact-edit", contact_listing)


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
        context["trail"] = trail_of(request, contact)
        return render(request, "customers/contact_form.html", context)
    if not form.is_valid():
        return invalid(request, "customers/contact_form.html", context)
    try:
        change_contact(contact, form.typed, by=request.user, version=form.cleaned_data["version"])
    except VersionConflict as error:
        return conflict(request, form, error.current)
    say(request, _("Contact saved."))
    return SeeOther(safe_next(request, _page_of(contact)))


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


@require_POST
@access(SIGNED_IN)
def contact_main(request: SignedInRequest, contact_id: int) -> HttpResponse:
    contact = visible_or_404(Contact, request.user, related=("customer",), pk=contact_id)
    if choose_main(contact, by=request.user):
        say(request, _("%(name)s is the main contact.") % {"name": contact.name})
    return SeeOther(safe_next(request, _page_of(contact)))


def _page_of(contact: Contact) -> str:
    return contact.customer.survivor.get_absolute_url()
