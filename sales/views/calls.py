"""Logging a call, taking it back, and the list of what was done."""

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib.listing import Column, Listing
from crm.lib.notices import say
from crm.lib.web import SeeOther, respond, safe_next, typed
from customers.models import Customer
from sales.briefing import recently_spoken_with
from sales.call_forms import CallForm
from sales.filters import ActivityFilters
from sales.logging_calls import TooLate, log_call, undo_call
from sales.models import Activity, Deal, Lead, Task
from sales.search import find
from team.access import SIGNED_IN, SignedInRequest, access, scope_of, visible_or_404
from team.models import Company
from team.reading import count_view

COLUMNS = [
    Column("start", gettext_lazy("When"), ("-start_at", "-id")),
    Column("what", gettext_lazy("What")),
    Column("about", gettext_lazy("About")),
    Column("author", gettext_lazy("By")),
    Column("minutes", gettext_lazy("Minutes"), numeric=True),
]
# What a row shows or sorts by.
READ = (
    "kind",
    "direction",
    "start_at",
    "minutes",
    "note",
    "customer__name",
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
    listing = Listing(
        request,
        rows.select_related("customer", "lead", "author", "outcome").only(*READ),
        parts=[
            part.filter(deleted_on__isnull=True) for part in Activity.visible_parts(request.user)
        ],
        columns=COLUMNS,
        default_sort="start",
        filters=ActivityFilters,
    )
    return respond(
        request,
        "sales/activity_list.html",
        {"listing": listing, "sees_others": not scope_of(request.user).is_one_person},
        fragment="sales/_activities.html",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def call_new(request: SignedInRequest) -> HttpResponse:
    """The call form for `?customer=`, `?lead=` or `?deal=`; a post saves the call and goes to `next`.

    With none of them: choose whom, from what was found for `?q=` or spoken with last.
    """
    if request.method != "POST" and not any(name in request.GET for name in SUBJECTS):
        return _choose(request)
    subject = subject_of(request)
    company = Company.get()
    form = CallForm(
        request.POST or None,
        viewer=request.user,
        subject=subject,
        company=company,
        initial={"task": request.GET.get("task")},
    )
    if request.method == "POST" and form.is_valid():
        return _saved(request, form)
    if form.customer is not None:
        count_view(request.user, form.customer.pk)
    context = {
        "form": form,
        "subject": subject,
        "next": safe_next(request, subject.get_absolute_url()),
    }
    response = respond(
        request,
        "sales/call_form.html",
        context,
        fragment="sales/_call_form.html",
        status=422 if request.method == "POST" else 200,
    )
    if request.method == "POST":
        # only the form is shown again, wherever on the page it stands
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
    return respond(request, "sales/call_choose.html", context)


def _saved(request: SignedInRequest, form: CallForm) -> HttpResponse:
    task = _task_of(request, form.cleaned_data["task"])
    call, made = log_call(form.entry(finishes=task), by=request.user)
    if made:
        say(
            request,
            _("Call with %(name)s saved.") % {"name": form.subject},
            undo=reverse("call-undo", args=[call.pk]),
        )
    return SeeOther(safe_next(request, form.subject.get_absolute_url()))


def _task_of(request: SignedInRequest, task_id: int | None) -> Task | None:
    return None if task_id is None else Task.visible_to(request.user).filter(pk=task_id).first()


def subject_of(request: SignedInRequest) -> Customer | Lead | Deal:
    """Whom the call is about, named in the address or the post; 404 if it is not theirs to see."""
    for name, model in SUBJECTS.items():
        value = request.POST.get(name) or request.GET.get(name)
        if value and value.isascii() and value.isdigit() and len(value) < 19:
            found: Customer | Lead | Deal = visible_or_404(model, request.user, pk=int(value))
            return found
    raise Http404


@require_POST
@access(SIGNED_IN)
def call_undo(request: SignedInRequest, activity_id: int) -> HttpResponse:
    call = visible_or_404(Activity, request.user, pk=activity_id)
    try:
        undo_call(call, by=request.user)
    except TooLate:
        say(request, _("This entry can no longer be taken back. Add a note that corrects it."))
    else:
        say(request, _("The entry was taken back."))
    subject = call.deal or call.lead or call.customer
    return SeeOther(safe_next(request, subject.get_absolute_url() if subject else reverse("today")))
