"""Figures that look wrong: asking about one, the queue, the answers."""

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib.columns import Column
from crm.lib.forms import ClientRefField
from crm.lib.listing import Listing
from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid, respond
from reports.acts.disputing import AlreadyAnswered, answer_dispute, dispute
from reports.acts.doubted import Question, question_of
from reports.acts.doubts_told import figure_in_words, shown_in_words
from reports.models import Dispute
from team.access import ADMIN, SIGNED_IN, SignedInRequest, access, visible_or_404
from team.models import User
from team.rail import waiting

PAGE, LIST = "reports/dispute_new.html", "reports/disputes.html"
COLUMNS = [Column("newest", gettext_lazy("Question"), ("-id",))]


@dataclass(frozen=True)
class Told:
    """A doubt with its figure in the reader's words."""

    doubt: Dispute
    figure: str
    shown: str


class QuestionForm(forms.Form):
    client_ref = ClientRefField()
    comment = forms.CharField(
        label=gettext_lazy("What looks wrong"),
        help_text=gettext_lazy(
            "Name the customer, call or order that should be there or should not."
        ),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=gettext_lazy("Answer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def dispute_new(request: SignedInRequest) -> HttpResponse:
    question = question_of(request, request.user)
    if question is None:
        say(request, _("That figure is not there any more. Ask from the page that shows it."))
        return SeeOther(reverse("dispute-list"))
    form = QuestionForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "question": question, "figure": figure_in_words(question.doubted)}
    context |= {"shown": shown_in_words(question.doubted)}
    if request.method != "POST":
        return respond(request, PAGE, context)
    if not form.is_valid():
        return invalid(request, PAGE, context)
    _ask(request, question, form.cleaned_data)
    say(request, _("Your question is with the administrators. The answer will stand beside it."))
    return SeeOther(reverse("dispute-list"))


def _ask(request: SignedInRequest, question: Question, typed: dict[str, Any]) -> None:
    ref = typed["client_ref"] or uuid.uuid4()
    dispute(question.doubted, typed["comment"], by=request.user, client_ref=ref)


@require_safe
@access(SIGNED_IN)
def dispute_list(request: SignedInRequest) -> HttpResponse:
    """Administrators see every question, what waits first; others their own and those of their people."""
    return respond(request, LIST, _queue(request))


@require_POST
@access(ADMIN)
def dispute_answer(request: SignedInRequest, dispute_id: int) -> HttpResponse:
    doubt = visible_or_404(Dispute, request.user, pk=dispute_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return invalid(request, LIST, _queue(request) | {"answered": doubt.pk, "answer": form})
    try:
        answer_dispute(doubt, form.cleaned_data["answer"], by=request.user)
        say(request, _("Answer saved."))
    except AlreadyAnswered:
        say(request, _("Somebody answered this question meanwhile. Their answer stands."))
    return SeeOther(reverse("dispute-list"))


def _queue(request: SignedInRequest) -> dict[str, Any]:
    rows = Dispute.visible_to(request.user).select_related("by", "answered_by")
    listing = Listing(request, rows, columns=COLUMNS, default_sort="newest", page_size=25)
    return {
        "listing": listing,
        "rows": [Told(r, figure_in_words(r), shown_in_words(r)) for r in listing.page.rows],
        "may_answer": request.user.has_role(ADMIN),
        "answer": AnswerForm(),
    }


@waiting("dispute")
def _waiting(viewer: User) -> "QuerySet[Dispute]":
    if not viewer.is_admin:
        return Dispute.everything.none()
    return Dispute.visible_to(viewer).filter(answered_at__isnull=True)
