"""The list of leads, a lead's page, and what can be done with one."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib.listing import Column, Listing, Tabs
from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid, respond, safe_next
from customers.search import narrow
from customers.views.duplicates import suspected
from sales.converting import reversible
from sales.filters import LeadFilters
from sales.forms import CloseLeadForm, LeadForm, OwnerForm
from sales.lead_ownership import assign_leads
from sales.leads import LeadHasEnded, add_lead, change_lead, close_lead, reopen_lead
from sales.models import Activity, Deal, Lead, Task
from sales.today import clock_of
from team.access import (
    ADMIN,
    DIRECTOR,
    MANAGER,
    SIGNED_IN,
    SignedInRequest,
    access,
    leads_others,
    scope_of,
    visible_or_404,
)
from team.conflicts import conflict
from team.history import history_of
from team.models import Company
from team.records import VersionConflict

COLUMNS = [
    Column("name", gettext_lazy("Lead"), ("sort_name", "id")),
    Column("answer", gettext_lazy("First answer")),
    Column("owner", gettext_lazy("Owner")),
    Column("source", gettext_lazy("Source")),
    Column("expected", gettext_lazy("Expected"), numeric=True),
    Column("newest", gettext_lazy("Arrived"), ("-arrived_at", "-id"), numeric=True),
]
TABS = Tabs(
    {
        "open": gettext_lazy("Open"),
        "waiting": gettext_lazy("Not answered"),
        "won": gettext_lazy("Became customers"),
        "closed": gettext_lazy("Closed"),
        "all": gettext_lazy("All"),
    },
    lambda rows, tab: rows.in_state(tab),
)
RELATED = ("owner", "source", "campaign", "customer")
# How much of a record's past its page shows.
SHOWN = 30


@require_safe
@access(SIGNED_IN)
def lead_list(request: SignedInRequest) -> HttpResponse:
    show_owner = not scope_of(request.user).is_one_person
    listing = Listing(
        request,
        Lead.visible_to(request.user).listed().select_related("owner", "source", "campaign"),
        parts=[part.listed() for part in Lead.visible_parts(request.user)],
        columns=[column for column in COLUMNS if show_owner or column.name != "owner"],
        default_sort="newest",
        filters=LeadFilters,
        tabs=TABS,
        search=lambda rows, text: narrow(rows, "lead", text, viewer=request.user),
    )
    now = timezone.now()
    rows = [{"lead": lead, "clock": clock_of(lead, now)} for lead in listing.page.rows]
    context = {"listing": listing, "rows": rows, "show_owner": show_owner}
    return respond(request, "sales/lead_list.html", context, fragment="sales/_leads.html")


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def lead_new(request: SignedInRequest) -> HttpResponse:
    """A new lead; `?campaign=3` chooses the campaign beforehand."""
    start = {"campaign": request.GET.get("campaign")}
    form = LeadForm(request.POST or None, viewer=request.user, initial=start)
    if request.method != "POST":
        return render(request, "sales/lead_form.html", {"form": form})
    if not form.is_valid():
        return invalid(request, "sales/lead_form.html", {"form": form})
    found = suspected(request, form, "lead")
    if found is not None:
        return invalid(request, "sales/lead_form.html", {"form": form, "found": found})
    new = Lead(client_ref=form.cleaned_data["client_ref"], **form.typed)
    lead, made = add_lead(new, owner=form.first_owner, by=request.user)
    if made:
        say(request, _("Lead saved."))
    return SeeOther(_page_of(lead))


@require_safe
@access(SIGNED_IN)
def lead_detail(request: SignedInRequest, lead_id: int) -> HttpResponse:
    lead = visible_or_404(Lead, request.user, pk=lead_id, related=RELATED)
    return render(request, "sales/lead_detail.html", _page(request, lead))


def _page(request: SignedInRequest, lead: Lead) -> dict[str, object]:
    entries = Activity.visible_to(request.user).filter(lead=lead, deleted_on__isnull=True)
    steps = Task.visible_to(request.user).open().filter(lead=lead)
    return {
        "lead": lead,
        "events": history_of(lead, request.user),
        "logging_here": True,
        "deals": Deal.visible_to(request.user)
        .listed()
        .filter(lead=lead)
        .select_related("stage")[:SHOWN],
        "clock": clock_of(lead, timezone.now()),
        "today": Company.get().today,
        "new_url": f"{reverse('task-new')}?lead={lead.pk}",
        "entries": entries.select_related("author", "outcome").order_by("-start_at", "-id")[:SHOWN],
        "steps": steps.select_related("owner").order_by("due_on", "due_at", "id")[:5],
        "conversion": reversible(lead),
        "close_form": CloseLeadForm(),
        "owner_form": OwnerForm(viewer=request.user, initial={"owner": lead.owner_id})
        if leads_others(request.user)
        else None,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def lead_edit(request: SignedInRequest, lead_id: int) -> HttpResponse:
    lead = visible_or_404(Lead, request.user, pk=lead_id)
    form = LeadForm(request.POST or None, instance=lead, viewer=request.user)
    context = {"form": form, "lead": lead}
    if request.method != "POST":
        return render(request, "sales/lead_form.html", context)
    if not form.is_valid():
        return invalid(request, "sales/lead_form.html", context)
    try:
        change_lead(lead, form.typed, by=request.user, version=form.cleaned_data["version"])
    except VersionConflict as error:
        return conflict(request, form, error.current)
    say(request, _("Lead saved."))
    return SeeOther(_page_of(lead))


@require_POST
@access(SIGNED_IN)
def lead_close(request: SignedInRequest, lead_id: int) -> HttpResponse:
    lead = visible_or_404(Lead, request.user, pk=lead_id, related=RELATED)
    form = CloseLeadForm(request.POST)
    if not form.is_valid():
        context = _page(request, lead) | {"close_form": form}
        return invalid(request, "sales/lead_detail.html", context)
    try:
        close_lead(lead, form.cleaned_data["reason"], by=request.user)
    except LeadHasEnded:
        say(request, _("«%(name)s» has ended already.") % {"name": lead.name})
    else:
        say(
            request,
            _("«%(name)s» is closed.") % {"name": lead.name},
            undo=reverse("lead-reopen", args=[lead.pk]),
        )
    return SeeOther(_page_of(lead))


@require_POST
@access(SIGNED_IN)
def lead_reopen(request: SignedInRequest, lead_id: int) -> HttpResponse:
    lead = visible_or_404(Lead, request.user, pk=lead_id)
    reopen_lead(lead, by=request.user)
    say(request, _("«%(name)s» is open again.") % {"name": lead.name})
    return SeeOther(safe_next(request, _page_of(lead)))


@require_POST
@access(MANAGER, ADMIN, DIRECTOR)
def lead_assign(request: SignedInRequest, lead_id: int) -> HttpResponse:
    lead = visible_or_404(Lead, request.user, pk=lead_id, related=RELATED)
    form = OwnerForm(request.POST, viewer=request.user)
    if not form.is_valid():
        context = _page(request, lead) | {"owner_form": form}
        return invalid(request, "sales/lead_detail.html", context)
    owner = form.cleaned_data["owner"]
    if assign_leads([lead.pk], owner, on=Company.get().today, by=request.user):
        names = {"name": lead.name, "owner": owner.name if owner else ""}
        told = _("%(owner)s answers for «%(name)s».") if owner else _("«%(name)s» has no owner.")
        say(request, told % names)
    return SeeOther(_page_of(lead))


def _page_of(lead: Lead) -> str:
    return reverse("lead-detail", args=[lead.pk])
