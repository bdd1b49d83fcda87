"""Contracts of a customer: adding or renewing one, ending it, taking back what was a mistake."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.lib.formatting import day
from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid, safe_next
from customers.agreement_forms import ContractForm, EndContractForm, renewal_of
from customers.contracts import (
    add_contract,
    delete_contract,
    end_contract,
    reopen_contract,
    restore_contract,
)
from customers.models import Contract, Customer
from customers.own_facts import may_delete, may_restore, was_entered_anew
from team.access import SIGNED_IN, SignedInRequest, access, leads_others, visible_or_404
from team.facts import NotOfToday
from team.models import Company, User
from team.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def contract_new(request: SignedInRequest, customer_id: int) -> HttpResponse:
    """A new contract; `?renews=` names the one that it follows."""
    customer = visible_or_404(Customer, request.user, pk=customer_id)
    start = renewal_of(_named(request.GET.get("renews", ""), request.user))
    form = ContractForm(request.POST or None, initial=start)
    context = {"form": form, "customer": customer, "renews": bool(start)}
    if request.method != "POST":
        return render(request, "customers/contract_form.html", context)
    if not form.is_valid():
        return invalid(request, "customers/contract_form.html", context)
    contract, made = add_contract(customer, **form.cleaned_data, by=request.user)
    if made:
        say(request, _("Contract saved."), undo=reverse("contract-delete", args=[contract.pk]))
    return SeeOther(customer.get_absolute_url())


def _named(text: str, viewer: User) -> Contract | None:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return None
    return Contract.visible_to(viewer).filter(pk=int(text), deleted_on__isnull=True).first()


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def contract_end(request: SignedInRequest, contract_id: int) -> HttpResponse:
    contract = _contract_or_404(request, contract_id)
    form = EndContractForm(request.POST or None, initial={"on": Company.get().today})
    context = {"form": form, "contract": contract, "customer": contract.customer.survivor}
    if request.method != "POST":
        return render(request, "customers/contract_end.html", context)
    if not form.is_valid():
        return invalid(request, "customers/contract_end.html", context)
    on = form.cleaned_data["on"]
    try:
        ended = end_contract(contract, on=on, by=request.user)
    except Refusal as refusal:
        form.add_error(refusal.field or None, refusal.sentence)
        return invalid(request, "customers/contract_end.html", context)
    say(
        request,
        _("The contract covers the customer to %(day)s.") % {"day": day(on)},
        undo=reverse("contract-reopen", args=[ended.pk]),
    )
    return SeeOther(_page_of(ended))


@require_POST
@access(SIGNED_IN)
def contract_reopen(request: SignedInRequest, contract_id: int) -> HttpResponse:
    contract = _contract_or_404(request, contract_id)
    try:
        reopen_contract(contract, by=request.user)
    except Refusal as refusal:
        say(request, refusal.sentence)
    else:
        say(request, _("The contract goes on."))
    return SeeOther(safe_next(request, _page_of(contract)))


@require_POST
@access(SIGNED_IN)
def contract_delete(request: SignedInRequest, contract_id: int) -> HttpResponse:
    contract = _contract_or_404(request, contract_id)
    if not may_delete(contract, request.user) or (
        not leads_others(request.user) and was_entered_anew(contract)
    ):
        say(request, _("Only your own entries of today; ask your manager to delete this one."))
    elif delete_contract(contract, by=request.user):
        say(request, _("Contract deleted."), undo=reverse("contract-restore", args=[contract.pk]))
    return SeeOther(safe_next(request, _page_of(contract)))


@require_POST
@access(SIGNED_IN)
def contract_restore(request: SignedInRequest, contract_id: int) -> HttpResponse:
    contract = _contract_or_404(request, contract_id)
    if not may_restore(contract, request.user):
        say(request, _("Only whoever deleted it brings it back, or your manager."))
        return SeeOther(safe_next(request, _page_of(contract)))
    try:
        restore_contract(contract, by=request.user)
    except NotOfToday:
        say(request, _("This was deleted on an earlier day. Enter it anew."))
    else:
        say(request, _("The contract is back."))
    return SeeOther(safe_next(request, _page_of(contract)))


def _contract_or_404(request: SignedInRequest, contract_id: int) -> Contract:
    related = ("customer__merged_into",)
    return visible_or_404(Contract, request.user, related=related, pk=contract_id)


def _page_of(contract: Contract) -> str:
    return contract.customer.survivor.get_absolute_url()
