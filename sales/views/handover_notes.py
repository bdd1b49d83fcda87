"""Hand-over notes: the page about one customer, and the lists of those still to be written."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm.lib.notices import say
from crm.lib.paging import cut, decode, encode
from crm.lib.web import SeeOther, invalid
from customers.models import Customer
from sales.handing_over.note_form import HandoverNoteForm
from sales.handing_over.notes import (
    change_note,
    giver_of,
    note_about,
    own_customers,
    proposal_for,
    with_whole_note,
    write_note,
    written_for,
)
from sales.handing_over.reading import page_of
from sales.models import HandoverLine, HandoverNote
from sales.views.wizard import LEADERS, handover_or_404
from team.access import SIGNED_IN, SignedInRequest, access, visible_or_404
from team.conflicts import conflict
from team.records import VersionConflict

ORDER = ("-annual_cents", "-id")
PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def note_edit(request: SignedInRequest, customer_id: int) -> HttpResponse:
    """The owner's page about the customer, or the one that who leads them writes; proposed from the records."""
    customer = visible_or_404(Customer, request.user, related=("owner",), pk=customer_id)
    giver = giver_of(customer, request.user)
    if giver is None or not customer.is_listed:
        say(request, _("Nobody looks after this customer: there is nothing to hand over."))
        return SeeOther(reverse("customer-detail", args=[customer.pk]))
    # a form that was opened before the page was begun has no version: it begins it too, or is told
    begins = request.method == "POST" and "version" not in request.POST
    note = None if begins else note_about(customer, giver)
    proposed = {} if note or begins else proposal_for(customer)
    form = HandoverNoteForm(
        request.POST or None, viewer=request.user, instance=note, initial=proposed
    )
    context = {"form": form, "customer": customer, "giver": giver, "note": note}
    if request.method != "POST":
        return render(request, "sales/handover_note.html", context)
    if not form.is_valid():
        return invalid(request, "sales/handover_note.html", context)
    try:
        _save(form, customer, giver, note, request.user)
    except VersionConflict as error:
        return conflict(request, form, error.current)
    say(request, _("Hand-over note saved."))
    return SeeOther(reverse("customer-detail", args=[customer.pk]))


def _save(
    form: HandoverNoteForm, customer: Customer, giver: Any, note: HandoverNote | None, by: Any
) -> None:
    if note is not None:
        change_note(note, form.typed, by=by, version=form.cleaned_data["version"])
        return
    ref = form.cleaned_data["client_ref"]
    new = HandoverNote(customer=customer, giver=giver, client_ref=ref, **form.typed)
    write_note(new, by=by)


@require_safe
@access(SIGNED_IN)
def own_notes(request: SignedInRequest) -> HttpResponse:
    """Of one's own customers: which pages are written, which are not, the most money first."""
    rows = own_customers(request.user)
    written = rows.filter(has_note=True).count()
    count = rows.count()
    shown = rows.filter(has_note=False) if request.GET.get("of") == "missing" else rows
    after, before = (
        decode(request.GET[name], ORDER, Customer) if request.GET.get(name) else None
        for name in ("after", "before")
    )
    part = cut(shown, ORDER, PAGE, after=after, before=before, last="last" in request.GET)
    of = "&of=missing" if request.GET.get("of") == "missing" else ""
    context = {
        "rows": part.rows,
        "of": request.GET.get("of", ""),
        "count": count,
        "written": written,
        "missing": count - written,
        "first": f"?{of}" if part.has_previous else None,
        "previous": f"?before={encode(part.rows[0], ORDER)}{of}" if part.has_previous else None,
        "next": f"?after={encode(part.rows[-1], ORDER)}{of}" if part.has_next else None,
        "last": f"?last=1{of}" if part.has_next else None,
    }
    return render(request, "sales/handover_own_notes.html", context)


@require_safe
@access(*LEADERS)
def notes_of_handover(request: SignedInRequest, handover_id: int) -> HttpResponse:
    """The customers of a hand-over whose page is still to be written, or with `?of=written` those who have one."""
    handover = handover_or_404(request, handover_id)
    lines = handover.lines.filter(kind=HandoverLine.Kind.CUSTOMER, chosen=True)
    whole = with_whole_note(lines)
    of = "written" if request.GET.get("of") == "written" else ""
    shown = whole if of else lines.exclude(pk__in=whole.values("pk"))
    names = ("of", "after", "before", "last")
    asked = {name: request.GET[name] for name in names if request.GET.get(name)}
    page = page_of(shown, HandoverLine.Kind.CUSTOMER, asked)
    ids = [row.line.record_id for row in page.rows]
    mine = set(Customer.visible_to(request.user).filter(pk__in=ids).values_list("pk", flat=True))
    context = {
        "handover": handover,
        "page": page,
        "rows": [(row, row.line.record_id in mine) for row in page.rows],
        "of": of,
        "notes": written_for(handover),
    }
    return render(request, "sales/handover_notes.html", context)
