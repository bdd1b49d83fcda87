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
from customers.file_form import FileForm
from customers.models import Customer, tags_of
from customers.own_facts import may_delete
from sales.calls.logging_calls import log_note
from sales.customer_page.briefing import briefing_of
from sales.customer_page.past import past_of
from sales.customer_page.timeline import TABS, timeline_of
from sales.forms import NoteForm
from sales.handing_over.notes import latest_note
from sales.mentions import unmarked_in
from team.access import SIGNED_IN, SignedInRequest, access, leads_others, visible_or_404
from team.models import Company
from team.reading import count_opened, openings
from team.trail import trail_of


@require_safe
@access(SIGNED_IN)
def customer_detail(request: SignedInRequest, customer_id: int) -> HttpResponse:
    customer = visible_or_404(
        Customer,
        request.user,
        related=("owner", "merged_into"),
        annotations=openings(request.user),
        pk=customer_id,
    )
    count_opened(request.user, customer)
    return customer_page(request, customer)


@require_POST
@access(SIGNED_IN)
def note_new(request: SignedInRequest, customer_id: int) -> HttpResponse:
    customer = visible_or_404(
        Customer, request.user, related=("owner", "merged_into"), pk=customer_id
    )
    form = NoteForm(request.POST)
    if not form.is_valid():
        return customer_page(request, customer, note_form=form, status=422)
    text, ref = form.cleaned_data["note"], form.cleaned_data["client_ref"]
    note, made = log_note(customer, text, by=request.user, client_ref=ref)
    if made:
        say(request, _("Note saved."), undo=reverse("call-undo", args=[note.pk]))
        _tell_unmarked(request, unmarked_in(note))
    return SeeOther(reverse("customer-detail", args=[customer.pk]))


def _tell_unmarked(request: SignedInRequest, names: list[str]) -> None:
    """The same of who may not see the customer and of a name that is none."""
    if names:
        told = _("Marks nobody who sees this customer: %(names)s.")
        say(request, told % {"names": ", ".join(f"@{name}" for name in names)})


def customer_page(
    request: SignedInRequest,
    customer: Customer,
    *,
    note_form: NoteForm | None = None,
    file_form: FileForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with a form that was not right as it was sent."""
    past = past_of(customer)
    timeline = timeline_of(
        past,
        request.user,
        tab=request.GET.get("tab", "all"),
        before=_instant(request.GET.get("before")),
    )
    context: dict[str, Any] = {
        "customer": customer,
        "timeline": timeline,
        "tabs": TABS.items(),
        "note_form": note_form or NoteForm(),
        "file_form": file_form or FileForm(),
        "logging_here": True,
    }
    if request.GET.get("before") and request.htmx:  # type: ignore[attr-defined]
        return respond(request, "sales/customer.html", context, fragment="sales/_timeline.html")
    context["trail"] = trail_of(request, customer)
    context["tags"] = tags_of(past.whose)
    context["briefing"] = briefing_of(customer, past, Company.get())
    note = latest_note(past.whose)
    context["handover_note"] = note
    context["writes_note"] = customer.is_listed and _writes_note(
        request, customer, note is not None
    )
    context["deletable"] = {
        "contracts": {row.pk for row in past.contracts if may_delete(row, request.user)},
        "answers": {row.pk for row in past.answers if may_delete(row, request.user)},
        "complaints": {row.pk for row in past.complaints if may_delete(row, request.user)},
    }
    return respond(request, "sales/customer.html", context, status=status)


def _writes_note(request: SignedInRequest, customer: Customer, is_written: bool) -> bool:
    """Who leaves is asked for the page; whoever leads mends one that is there, or writes it for who leaves."""
    owner = customer.owner
    if owner is None:
        return False
    leaves = owner.leaves_on is not None
    if owner.pk == request.user.pk:
        return leaves
    return leads_others(request.user) and (leaves or is_written)


def _instant(text: str | None) -> datetime | None:
    try:
        found = parse_datetime(text or "")
    except ValueError:
        return None
    if found is None or not 1900 < found.year < 9000:
        return None
    return found if timezone.is_aware(found) else timezone.make_aware(found)
