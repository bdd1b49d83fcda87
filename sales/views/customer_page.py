"""The customer page: in ten seconds, who they are, how it goes, what to say."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.lib.notices import say
from crm.lib.web import SeeOther, respond
from customers.models import Customer
from sales.briefing import briefing_of, owners_of
from sales.forms import NoteForm
from sales.logging_calls import log_note
from sales.timeline import TABS, timeline_of
from team.access import SIGNED_IN, SignedInRequest, access, visible_or_404
from team.models import Company, User
from team.reading import count_opened, openings


@require_safe
@access(SIGNED_IN)
def customer_detail(request: SignedInRequest, customer_id: int) -> HttpResponse:
    customer = visible_or_404(
        Customer,
        request.user,
        related=("owner",),
        annotations=openings(request.user),
        pk=customer_id,
    )
    count_opened(request.user, customer)
    return _page(request, customer, NoteForm())


@require_POST
@access(SIGNED_IN)
def note_new(request: SignedInRequest, customer_id: int) -> HttpResponse:
    customer = visible_or_404(Customer, request.user, related=("owner",), pk=customer_id)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _page(request, customer, form, status=422)
    text, ref = form.cleaned_data["note"], form.cleaned_data["client_ref"]
    note, made = log_note(customer, text, by=request.user, client_ref=ref)
    if made:
        say(request, _("Note saved."), undo=reverse("call-undo", args=[note.pk]))
    return SeeOther(reverse("customer-detail", args=[customer.pk]))


def _page(
    request: SignedInRequest, customer: Customer, note_form: NoteForm, status: int = 200
) -> HttpResponse:
    owners = owners_of(customer)
    timeline = timeline_of(
        customer,
        owners,
        request.user,
        tab=request.GET.get("tab", "all"),
        before=_instant(request.GET.get("before")),
    )
    context: dict[str, Any] = {
        "customer": customer,
        "timeline": timeline,
        "tabs": TABS.items(),
        "note_form": note_form,
        "logging_here": True,
    }
    if request.GET.get("before") and request.htmx:  # type: ignore[attr-defined]
        return respond(request, "sales/customer.html", context, fragment="sales/_timeline.html")
    context["survivor"] = _survivor(customer, request.user)
    context["briefing"] = briefing_of(customer, owners, Company.get())
    return respond(request, "sales/customer.html", context, status=status)


def _survivor(customer: Customer, viewer: User) -> Customer | None:
    """Whom it is merged into, where the viewer may see them."""
    if customer.merged_into_id is None:
        return None
    return Customer.visible_to(viewer).filter(pk=customer.merged_into_id).first()


def _instant(text: str | None) -> datetime | None:
    try:
        found = parse_datetime(text or "")
    except ValueError:
        return None
    if found is None or not 1900 < found.year < 9000:
        return None
    return found if timezone.is_aware(found) else timezone.make_aware(found)
