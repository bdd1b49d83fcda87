"""Campaigns with what they cost and the leads they brought: everybody reads, managers keep them."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib.columns import Column, declare
from crm.lib.formatting import amount
from crm.lib.listing import Listing
from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid, safe_next
from sales.forms import CampaignForm, CostForm
from sales.leads.campaigns import (
    KEEPERS,
    add_campaign,
    add_cost,
    change_campaign,
)
from sales.leads.tallies import tallies_of
from sales.models import Campaign, CampaignCost
from team.access import SIGNED_IN, SignedInRequest, access, scope_of
from team.conflicts import conflict
from team.facts import NotOfToday, delete_fact, restore_fact
from team.history import history_of
from team.list_page import ListPage
from team.models import Company
from team.records import VersionConflict

CAMPAIGNS = declare(
    "campaign-list",
    gettext_lazy("Campaigns"),
    [
        Column("name", gettext_lazy("Campaign"), ("name", "id"), fixed=True),
        Column("channel", gettext_lazy("Channel")),
        Column("newest", gettext_lazy("Ran"), ("-started_on", "-id")),
        Column("cost", gettext_lazy("Spent"), numeric=True),
        Column("leads", gettext_lazy("Leads"), numeric=True),
        Column("answered", gettext_lazy("Answered"), numeric=True),
        Column("won", gettext_lazy("Customers"), numeric=True),
        Column("owner", gettext_lazy("Owner"), extra=True),
    ],
)


@require_safe
@access(SIGNED_IN)
def campaign_list(request: SignedInRequest) -> HttpResponse:
    page = ListPage(request, CAMPAIGNS)
    listing = Listing(
        request,
        Campaign.objects.select_related("owner"),
        columns=page.columns,
        default_sort="newest",
        search=lambda rows, text: rows.filter(name__icontains=text),
    )
    campaigns = listing.page.rows
    tallies = tallies_of((campaign.pk for campaign in campaigns), request.user)
    context = {
        "listing": listing,
        "rows": [{"campaign": row, "tally": tallies[row.pk]} for row in campaigns],
        "may_keep": request.user.has_role(*KEEPERS),
    }
    return page.show(listing, "sales/campaign_list.html", context, fragment="sales/_campaigns.html")


@require_http_methods(["GET", "HEAD", "POST"])
@access(*KEEPERS)
def campaign_new(request: SignedInRequest) -> HttpResponse:
    form = CampaignForm(request.POST or None, viewer=request.user)
    if request.method != "POST":
        return render(request, "sales/campaign_form.html", {"form": form})
    if not form.is_valid():
        return invalid(request, "sales/campaign_form.html", {"form": form})
    new = Campaign(client_ref=form.cleaned_data["client_ref"], **form.typed)
    campaign, made = add_campaign(new, by=request.user)
    if made:
        say(request, _("Campaign saved."))
    return SeeOther(_page_of(campaign))


@require_safe
@access(SIGNED_IN)
def campaign_detail(request: SignedInRequest, campaign_id: int) -> HttpResponse:
    campaign = _campaign_or_404(campaign_id)
    form = CostForm(viewer=request.user, initial={"on": Company.get().today})
    return render(request, "sales/campaign_detail.html", _page(request, campaign, form))


def _page(request: SignedInRequest, campaign: Campaign, form: CostForm) -> dict[str, object]:
    leads_url = f"{reverse('lead-list')}?campaign={campaign.pk}"
    return {
        "campaign": campaign,
        "events": history_of(campaign, request.user),
        "leads_url": f"{leads_url}&state=all",
        "won_url": f"{leads_url}&state=won",
        "tally": tallies_of([campaign.pk], request.user)[campaign.pk],
        # all the money over a part of the leads would be no cost of a lead
        "sees_all_leads": scope_of(request.user).all,
        "costs": campaign.costs.filter(deleted_on__isnull=True).order_by("-on", "-id"),
        "form": form,
        "may_keep": request.user.has_role(*KEEPERS),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@access(*KEEPERS)
def campaign_edit(request: SignedInRequest, campaign_id: int) -> HttpResponse:
    campaign = _campaign_or_404(campaign_id)
    form = CampaignForm(request.POST or None, instance=campaign, viewer=request.user)
    context = {"form": form, "campaign": campaign}
    if request.method != "POST":
        return render(request, "sales/campaign_form.html", context)
    if not form.is_valid():
        return invalid(request, "sales/campaign_form.html", context)
    try:
        change_campaign(campaign, form.typed, by=request.user, version=form.cleaned_data["version"])
    except VersionConflict as error:
        return conflict(request, form, error.current)
    say(request, _("Campaign saved."))
    return SeeOther(_page_of(campaign))


@require_POST
@access(*KEEPERS)
def cost_new(request: SignedInRequest, campaign_id: int) -> HttpResponse:
    campaign = _campaign_or_404(campaign_id)
    form = CostForm(request.POST, viewer=request.user)
    if not form.is_valid():
        context = _page(request, campaign, form)
        return invalid(request, "sales/campaign_detail.html", context)
    client_ref = form.cleaned_data["client_ref"]
    cost, made = add_cost(campaign, form.typed, client_ref=client_ref, by=request.user)
    if made:
        say(request, _("Cost saved."), undo=reverse("cost-delete", args=[campaign.pk, cost.pk]))
    return SeeOther(_page_of(campaign))


@require_POST
@access(*KEEPERS)
def cost_delete(request: SignedInRequest, campaign_id: int, cost_id: int) -> HttpResponse:
    cost = _cost_or_404(campaign_id, cost_id)
    if delete_fact(cost, by=request.user):
        say(
            request,
            _("%(amount)s deleted.") % {"amount": amount(cost.amount, cost.currency)},
            undo=reverse("cost-restore", args=[campaign_id, cost.pk]),
        )
    return SeeOther(safe_next(request, reverse("campaign-detail", args=[campaign_id])))


@require_POST
@access(*KEEPERS)
def cost_restore(request: SignedInRequest, campaign_id: int, cost_id: int) -> HttpResponse:
    cost = _cost_or_404(campaign_id, cost_id)
    try:
        restore_fact(cost, by=request.user)
    except NotOfToday:
        say(request, _("This was deleted on an earlier day. Enter the cost anew."))
    else:
        say(request, _("The cost is back."))
    return SeeOther(safe_next(request, reverse("campaign-detail", args=[campaign_id])))


def _campaign_or_404(campaign_id: int) -> Campaign:
    return get_object_or_404(Campaign.objects.select_related("owner"), pk=campaign_id)


def _cost_or_404(campaign_id: int, cost_id: int) -> CampaignCost:
    return get_object_or_404(CampaignCost, pk=cost_id, campaign_id=campaign_id)


def _page_of(campaign: Campaign) -> str:
    return reverse("campaign-detail", args=[campaign.pk])
