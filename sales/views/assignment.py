"""Administrators keep the rules of who gets leads, and ask whom they would choose."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid
from sales.leads.assigning import Rules
from sales.leads.assignment_log import names_of, words
from sales.leads.lead_rules import add_rule, change_rule, restore_rule, retire_rule
from sales.leads.rule_forms import RuleForm, WhoWouldForm
from sales.models import Lead, LeadRule
from team.access import ADMIN, SignedInRequest, access
from team.conflicts import conflict
from team.records import VersionConflict

PAGE = "sales/assignment_form.html"


@require_safe
@access(ADMIN)
def assignment_list(request: SignedInRequest) -> HttpResponse:
    """The rules in their order. `?ask=1` with facts of a lead says whom they would choose now."""
    rules = LeadRule.objects.order_by("-is_active", "order", "pk")
    related = rules.select_related("source", "campaign", "team").prefetch_related("people")
    asked = "ask" in request.GET
    form = WhoWouldForm(request.GET if asked else None)
    context: dict[str, Any] = {"rules": related, "form": form}
    if asked and form.is_valid():
        choice = Rules.looked_at().choose(Lead(**form.cleaned_data))
        passed = words(choice.passed_over, names_of(choice.passed_over))
        context |= {"choice": choice, "passed_over": passed}
    return render(request, "sales/assignment_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN)
def assignment_new(request: SignedInRequest) -> HttpResponse:
    form = RuleForm(request.POST or None, viewer=request.user)
    if request.method != "POST":
        return render(request, PAGE, {"form": form})
    if not form.is_valid():
        return invalid(request, PAGE, {"form": form})
    new = LeadRule(client_ref=form.cleaned_data["client_ref"], **form.typed)
    rule, made = add_rule(new, form.cleaned_data["people"], by=request.user)
    if made:
        say(request, _("Leads go by «%(name)s» from now on.") % {"name": rule})
    return SeeOther(reverse("assignment-list"))


@require_http_methods(["GET", "HEAD", "POST"])
@access(ADMIN)
def assignment_edit(request: SignedInRequest, rule_id: int) -> HttpResponse:
    rule = get_object_or_404(LeadRule, pk=rule_id)
    form = RuleForm(request.POST or None, instance=rule, viewer=request.user)
    context = {"form": form, "rule": rule}
    if request.method != "POST":
        return render(request, PAGE, context)
    if not form.is_valid():
        return invalid(request, PAGE, context)
    people, version = form.cleaned_data["people"], form.cleaned_data["version"]
    try:
        change_rule(rule, form.typed, people, by=request.user, version=version)
    except VersionConflict as error:
        return conflict(request, form, error.current)
    say(request, _("«%(name)s» is saved.") % {"name": rule})
    return SeeOther(reverse("assignment-list"))


@require_POST
@access(ADMIN)
def assignment_retire(request: SignedInRequest, rule_id: int) -> HttpResponse:
    rule = get_object_or_404(LeadRule, pk=rule_id)
    retire_rule(rule, by=request.user)
    say(
        request,
        _("«%(name)s» gives no more leads.") % {"name": rule},
        undo=reverse("assignment-restore", args=[rule.pk]),
    )
    return SeeOther(reverse("assignment-list"))


@require_POST
@access(ADMIN)
def assignment_restore(request: SignedInRequest, rule_id: int) -> HttpResponse:
    rule = get_object_or_404(LeadRule, pk=rule_id)
    restore_rule(rule, by=request.user)
    say(request, _("«%(name)s» gives leads again.") % {"name": rule})
    return SeeOther(reverse("assignment-list"))
