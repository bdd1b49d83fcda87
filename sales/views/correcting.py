"""Correcting an entry of one's own."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid, safe_next
from sales.calls.correcting import correct_entry, is_correctable, note_correction
from sales.calls.correction_forms import CorrectionForm, CorrectionNoteForm
from sales.calls.logging_calls import TooLate
from sales.models import Activity
from team.access import SIGNED_IN, SignedInRequest, access, visible_or_404
from team.records import VersionConflict

RELATED = ("customer", "lead", "deal", "outcome", "contact")


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def call_edit(request: SignedInRequest, activity_id: int) -> HttpResponse:
    """The entry itself for a day, then a note beneath it. Nobody edits the entries of others."""
    entry = visible_or_404(Activity, request.user, related=RELATED, pk=activity_id)
    if entry.author_id != request.user.pk or entry.deleted_on is not None:
        raise Http404
    if is_correctable(entry, request.user):
        return _correct(request, entry)
    return _note(request, entry)


def _correct(request: SignedInRequest, entry: Activity) -> HttpResponse:
    form = CorrectionForm(request.POST or None, entry=entry, viewer=request.user)
    context = {"form": form, "entry": entry, "back": _back(request, entry)}
    if request.method != "POST":
        return render(request, "sales/correction.html", context)
    if not form.is_valid():
        return invalid(request, "sales/correction.html", context)
    try:
        correct_entry(entry, form.typed, by=request.user, version=form.cleaned_data["version"])
    except VersionConflict:
        form.add_error(None, _("You corrected this entry in another window. Open it again."))
        return invalid(request, "sales/correction.html", context)
    except TooLate:
        return _note(request, entry)
    say(request, _("The entry is corrected."))
    return SeeOther(_back(request, entry))


def _note(request: SignedInRequest, entry: Activity) -> HttpResponse:
    form = CorrectionNoteForm(request.POST or None)
    context = {"form": form, "entry": entry, "back": _back(request, entry), "stands": True}
    if request.method != "POST":
        return render(request, "sales/correction.html", context)
    if not form.is_valid():
        return invalid(request, "sales/correction.html", context)
    text, ref = form.cleaned_data["note"], form.cleaned_data["client_ref"]
    note, made = note_correction(entry, text, by=request.user, client_ref=ref)
    if made:
        say(request, _("Note saved."), undo=reverse("call-undo", args=[note.pk]))
    return SeeOther(_back(request, entry))


def _back(request: SignedInRequest, entry: Activity) -> str:
    about = entry.deal or entry.lead or entry.customer
    return safe_next(request, about.get_absolute_url() if about else reverse("activity-list"))
