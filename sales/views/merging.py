"""Merging two customers, side by side, and taking it back."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from crm.lib.notices import say
from crm.lib.web import SeeOther
from customers.merge_form import MergeForm, OtherForm, label_of
from customers.merging import CannotMerge, merge, merged_before, owner_apart, unmerge
from customers.models import Customer
from customers.twins import twins_of
from sales.customer_page.merge_preview import holdings_of
from team.access import SIGNED_IN, SignedInRequest, access, scope_of, visible_or_404
from team.models import Company
from team.reading import count_view
from team.records import VersionConflict


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def customer_merge(request: SignedInRequest, customer_id: int) -> HttpResponse:
    """With whom (`?other=`), then both side by side; who sees both may merge them."""
    customer = visible_or_404(Customer, request.user, related=("owner",), pk=customer_id)
    asked = request.POST if request.method == "POST" else request.GET
    if request.method == "POST" and (known := _posted_before(request)):
        return known
    if not customer.is_listed:
        return SeeOther(customer.get_absolute_url())
    named = "other" in asked or "other-typed" in asked
    choose = OtherForm(asked if named else None, customer=customer, viewer=request.user)
    if not choose.is_valid():
        status = 422 if request.method == "POST" else 200
        pairs = twins_of(customer, request.user)
        context = {
            "customer": customer,
            "form": choose,
            "twins": [(pair.twin_of(customer), pair.told) for pair in pairs],
        }
        return render(request, "sales/merge_choose.html", context, status=status)
    return _side_by_side(request, customer, choose.cleaned_data["other"])


def _posted_before(request: SignedInRequest) -> HttpResponse | None:
    """The second of a double click is led to where the first went: by now one of the two is merged, or was."""
    try:
        made = merged_before(uuid.UUID(request.POST.get("client_ref", "")))
    except ValueError:
        return None
    if made is None:
        return None
    if made.deleted_on is not None:
        say(request, _("This was done and taken back. Load the page again to do it once more."))
    return SeeOther(made.into.get_absolute_url())


def _side_by_side(request: SignedInRequest, customer: Customer, other: Customer) -> HttpResponse:
    form = MergeForm(request.POST or None, customer=customer, other=other)
    if request.method != "POST":
        for each in (customer, other):
            count_view(request.user, each.pk)
        return _page(request, form)
    if form.is_stale:
        return _page(request, MergeForm(customer=customer, other=other), status=409)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        merge(
            form.merged,
            form.survivor,
            on=Company.get().today,
            by=request.user,
            take=form.taken,
            versions=form.versions,
            client_ref=form.cleaned_data["client_ref"],
        )
    except VersionConflict:
        for each in (customer, other):
            each.refresh_from_db()
        return _page(request, MergeForm(customer=customer, other=other), status=409)
    except CannotMerge as error:
        form.add_error(None, str(error))
        return _page(request, form, status=422)
    say(
        request,
        _("«%(name)s» counts for this customer from today.") % {"name": form.merged.name},
        undo=reverse("customer-unmerge", args=[form.merged.pk]),
    )
    return SeeOther(form.survivor.get_absolute_url())


def _page(request: SignedInRequest, form: MergeForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "customer": form.sides["this"],
        "other": form.sides["other"],
        "holdings": holdings_of(form.sides.values()),
        "changed_meanwhile": status == 409,
    }
    return render(request, "sales/merge.html", context, status=status)


@require_POST
@access(SIGNED_IN)
def customer_unmerge(request: SignedInRequest, customer_id: int) -> HttpResponse:
    """For 30 days. Who it goes back to has to be in sight, as when it was merged."""
    customer = visible_or_404(Customer, request.user, related=("merged_into",), pk=customer_id)
    survivor = customer.survivor
    if not scope_of(request.user).covers(owner_apart(customer)):
        say(
            request, _("It goes back to a colleague’s customers: ask your manager to take it back.")
        )
        return SeeOther(survivor.get_absolute_url())
    try:
        edited = unmerge(customer, by=request.user)
    except CannotMerge as error:
        say(request, str(error))
        return SeeOther(survivor.get_absolute_url())
    say(request, _("«%(name)s» stands alone again.") % {"name": customer.name})
    if edited:
        names = ", ".join(label_of(name) for name in edited)
        say(
            request,
            ngettext(
                "Edited since and left as it is at «%(name)s»: %(fields)s.",
                "Edited since and left as they are at «%(name)s»: %(fields)s.",
                len(edited),
            )
            % {"name": survivor.name, "fields": names},
        )
    return SeeOther(customer.get_absolute_url())
