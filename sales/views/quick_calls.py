"""The short way to log a call: the outcomes of one row of Today, those that plan what follows saved by one press."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from crm.lib import formatting
from crm.lib.web import own_address
from sales.calls.call_forms import CallForm
from sales.calls.drafts import draft_of
from sales.calls.ending_forms import OutcomeButton
from sales.models import Task
from sales.views.calls import SUBJECTS, subject_of
from team.access import SIGNED_IN, SignedInRequest, access, visible_or_404
from team.models import Company


@dataclass(frozen=True)
class QuickOutcome:
    """An outcome in the menu of a row: saved at once with the step it plans, or opening the form."""

    button: OutcomeButton
    saves: bool

    @property
    def when(self) -> str:
        """The day and hour of the next step that saving plans."""
        found = self.button.follow
        if not self.saves or found.day is None:
            return ""
        day = formatting.weekday(found.day)
        return day if found.at is None else f"{day}, {found.at:%H:%M}"


@require_safe
@access(SIGNED_IN)
def call_quick(request: SignedInRequest) -> HttpResponse:
    """The menu of a row (`?task=`, `?customer=`, `?lead=`, `?deal=`); what it saves is posted to `call-new`."""
    subject = subject_of(request)
    draft = draft_of(request.user, subject)
    form = CallForm(
        viewer=request.user,
        subject=subject,
        company=Company.get(),
        initial={"task": request.GET.get("task"), "contact": _contact(request)},
    )
    context: dict[str, Any] = {
        "form": form,
        "draft": draft,
        "outcomes": [
            QuickOutcome(button, draft is None and _says_all(button)) for button in form.outcomes
        ],
        "row": _row(request),
        "next": _after(request),
    }
    return render(request, "sales/_call_quick.html", context)


def _says_all(button: OutcomeButton) -> bool:
    """The outcome alone says how the call ended and what follows: no text, no day, no stage, no giving up is asked."""
    outcome, found = button.outcome, button.follow
    asks = outcome.needs_note or outcome.opens_contact or button.stage is not None
    return found.day is not None and not found.gives_up and not asks


def _contact(request: SignedInRequest) -> int | None:
    task_id = request.GET.get("task", "")
    if not (task_id.isascii() and task_id.isdigit() and len(task_id) < 19):
        return None
    contact: int | None = visible_or_404(Task, request.user, pk=int(task_id)).contact_id
    return contact


def _row(request: SignedInRequest) -> str:
    """The words of the address that name the row."""
    query = QueryDict(mutable=True)
    for name in ("task", *SUBJECTS):
        if name in request.GET:
            query[name] = request.GET[name]
    return query.urlencode()


def _after(request: SignedInRequest) -> str:
    """Today again; with the row that stands chosen, if that is another one: somebody may be writing there."""
    today = reverse("today")
    current = own_address(request, request.headers.get("HX-Current-URL", ""))
    path, _mark, words = current.partition("?")
    chosen, asked = QueryDict(words), request.GET
    same = any(name in asked and chosen.get(name) == asked[name] for name in ("task", *SUBJECTS))
    return current if path == today and words and not same else today
