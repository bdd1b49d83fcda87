"""What customers complained of: written down, answered, taken back."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid, safe_next
from customers.complaint_forms import ComplaintForm, SettleForm
from customers.complaints import add_complaint, reopen_complaint, settle_complaint
from customers.models import Complaint, Customer
from customers.own_facts import may_delete, may_restore
from team.access import SIGNED_IN, SignedInRequest, access, visible_or_404
from team.facts import NotOfToday, delete_fact, restore_fact
from team.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def complaint_new(request: SignedInRequest, customer_id: int) -> HttpResponse:
    customer = visible_or_404(Customer, request.user, pk=customer_id)
    form = ComplaintForm(request.POST or None)
    context = {"form": form, "customer": customer}
    if request.method != "POST":
        return render(request, "customers/complaint_form.html", context)
    if not form.is_valid():
        return invalid(request, "customers/complaint_form.html", context)
    complaint, made = add_complaint(customer, **form.cleaned_data, by=request.user)
    if made:
        undo = reverse("complaint-delete", args=[complaint.pk])
        say(request, _("Complaint saved. It stands on Today until it is answered."), undo=undo)
    return SeeOther(customer.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def complaint_settle(request: SignedInRequest, complaint_id: int) -> HttpResponse:
    complaint = _complaint_or_404(request, complaint_id)
    form = SettleForm(request.POST or None)
    back = safe_next(request, _page_of(complaint))
    customer = complaint.customer.survivor
    context = {"form": form, "complaint": complaint, "customer": customer, "next": back}
    if request.method != "POST":
        return render(request, "customers/complaint_settle.html", context)
    if not form.is_valid():
        return invalid(request, "customers/complaint_settle.html", context)
    try:
        _settled, done = settle_complaint(complaint, **form.cleaned_data, by=request.user)
    except Refusal as refusal:
        form.add_error(refusal.field or None, refusal.sentence)
        return invalid(request, "customers/complaint_settle.html", context)
    if done:
        undo = reverse("complaint-reopen", args=[complaint.pk])
        say(request, _("The complaint is answered."), undo=undo)
    else:
        say(request, _("Somebody has answered this complaint already."))
    return SeeOther(back)


@require_POST
@access(SIGNED_IN)
def complaint_reopen(request: SignedInRequest, complaint_id: int) -> HttpResponse:
    complaint = _complaint_or_404(request, complaint_id)
    try:
        reopen_complaint(complaint, by=request.user)
    except Refusal as refusal:
        say(request, refusal.sentence)
    else:
        say(request, _("The complaint is open again."))
    return SeeOther(safe_next(request, _page_of(complaint)))


@require_POST
@access(SIGNED_IN)
def complaint_delete(request: SignedInRequest, complaint_id: int) -> HttpResponse:
    complaint = _complaint_or_404(request, complaint_id)
    if not may_delete(complaint, request.user):
        say(request, _("Only your own entries of today; ask your manager to delete this one."))
    elif delete_fact(complaint, by=request.user):
        undo = reverse("complaint-restore", args=[complaint.pk])
        say(request, _("Complaint deleted."), undo=undo)
    return SeeOther(safe_next(request, _page_of(complaint)))


@require_POST
@access(SIGNED_IN)
def complaint_restore(request: SignedInRequest, complaint_id: int) -> HttpResponse:
    complaint = _complaint_or_404(request, complaint_id)
    if not may_restore(complaint, request.user):
        say(request, _("Only whoever deleted it brings it back, or your manager."))
        return SeeOther(safe_next(request, _page_of(complaint)))
    try:
        restore_fact(complaint, by=request.user)
    except NotOfToday:
        say(request, _("This was deleted on an earlier day. Enter it anew."))
    else:
        say(request, _("The complaint is back."))
    return SeeOther(safe_next(request, _page_of(complaint)))


def _complaint_or_404(request: SignedInRequest, complaint_id: int) -> Complaint:
    related = ("customer__merged_into",)
    return visible_or_404(Complaint, request.user, related=related, pk=complaint_id)


def _page_of(complaint: Complaint) -> str:
    return complaint.customer.survivor.get_absolute_url()
