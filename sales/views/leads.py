"""The list of leads, a lead's page, and what can be done with one."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib.columns import Arranged, Column, declare
from crm.lib.listing import Listing, Tabs
from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid, safe_next
from customers.models import worn
from customers.search import narrow
from customers.views.duplicates import suspected
from sales.customer_page.timeline import with_corrections
from sales.filters import LeadFilters
from sales.forms import LeadForm, OwnerForm
from sales.leads.assigning import give_by_rules
from sales.leads.assignment_log import assignments_of
from sales.leads.changing import (
    LeadHasEnded,
    add_lead,
    change_lead,
    close_lead,
    last_closing,
    reopen_lead,
)
from sales.leads.converting import reversible
from sales.leads.late_leads import late_notices, note_late
from sales.leads.lead_ending_forms import CloseLeadForm, ReopenLeadForm
from sales.leads.lead_ownership import assign_leads
from sales.leads.owner_choice import BY_RULES
from sales.leads.response import clock_of
from sales.models import Activity, Deal, Lead, LeadAssignment, LeadEscalation, Task
from team.access import (
    ADMIN,
    DIRECTOR,
    MANAGER,
    SIGNED_IN,
    SignedInRequest,
    access,
    is_visible,
    leads_others,
    visible_or_404,
)
from team.conflicts import conflict
from team.history import history_of
from team.list_page import ListPage
from team.models import Company
from team.records import VersionConflict
from team.trail import declare_walk, trail_of
from team.working_time import WorkingTime

LEADS = declare(
    "lead-list",
    gettext_lazy("Leads"),
    [
        Column("name", gettext_lazy("Lead"), ("sort_name", "id"), fixed=True),
        Column("answer", gettext_lazy("First answer")),
        Column("owner", gettext_lazy("Owner"), of_others=True),
        Column("source", gettext_lazy("Source")),
        Column("expected", gettext_lazy("Expected"), numeric=True),
        Column("newest", gettext_lazy("Arrived"), ("-arrived_at", "-id"), numeric=True),
        Column("phone", gettext_lazy("Phone"), extra=True, reaches=True),
        Column("email", gettext_lazy("E-mail"), extra=True, reaches=True),
        Column("region", gettext_lazy("Region"), extra=True),
        Column("language", gettext_lazy("Language"), extra=True),
    ],
)
TABS = Tabs(
    {
        "open": pgettext_lazy("several", "Open"),
        "waiting": gettext_lazy("Not answered"),
        "won": gettext_lazy("Became customers"),
        "closed": pgettext_lazy("several", "Closed"),
        "all": gettext_lazy("All"),
    },
    lambda rows, tab: rows.in_state(tab),
)
RELATED = (
    *("owner", "source", "campaign", "customer"),
    *("known_customer__owner", "web_post__form"),
)
# How much of a record's past its page shows.
SHOWN = 30
SHOWN_LATE = 5


@require_safe
@access(SIGNED_IN)
def lead_list(request: SignedInRequest) -> HttpResponse:
    page = ListPage(request, LEADS)
    listing = lead_listing(request, page.columns)
    now, time = timezone.now(), WorkingTime(Company.get())
    rows = [{"lead": lead, "clock": clock_of(lead, now, time)} for lead in listing.page.rows]
    context = {"listing": listing, "rows": rows, "late": late_notices(request.user)[:SHOWN_LATE]}
    return page.show(listing, "sales/lead_list.html", context, fragment="sales/_leads.html")


def lead_listing(request: SignedInRequest, columns: Arranged) -> Listing:
    """The leads that this person sees, as the address narrows them."""
    rows = Lead.visible_to(request.user).listed().select_related("owner", "source", "campaign")
    return Listing(
        request,
        rows.prefetch_related(worn()),
        parts=[part.listed() for part in Lead.visible_parts(request.user)],
        columns=columns,
        default_sort="newest",
        filters=LeadFilters,
        tabs=TABS,
        search=lambda rows, text: narrow(rows, "lead", text, viewer=request.user),
    )


declare_walk(LEADS, Lead, "lead-detail", lead_listing)


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
    occasion = LeadAssignment.Occasion.HAND if form.by_rules else ""
    lead, made = add_lead(new, owner=form.first_owner, by=request.user, occasion=occasion)
    if made:
        say(request, f"{_('Lead saved.')} {_given(lead)}" if occasion else _("Lead saved."))
    return SeeOther(_page_of(lead) if is_visible(lead, request.user) else reverse("lead-list"))


@require_safe
@access(SIGNED_IN)
def lead_detail(request: SignedInRequest, lead_id: int) -> HttpResponse:
    lead = visible_or_404(Lead, request.user, pk=lead_id, related=RELATED)
    context = _page(request, lead) | {"trail": trail_of(request, lead)}
    return render(request, "sales/lead_detail.html", context)


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
        "clock": clock_of(lead, timezone.now(), WorkingTime(Company.get())),
        "today": Company.get().today,
        "new_url": f"{reverse('task-new')}?lead={lead.pk}",
        "entries": with_corrections(
            entries.select_related("author", "outcome", "corrects")
        ).order_by("-start_at", "-id")[:SHOWN],
        "steps": steps.select_related("owner").order_by("due_on", "due_at", "id")[:5],
        "conversion": reversible(lead),
        "knows": lead.known_customer is not None and is_visible(lead.known_customer, request.user),
        "assignments": assignments_of(lead, request.user),
        "escalations": LeadEscalation.visible_to(request.user).filter(lead=lead),
        "closing": last_closing(lead),
        "close_form": CloseLeadForm() if lead.is_open else None,
        "reopen_form": ReopenLeadForm(lead=lead) if lead.closed_on else None,
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
    return SeeOther(safe_next(request, _page_of(lead)))


@require_POST
@access(SIGNED_IN)
def lead_close(request: SignedInRequest, lead_id: int) -> HttpResponse:
    lead = visible_or_404(Lead, request.user, pk=lead_id, related=RELATED)
    form = CloseLeadForm(request.POST)
    if not form.is_valid():
        context = _page(request, lead) | {"close_form": form}
        return invalid(request, "sales/lead_detail.html", context)
    try:
        close_lead(lead, **form.ending, by=request.user)
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
    lead = visible_or_404(Lead, request.user, pk=lead_id, related=RELATED)
    form = ReopenLeadForm(request.POST, lead=lead)
    if not form.is_valid():
        context = _page(request, lead) | {"reopen_form": form}
        return invalid(request, "sales/lead_detail.html", context)
    reopen_lead(lead, by=request.user, because=form.cleaned_data["because"])
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
    if owner == BY_RULES:
        give_by_rules([lead], occasion=LeadAssignment.Occasion.HAND, by=request.user)
        say(request, _given(lead))
        return SeeOther(_page_of(lead) if is_visible(lead, request.user) else reverse("lead-list"))
    if assign_leads([lead.pk], owner, on=Company.get().today, by=request.user):
        names = {"name": lead.name, "owner": owner.name if owner else ""}
        told = _("%(owner)s answers for «%(name)s».") if owner else _("«%(name)s» has no owner.")
        say(request, told % names)
    return SeeOther(_page_of(lead))


@require_POST
@access(MANAGER, ADMIN, DIRECTOR)
def lead_late_noted(request: SignedInRequest, lead_id: int) -> HttpResponse:
    lead = visible_or_404(Lead, request.user, pk=lead_id)
    if note_late(lead, by=request.user):
        say(request, _("Noted: you look after «%(name)s».") % {"name": lead})
    return SeeOther(safe_next(request, _page_of(lead)))


def _given(lead: Lead) -> str:
    """Where the rules have just put a lead."""
    if lead.owner is None:
        return _("The rules found nobody for «%(name)s»: it waits for who leads.") % {"name": lead}
    return _("The rules gave «%(name)s» to %(owner)s.") % {"name": lead, "owner": lead.owner}


def _page_of(lead: Lead) -> str:
    return reverse("lead-detail", args=[lead.pk])
