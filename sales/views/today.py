"""Today: what to do next, with the call form of the chosen row beside it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.lib.web import respond
from customers.models import Customer
from sales.calls.call_forms import CallForm
from sales.calls.drafts import draft_of
from sales.customer_page.briefing import last_contact
from sales.days.sweep import is_time
from sales.days.today import Agenda, Section, WaitingLead, agenda_of, leads_of
from sales.leads.late_leads import late_notices
from sales.leads.response import clock_of
from sales.models import Deal, Lead, Task
from team.access import SIGNED_IN, SignedInRequest, access, is_visible, visible_or_404
from team.models import Company, User
from team.offering import reaches
from team.reading import count_view
from team.working_time import WorkingTime

SHOWN_LATE = 5
# of the numbers of leads that a page names
LONGEST = 600


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
        "leaves_on": request.user.leaves_on,
        "reaches": reaches(request.user),
        "late": late_notices(request.user)[:SHOWN_LATE],
        "is_sweep_time": is_time(company, now),
        "lead_rows": _with_clocks(agenda.leads, company),
    }
    subject, task = _chosen(request, agenda)
    if subject is not None:
        start = {
            "task": task.pk if task else None,
            "contact": task.contact_id if task else None,
            "outcome": request.GET.get("outcome"),
        }
        form = CallForm(
            viewer=request.user,
            subject=subject,
            company=company,
            draft=draft_of(request.user, subject),
            initial=start,
        )
        if form.customer is not None:
            count_view(request.user, form.customer.pk)
        context |= {
            "subject": subject,
            "task": task,
            "form": form,
            "last_call": last_contact(subject, request.user),
        }
    return respond(request, "sales/today.html", context)


@require_safe
@access(SIGNED_IN)
def today_leads(request: SignedInRequest) -> HttpResponse:
    """The section of new leads alone, asked for each minute; of those not in `?known=` it tells how many there are."""
    leads = leads_of(request.user)
    known = set(request.GET.get("known", "")[:LONGEST].split(","))
    context = {
        "agenda": {"leads": leads},
        "lead_rows": _with_clocks(leads, Company.get()),
        "reaches": reaches(request.user),
        "new_leads": sum(1 for lead in leads.rows if str(lead.pk) not in known),
    }
    return render(request, "sales/today_leads.html", context)


def _with_clocks(leads: Section[Lead], company: Company) -> list[WaitingLead]:
    now, time = timezone.now(), WorkingTime(company)
    return [WaitingLead(lead, clock_of(lead, now, time)) for lead in leads.rows]


Subject = Customer | Lead | Deal


def _chosen(request: SignedInRequest, agenda: Agenda) -> tuple[Subject | None, Task | None]:
    """The row named in the address, else the most pressing one."""
    for name, model in (("customer", Customer), ("lead", Lead), ("deal", Deal), ("task", Task)):
        value = request.GET.get(name, "")
        if value.isascii() and value.isdigit() and len(value) < 19:
            found: Any = visible_or_404(model, request.user, pk=int(value))
            if isinstance(found, Task):
                return _about(found, request.user)
            return (found.survivor if isinstance(found, Customer) else found), None
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
    for received in agenda.received.rows:
        return received.record, None
    for unhappy in agenda.unhappy.rows:
        return unhappy.customer, None
    for silent in agenda.silent.rows:
        return silent.customer, None
    return None, None
