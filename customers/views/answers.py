"""What a customer answered about satisfaction, entered by hand."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid, safe_next
from customers.agreement_forms import AnswerForm
from customers.answers import add_answer
from customers.models import Customer, Survey
from customers.own_facts import may_delete, may_restore
from team.access import SIGNED_IN, SignedInRequest, access, visible_or_404
from team.facts import NotOfToday, delete_fact, restore_fact


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def answer_new(request: SignedInRequest, customer_id: int) -> HttpResponse:
    customer = visible_or_404(Customer, request.user, pk=customer_id)
    form = AnswerForm(request.POST or None)
    context = {"form": form, "customer": customer}
    if request.method != "POST":
        return render(request, "customers/answer_form.html", context)
    if not form.is_valid():
        return invalid(request, "customers/answer_form.html", context)
    answer, made = add_answer(customer, **form.cleaned_data, by=request.user)
    if made:
        say(request, _("Answer saved."), undo=reverse("answer-delete", args=[answer.pk]))
    return SeeOther(customer.get_absolute_url())


@require_POST
@access(SIGNED_IN)
def answer_delete(request: SignedInRequest, answer_id: int) -> HttpResponse:
    answer = _answer_or_404(request, answer_id)
    if not may_delete(answer, request.user):
        say(request, _("Only your own entries of today; ask your manager to delete this one."))
    elif delete_fact(answer, by=request.user):
        say(request, _("Answer deleted."), undo=reverse("answer-restore", args=[answer.pk]))
    return SeeOther(safe_next(request, _page_of(answer)))


@require_POST
@access(SIGNED_IN)
def answer_restore(request: SignedInRequest, answer_id: int) -> HttpResponse:
    answer = _answer_or_404(request, answer_id)
    if not may_restore(answer, request.user):
        say(request, _("Only whoever deleted it brings it back, or your manager."))
        return SeeOther(safe_next(request, _page_of(answer)))
    try:
        restore_fact(answer, by=request.user)
    except NotOfToday:
        say(request, _("This was deleted on an earlier day. Enter it anew."))
    else:
        say(request, _("The answer is back."))
    return SeeOther(safe_next(request, _page_of(answer)))


def _answer_or_404(request: SignedInRequest, answer_id: int) -> Survey:
    related = ("customer__merged_into",)
    return visible_or_404(Survey, request.user, related=related, pk=answer_id)


def _page_of(answer: Survey) -> str:
    return answer.customer.survivor.get_absolute_url()
