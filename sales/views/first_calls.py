"""Logging a call with somebody unknown, who is added in the same save."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from crm.lib.notices import say
from crm.lib.web import respond, safe_next, typed
from customers.duplicates import Duplicates, possible_duplicates
from sales.calls.first_call_form import FirstCallForm
from sales.calls.first_calls import log_first_call
from sales.models import Activity
from sales.views.calls import after_call, form_again
from team.access import SIGNED_IN, SignedInRequest, access
from team.models import Company


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def call_unknown(request: SignedInRequest) -> HttpResponse:
    """`?q=` is the number or name that was looked for and not found."""
    opened: dict[str, Any] = {"viewer": request.user, "company": Company.get()}
    form = FirstCallForm(request.POST or None, typed=typed(request), **opened)
    if request.method != "POST":
        return _page(request, form)
    if not form.is_valid():
        return form_again(_page(request, form, status=422))
    found = _suspected(request, form)
    if found is not None:
        return form_again(_page(request, form, status=422, found=found))
    somebody, call, made = log_first_call(form.somebody, form.entry(None), by=request.user)
    form.subject = somebody
    if made:
        told = _("Call with %(name)s saved.") % {"name": somebody}
        say(request, told, undo=reverse("call-undo", args=[call.pk]))
    return after_call(request, form)


def _suspected(request: SignedInRequest, form: FirstCallForm) -> Duplicates | None:
    """Who may be meant; None once "save a second one" was pressed, and for a post that is stored already."""
    if "second" in request.POST:
        return None
    values = form.cleaned_data
    named = {"name": values["who"].strip(), "phone": values["phone"] or ""}
    found = possible_duplicates(request.user, values["becomes"], **named)
    ref = values["client_ref"]
    stored = bool(ref) and Activity.visible_to(request.user).filter(client_ref=ref).exists()
    return found if found.any and not stored else None


def _page(
    request: SignedInRequest,
    form: FirstCallForm,
    *,
    status: int = 200,
    found: Duplicates | None = None,
) -> HttpResponse:
    context = {
        "form": form,
        "subject": _("somebody new"),
        "found": found,
        "next": safe_next(request, ""),
    }
    return respond(
        request,
        "sales/call_form.html",
        context | {"close_url": context["next"] or reverse("today")},
        fragment="sales/_call_form.html",
        status=status,
    )
