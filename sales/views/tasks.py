"""The list of next steps, and planning, editing, finishing, dropping and moving one."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.lib.columns import Column, declare
from crm.lib.formatting import weekday
from crm.lib.listing import Listing, Tabs
from crm.lib.notices import say
from crm.lib.web import SeeOther, invalid, safe_next
from sales.calls.logging_calls import finish_task
from sales.days.due_days import WorkCalendar
from sales.days.next_steps import add_task, change_task, drop_task, reopen_task, reschedule_task
from sales.days.putting_off import asks_why
from sales.filters import TaskFilters
from sales.forms import RescheduleForm, TaskForm
from sales.models import Task
from team.access import SIGNED_IN, SignedInRequest, access, is_visible, visible_or_404
from team.conflicts import conflict
from team.history import history_of
from team.list_page import ListPage
from team.models import Company, User
from team.records import VersionConflict

TASKS = declare(
    "task-list",
    gettext_lazy("Tasks"),
    [
        Column("due", gettext_lazy("Due"), ("due_on", "id")),
        Column("title", gettext_lazy("What"), fixed=True),
        Column("about", gettext_lazy("About")),
        Column("owner", gettext_lazy("Owner")),
        Column("kind", gettext_lazy("Kind"), extra=True),
    ],
)
MOST_DAYS = 366
SUBJECTS = ("deal", "lead", "customer")
TAB_LABELS = {
    "mine": gettext_lazy("Mine"),
    "overdue": gettext_lazy("Overdue"),
    "open": gettext_lazy("All open"),
    "done": gettext_lazy("Done"),
}


@require_safe
@access(SIGNED_IN)
def task_list(request: SignedInRequest) -> HttpResponse:
    today = Company.get().today
    rows = Task.visible_to(request.user).select_related("customer", "lead", "deal", "owner")
    page = ListPage(request, TASKS)
    listing = Listing(
        request,
        rows.prefetch_related("customer__merged_into"),
        parts=Task.visible_parts(request.user),
        columns=page.columns,
        default_sort="-due" if request.GET.get("state") == "done" else "due",
        filters=TaskFilters,
        tabs=Tabs(TAB_LABELS, lambda rows, tab: rows.in_tab(tab, request.user, today)),
    )
    context = {"listing": listing, "today": today}
    return page.show(listing, "sales/task_list.html", context, fragment="sales/_tasks.html")


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def task_new(request: SignedInRequest) -> HttpResponse:
    """A new next step; `?customer=`, `?lead=` or `?deal=` says what it is about."""
    about = next((name for name in TaskForm.SUBJECTS if name in request.GET), "")
    form = TaskForm(
        request.POST or None,
        viewer=request.user,
        about=about,
        initial={about: request.GET.get(about)} if about else None,
    )
    if request.method != "POST":
        return render(request, "sales/task_form.html", {"form": form})
    if not form.is_valid():
        return invalid(request, "sales/task_form.html", {"form": form})
    new = Task(client_ref=form.cleaned_data["client_ref"], **form.typed)
    task, made = add_task(new, owner=form.first_owner, by=request.user)
    if made:
        say(request, _("Task saved."), undo=reverse("task-drop", args=[task.pk]))
    return _answer(request, task)


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def task_edit(request: SignedInRequest, task_id: int) -> HttpResponse:
    task = visible_or_404(Task, request.user, pk=task_id)
    form = TaskForm(
        request.POST or None,
        instance=task,
        viewer=request.user,
        asks_why=task.state == Task.State.OPEN
        and asks_why(task, Company.get().today, request.user),
    )
    context = {"form": form, "task": task, "events": history_of(task, request.user)}
    if request.method != "POST":
        return render(request, "sales/task_form.html", context)
    if not form.is_valid():
        return invalid(request, "sales/task_form.html", context)
    try:
        saved = change_task(
            task,
            form.typed,
            by=request.user,
            version=form.cleaned_data["version"],
            why=form.cleaned_data.get("put_off_why", "").strip(),
        )
    except VersionConflict as error:
        return conflict(request, form, error.current)
    say(request, _("Task saved."))
    return _answer(request, saved)


@require_POST
@access(SIGNED_IN)
def task_done(request: SignedInRequest, task_id: int) -> HttpResponse:
    task = visible_or_404(Task, request.user, pk=task_id)
    if finish_task(task, by=request.user):
        _say_with_reopening(request, task, _("«%(title)s» is done."))
    return _answer(request, task)


@require_POST
@access(SIGNED_IN)
def task_drop(request: SignedInRequest, task_id: int) -> HttpResponse:
    task = visible_or_404(Task, request.user, pk=task_id)
    if drop_task(task, by=request.user):
        _say_with_reopening(request, task, _("«%(title)s» was dropped."))
    return _answer(request, task)


def _say_with_reopening(request: SignedInRequest, task: Task, told: str) -> None:
    say(request, told % {"title": task.title}, undo=reverse("task-reopen", args=[task.pk]))


@require_POST
@access(SIGNED_IN)
def task_reopen(request: SignedInRequest, task_id: int) -> HttpResponse:
    task = visible_or_404(Task, request.user, pk=task_id)
    if reopen_task(task, by=request.user):
        say(request, _("«%(title)s» is open again.") % {"title": task.title})
    return _answer(request, task)


@require_http_methods(["GET", "HEAD", "POST"])
@access(SIGNED_IN)
def task_reschedule(request: SignedInRequest, task_id: int) -> HttpResponse:
    """Another day, or `days` from today. An undo brings the day back in the address (`?due_on=`)."""
    task = visible_or_404(Task, request.user, pk=task_id)
    if request.method == "POST" and task.state != Task.State.OPEN:
        # pressed in a window that does not know yet: whoever reads "moved" waits for what never comes
        told = _("«%(title)s» is not open any more. Nothing was moved.")
        say(request, told % {"title": task.title})
        return _answer(request, task)
    posted = request.GET if "due_on" in request.GET else _with_its_day(request.POST)
    form = RescheduleForm(
        posted if request.method == "POST" else None,
        initial=_due(task),
        task=task,
        asks_why=asks_why(task, Company.get().today, request.user),
    )
    context = {"form": form, "task": task}
    if request.method != "POST":
        return render(request, "sales/task_reschedule.html", context)
    if not form.is_valid():
        return invalid(request, "sales/task_reschedule.html", context)
    before = QueryDict(mutable=True)
    before.update({name: str(value) for name, value in _due(task).items() if value})
    day = form.cleaned_data["due_on"]
    why = form.cleaned_data.get("why", "").strip()
    reschedule_task(task, day, form.cleaned_data["due_at"], by=request.user, why=why)
    say(
        request,
        _("«%(title)s» moved to %(day)s.") % {"title": task.title, "day": weekday(day)},
        undo=f"{reverse('task-reschedule', args=[task.pk])}?{before.urlencode()}",
    )
    return _answer(request, task)


def _with_its_day(posted: QueryDict) -> QueryDict:
    """A number of days as the day it is: should the form come again, that day stands in it."""
    days = posted.get("days", "")
    if not (days.isascii() and days.isdigit() and len(days) <= 3) or int(days) > MOST_DAYS:
        return posted
    found = posted.copy()
    del found["days"]
    found["due_on"] = WorkCalendar.of(Company.get()).in_days(int(days)).isoformat()
    return found


def _due(task: Task) -> dict[str, object]:
    return {"due_on": task.due_on, "due_at": task.due_at}


def _answer(request: SignedInRequest, task: Task) -> SeeOther:
    """Back to where the act began, else to the page of what the step is about."""
    return SeeOther(safe_next(request, _page_about(request.user, task)))


def _page_about(user: User, task: Task) -> str:
    """One's own step may be about a record that somebody else has now: then the list it is."""
    for name in SUBJECTS:
        about = getattr(task, name)
        if about is not None and is_visible(about, user):
            return str(about.get_absolute_url())
    return reverse("task-list")
