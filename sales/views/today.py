"""Today: what to do next, with the call form of the chosen row beside it."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.lib.web import respond
from customers.models import Customer
from sales.briefing import last_contact
from sales.call_forms import CallForm
from sales.models import Deal, Lead, Task
from sales.today import Agenda, WaitingLead, agenda_of, clock_of
from team.access import SIGNED_IN, SignedInRequest, access, is_visible, visible_or_404
from team.models import Company, User
from team.reading import count_view


@require_safe
@access(SIGNED_IN)
def today(request: SignedInRequest) -> HttpResponse:
    """`?task=`, `?lead=` or `?customer=` chooses the row the call form is for; else the first row."""
    company = Company.get()
    agenda = agenda_of(request.user, company)
    now = timezone.now()
    context: dict[str, Any] = {
        "agenda": agenda,
        "here": request.path,
        "logging_here": True,
        "lead_rows": [WaitingLead(lead, clock_of(lead, now)) for lead in agenda.leads.rows],
    }
    subject, task = _chosen(request, agenda)
    if subject is not None:
        start = {
            "task": task.pk if task else None,
            "contact": task.contact_id if task else None,
        }
        form = CallForm(viewer=request.user, subject=subject, company=company, initial=start)
        if form.customer is not None:
            count_view(request.user, form.customer.pk)
        context |= {
            "subject": subject,
            "task": task,
            "form": form,
            "last_call": last_contact(subject, request.user),
        }
    return respond(request, "sales/today.html", context)


Subject = Customer | Lead | Deal


def _chosen(request: SignedInRequest, agenda: Agenda) -> tuple[Subject | None, Task | None]:
    """The row named in the address, else the most pressing one."""
    for name, model in (("customer", Customer), ("lead", Lead), ("task", Task)):
        value = request.GET.get(name, "")
        if value.isascii() and value.isdigit() and len(value) < 19:
            found: Any = visible_or_404(model, request.user, pk=int(value))
            return _about(found, request.user) if isinstance(found, Task) else (found, None)
    return _first(agenda, request.user)


def _about(task: Task, user: User) -> tuple[Subject | None, Task | None]:
    """One's own step may be about a record that somebody else has now: no call is logged there."""
    about = task.about
    return (about, task) if about is not None and is_visible(about, user) else (None, None)


def _first(agenda: Agenda, user: User) -> tuple[Subject | None, Task | None]:
    for lead in agenda.leads.rows:
        return lead, None
    for task in [*agenda.overdue.rows, *agenda.due.rows]:
        chosen = _about(task, user)
        if chosen[0] is not None:
            return chosen
    for row in agenda.silent.rows:
        return row.customer, None
    return None, None
