"""Logging a call, taking it back, and the list of what was done."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib.columns import Column, declare
from crm.lib.listing import Listing
from crm.lib.notices import say
from crm.lib.web import SeeOther, leave_for, respond, safe_next, typed
from customers.models import Customer
from sales.calls.call_forms import CallForm
from sales.calls.drafts import draft_of, drop_draft, seen_before
from sales.calls.ending_forms import Subject
from sales.calls.first_calls import TakenBack, take_call_back
from sales.calls.logging_calls import TooLate, log_call
from sales.calls.taking_back import CorrectedMeanwhile
from sales.customer_page.briefing import recently_spoken_with
from sales.filters import ActivityFilters
from sales.models import Activity, Deal, Lead, Outcome, Stage, Task
from sales.search import find
from team.access import (
    SIGNED_IN,
    SignedInRequest,
    access,
    is_visible,
    scope_of,
    visible_or_404,
)
from team.list_page import ListPage
from team.models import Company
from team.reading import count_view

# a row tells all of it in its own way: nothing is left to choose
CALLS = declare(
    "activity-list",
    gettext_lazy("Calls"),
    [
        Column("start", gettext_lazy("When"), ("-start_at", "-id"), fixed=True),
    ],
)
# What a row shows or sorts by.
READ = (
    "kind",
    "direction",
    "start_at",
    "minutes",
    "note",
    "customer__name",
    "customer__merged_into",
    "lead__name",
    "author__name",
    "outcome__key",
    "outcome__name",
)
SUBJECTS: dict[str, Any] = {"customer": Customer, "lead": Lead, "deal": Deal}


@require_safe
@access(SIGNED_IN)
def activity_list(request: SignedInRequest) -> HttpResponse:
    """What was done, newest first; a rep starts with their own (`?author=`)."""
    rows = Activity.visible_to(request.user).filter(deleted_on__isnull=True)
    page = ListPage(request, CALLS)
    listing = Listing(
        request,
        rows.select_related("customer", "lead", "author", "outcome")
        .only(*READ)
        .prefetch_related("customer__merged_into"),
        parts=[
            part.filter(deleted_on__isnull=True) for part in Activity.visible_parts(request.user)
        ],
        columns=page.columns,
        default_sort="start",
        filters=ActivityFilters,
    )
    context = {"listing": listing, "sees_others": not scope_of(request.user).is_one_person}
    return page.show(
        listing, "sales/activity_list.html", context, fragment="sales/_activities.html"
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def call_new(request: SignedInRequest) -> HttpResponse:
    """The call form for `?customer=`, `?lead=`, `?deal=` or `?task=`; a post saves the call and goes to `next`.

    With none of them: choose whom, from what was found for `?q=` or spoken with last.
    """
    if request.method == "POST":
        return _post(request)
    if not any(name in request.GET for name in (*SUBJECTS, "task")):
        return _choose(request)
    subject = subject_of(request)
    start = {name: request.GET.get(name) for name in ("task", "contact", "outcome")}
    form = CallForm(
        **_opened(request, subject), draft=draft_of(request.user, subject), initial=start
    )
    return _form(request, form)


def _opened(request: SignedInRequest, subject: Subject) -> dict[str, Any]:
    return {"viewer": request.user, "subject": subject, "company": Company.get()}


def _post(request: SignedInRequest) -> HttpResponse:
    """A call that was being written while its customer changed hands is saved all the same."""
    data: Any = request.POST
    handed_over = False
    try:
        subject = subject_of(request)
    except Http404:
        seen = seen_before(request.user, data.get("seen", ""), data.get("kept_at", ""))
        if seen is None:
            raise
        subject, data, handed_over = seen, data.copy(), True
        data.pop("contact", None)  # nobody there is theirs to choose any more
    form = CallForm(data, **_opened(request, subject))
    if "quick" in data and (draft_of(request.user, subject) or not form.is_valid()):
        # by one press nothing is passed over: neither what was begun elsewhere nor what is still to be said
        return leave_for(request, _whole_form(request, form))
    if not form.is_valid():
        return _form(request, form)
    _save(request, form, acts=not handed_over)
    if handed_over:
        say(request, _("Somebody else looks after %(name)s by now.") % {"name": form.whom})
        return leave_for(request, reverse("today"))
    return after_call(request, form)


def _whole_form(request: SignedInRequest, form: CallForm) -> str:
    """The address of the form about the same call, with what the menu of a row said of it."""
    words: dict[str, Any] = {form.subject_name: form.subject.pk}
    for name in ("task", "contact", "outcome"):
        if value := request.POST.get(name):
            words[name] = value
    words["next"] = safe_next(request, reverse("today"))
    return f"{reverse('call-new')}?{urlencode(words)}"


def _form(request: SignedInRequest, form: CallForm) -> HttpResponse:
    if form.customer is not None:
        count_view(request.user, form.customer.pk)
    context = {
        "form": form,
        "subject": form.subject,
        "next": safe_next(request, form.subject.get_absolute_url()),
    }
    context["close_url"] = context["next"]
    response = respond(
        request,
        "sales/call_form.html",
        context,
        fragment="sales/_call_form.html",
        status=422 if request.method == "POST" else 200,
    )
    return form_again(response) if request.method == "POST" else response


def form_again(response: HttpResponse) -> HttpResponse:
    """Only the form is shown again, wherever on the page it stands."""
    response["HX-Retarget"] = "#call"
    response["HX-Reselect"] = "#call"
    response["HX-Reswap"] = "outerHTML"
    return response


def _choose(request: SignedInRequest) -> HttpResponse:
    text = typed(request)
    context = {
        "text": text,
        "found": find(request.user, text) if text else None,
        "recent": [] if text else recently_spoken_with(request.user),
    }
    return respond(request, "sales/call_choose.html", context, fragment="sales/_call_choose.html")


def _save(request: SignedInRequest, form: CallForm, *, acts: bool) -> None:
    """Without `acts` what was said is kept, and nothing else is done to what is somebody else's by now."""
    task = _task_of(request, form.cleaned_data["task"])
    entry = form.entry(finishes=task)
    call, made = log_call(
        entry if acts else replace(entry, stage=None, ends_lead=False), by=request.user
    )
    drop_draft(request.user, form.subject)
    if made:
        told = _("Call with %(name)s saved.") % {"name": form.whom}
        say(request, told, undo=reverse("call-undo", args=[call.pk]))


def after_call(request: SignedInRequest, form: CallForm) -> HttpResponse:
    """Where a saved call leads: to what its outcome opens, else back to where it was logged."""
    target = safe_next(request, form.subject.get_absolute_url())
    if request.POST.get("stay") and "?" not in target:
        target = f"{target}?{form.subject_name}={form.subject.pk}"
    elsewhere = _leads_to(form, target)
    # beside the agenda only the agenda is asked for anew; out of a drawer one goes to the page behind it
    if elsewhere or request.htmx.target == "call":  # type: ignore[attr-defined]
        return leave_for(request, elsewhere or target)
    return SeeOther(target)


def _leads_to(form: CallForm, target: str) -> str:
    """The page that the outcome opens after saving: whose number to put right, how the deal closes; empty: none."""
    outcome: Outcome = form.cleaned_data["outcome"]
    if form.deal is not None and (closing := _closing_stage(form, form.deal)):
        return f"{reverse('deal-close', args=[form.deal.pk])}?{urlencode({'stage': closing.key})}"
    if not outcome.opens_contact:
        return ""
    whom = form.cleaned_data["contact"] or form.lead or form.customer
    if whom is None or not is_visible(whom, form.viewer):
        return ""
    page = reverse(f"{whom._meta.model_name}-edit", args=[whom.pk])
    return f"{page}?{urlencode({'next': target})}#id_phone"


def _closing_stage(form: CallForm, deal: Deal) -> Stage | None:
    """Where giving up or the outcome's proposal ends the deal: that page asks for the reason or the amount."""
    if form.gives_up:
        lost = Stage.objects.filter(kind=Stage.Kind.LOST, is_active=True)
        return lost.filter(pipeline=deal.stage.pipeline_id).first()
    stage = form.stage
    return stage if stage is not None and stage.kind != Stage.Kind.OPEN else None


def _task_of(request: SignedInRequest, task_id: int | None) -> Task | None:
    return None if task_id is None else Task.visible_to(request.user).filter(pk=task_id).first()


def subject_of(request: SignedInRequest) -> Subject:
    """Whom the call is about, named in the address or the post, or by the step it does; 404 if not theirs to see."""
    for name, model in SUBJECTS.items():
        value = request.POST.get(name) or request.GET.get(name)
        if value and value.isascii() and value.isdigit() and len(value) < 19:
            found: Subject = visible_or_404(model, request.user, pk=int(value))
            return found.survivor if isinstance(found, Customer) else found
    task_id = request.POST.get("task") or request.GET.get("task", "")
    if task_id.isascii() and task_id.isdigit() and len(task_id) < 19:
        task = visible_or_404(Task, request.user, pk=int(task_id))
        if task.about is not None and is_visible(task.about, request.user):
            return task.about
    raise Http404


@require_POST
@access(SIGNED_IN)
def call_undo(request: SignedInRequest, activity_id: int) -> HttpResponse:
    call = visible_or_404(Activity, request.user, pk=activity_id)
    try:
        taken = take_call_back(call, by=request.user)
    except TooLate:
        say(request, _("This entry can no longer be taken back. Add a note that corrects it."))
    except CorrectedMeanwhile:
        say(request, _("You corrected this entry meanwhile. Take back what it says now."))
    else:
        say(request, _taken_in_words(taken))
        if taken.gone:
            return SeeOther(_away_from(request, taken))
    subject = call.deal or call.lead or call.customer
    return SeeOther(safe_next(request, subject.get_absolute_url() if subject else reverse("today")))


def _taken_in_words(taken: TakenBack) -> str:
    if taken.somebody is None:
        return _("The entry was taken back.")
    if taken.gone:
        told = _("The entry was taken back, and «%(name)s» with it.")
    else:
        told = _("The entry was taken back. «%(name)s» stays: somebody has worked on it since.")
    return told % {"name": taken.somebody}


def _away_from(request: SignedInRequest, taken: TakenBack) -> str:
    """The page of who is gone is no place to be sent to."""
    assert taken.somebody is not None
    target = safe_next(request, reverse("today"))
    return reverse("today") if target.startswith(taken.somebody.get_absolute_url()) else target
