"""Who may be meant already: told while a new record is typed, and asked once more before it is saved."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from customers.duplicates import Duplicates, possible_duplicates
from team.access import SIGNED_IN, SignedInRequest, access
from team.forms import RecordForm

KINDS = ("customer", "contact", "lead")


@require_safe
@access(SIGNED_IN)
def duplicates(request: SignedInRequest, kind: str) -> HttpResponse:
    """The part of a form that tells, while typing, who might be the same."""
    if kind not in KINDS:
        raise Http404
    typed = {name: request.GET.get(name, "")[:254] for name in ("name", "phone", "email")}
    found = possible_duplicates(request.user, kind, **typed)
    return render(request, "customers/_duplicates.html", {"found": found})


def suspected(request: SignedInRequest, form: RecordForm, kind: str) -> Duplicates | None:
    """Who may be meant by a valid form for a new record.

    None once "save a second one" was pressed, and for a post that has been stored already: that is asked
    last, or the second of a double click finds the record of the first.
    """
    if "second" in request.POST:
        return None
    typed = {name: form.cleaned_data.get(name, "") for name in ("name", "phone", "email")}
    found = possible_duplicates(request.user, kind, **typed)
    return found if found.any and not _is_made(request, form) else None


def _is_made(request: SignedInRequest, form: RecordForm) -> bool:
    model: Any = form._meta.model
    ref = form.cleaned_data["client_ref"]
    return bool(ref) and model.visible_to(request.user).filter(client_ref=ref).exists()
