"""A lead becomes a customer, and back."""

from django.db import models
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid
from customers.models import Customer
from sales.leads.changing import LeadHasEnded
from sales.leads.convert_form import ConvertForm
from sales.leads.converting import TooLate, convert, take_back
from sales.models import Lead
from team.access import SIGNED_IN, SignedInRequest, access, visible_or_404


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def lead_convert(request: SignedInRequest, lead_id: int) -> HttpResponse:
    lead = visible_or_404(Lead, request.user, pk=lead_id, related=("owner", "customer"))
    if not lead.is_open:
        return _ended(request, lead)
    form = ConvertForm(request.POST or None, lead=lead, viewer=request.user)
    context = {"form": form, "lead": lead}
    if request.method != "POST":
        return render(request, "sales/lead_convert.html", context)
    if not form.is_valid():
        return invalid(request, "sales/lead_convert.html", context)
    try:
        conversion = convert(lead, form.becomes(), by=request.user)
    except LeadHasEnded:
        lead.refresh_from_db()
        return _ended(request, lead)
    say(
        request,
        _("«%(lead)s» is a customer now.") % {"lead": lead.name},
        undo=reverse("lead-convert-undo", args=[lead.pk]),
    )
    return SeeOther(conversion.customer.get_absolute_url())


def _ended(request: SignedInRequest, lead: Lead) -> HttpResponse:
    """Somebody was quicker: who sees the customer is taken there."""
    if lead.customer_id is None:
        say(request, _("«%(name)s» has ended already.") % {"name": lead.name})
        return SeeOther(lead.get_absolute_url())
    say(request, _("«%(name)s» is a customer already.") % {"name": lead.name})
    seen = Customer.visible_to(request.user).filter(pk=lead.customer_id).first()
    return SeeOther((seen or lead).get_absolute_url())


@require_POST
@access(SIGNED_IN)
def lead_convert_undo(request: SignedInRequest, lead_id: int) -> HttpResponse:
    lead = visible_or_404(Lead, request.user, pk=lead_id)
    try:
        kept = take_back(lead, by=request.user)
    except TooLate:
        say(request, _("A conversion can be taken back for a day. This one stands."))
        return SeeOther(lead.get_absolute_url())
    say(request, _("«%(name)s» is open again.") % {"name": lead.name} + _told(kept))
    return SeeOther(lead.get_absolute_url())


def _told(kept: list[models.Model]) -> str:
    if not kept:
        return ""
    names = ", ".join(f"«{row}»" for row in kept)
    return " " + _("Worked on since, and so kept: %(names)s.") % {"names": names}
