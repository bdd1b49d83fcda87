"""What people are told of their steps and leads: what was given to them, what is promised for this hour, what runs out.

Looked for every minute (`sales.tasks`): the rows whose hour comes are found by index, and each is told once.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.lib.formatting import number
from sales.models import Lead, Task
from team.models import Company, Notice, User
from team.notices import AT_ONCE, NoticeKind, Told, notice_kind, tell

# So long before its hour a promised step is told, and so long after it if nobody looked meanwhile.
AHEAD, LATE = timedelta(minutes=15), timedelta(hours=2)
# So long before a lead goes late its owner is told.
LEFT = timedelta(hours=1)
MOST = 1000


def _of_a_step(told: Mapping[str, Any]) -> str:
    return (_("%(at)s: %(title)s, %(who)s") if told["who"] else _("%(at)s: %(title)s")) % told


def _of_given_steps(told: Mapping[str, Any]) -> str:
    if told.get("n", 1) == 1:
        return _("%(by)s planned for you: %(title)s") % told
    return ngettext(
        "%(by)s planned %(n)s step for you: %(title)s",
        "%(by)s planned %(n)s steps for you: %(title)s",
        told["n"],
    ) % {**told, "n": number(told["n"])}


HOUR_COMES = notice_kind(
    "task.hour", gettext_lazy("A step promised for an hour"), _of_a_step, icon="clock"
)
STEP_GIVEN = notice_kind(
    "task.given",
    gettext_lazy("A step somebody plans for you"),
    _of_given_steps,
    icon="calendar-plus",
)
LEAD_RUNS_OUT = notice_kind(
    "lead.late",
    gettext_lazy("A lead that soon goes late"),
    lambda told: _("%(name)s waits for an answer: in an hour it is late.") % told,
    icon="user-question",
    mail=AT_ONCE,
)


def promised_now(now: datetime) -> "QuerySet[Task]":
    """Open steps whose hour comes, or has just passed."""
    local = now.astimezone(Company.get().zone)
    soon, since = local + AHEAD, local - LATE
    return Task.everything.open().filter(
        owner__isnull=False,
        due_on=local.date(),
        due_at__isnull=False,
        due_at__lte=soon.time() if soon.date() == local.date() else datetime.max.time(),
        due_at__gte=since.time() if since.date() == local.date() else datetime.min.time(),
    )


def running_out(now: datetime) -> "QuerySet[Lead]":
    """Leads nobody answered whose hour before the goal has come."""
    return Lead.everything.open().filter(
        owner__isnull=False,
        first_touch_at__isnull=True,
        response_due_at__gt=now,
        response_due_at__lte=now + LEFT,
    )


def is_due(now: datetime) -> bool:
    """Whether there is somebody to tell something that nobody has told them."""
    return _untold_steps(now).exists() or _untold_leads(now).exists()


def remind(now: datetime) -> int:
    """Tell what is due, at most `MOST` of each kind at once; how many were told."""
    steps = _untold_steps(now).select_related("customer", "lead", "deal")[:MOST]
    leads = _untold_leads(now)[:MOST]
    return tell(HOUR_COMES, map(_step_told, steps)) + tell(LEAD_RUNS_OUT, map(_lead_told, leads))


def _untold_steps(now: datetime) -> "QuerySet[Task]":
    return _untold(promised_now(now), HOUR_COMES, "pk", "due_on", "due_at")


def _untold_leads(now: datetime) -> "QuerySet[Lead]":
    return _untold(running_out(now), LEAD_RUNS_OUT, "pk")


def _untold(rows: Any, kind: NoticeKind, *names: str) -> Any:
    """Those whose owner was not told; its key is the text of these columns."""
    words = [word for name in names for word in (Value(" "), Cast(name, CharField()))][1:]
    told = Notice.objects.filter(user=OuterRef("owner"), kind=kind.key, key=OuterRef("notice_key"))
    key = Concat(*words) if len(words) > 1 else words[0]
    return rows.annotate(notice_key=key).filter(~Exists(told), owner__is_active=True)


def _step_told(task: Any) -> Told:
    """Another day or hour is another promise."""
    told = {"at": f"{task.due_at:%H:%M}", "title": task.title, "who": str(task.who or "")}
    return Told(task.owner_id, task.notice_key, told, reverse("today"))


def _lead_told(lead: Any) -> Told:
    return Told(lead.owner_id, lead.notice_key, {"name": lead.name}, lead.get_absolute_url())


def tell_of_steps(steps: Iterable[Task], by: User | None) -> None:
    """Steps that somebody has planned for others, or given them: one notice a person, in that transaction."""
    if by is None:
        return
    theirs: dict[int, list[Task]] = defaultdict(list)
    for step in steps:
        if step.owner_id is not None and step.owner_id != by.pk:
            theirs[step.owner_id].append(step)
    tell(STEP_GIVEN, [_given(owner, mine, by) for owner, mine in theirs.items()])


def _given(owner_id: int, steps: list[Task], by: User) -> Told:
    first, n = steps[0], len(steps)
    path = first.get_absolute_url() if n == 1 else reverse("task-list")
    told = {"by": by.name, "title": first.title, "n": n}
    return Told(owner_id, f"{first.pk} {first.version}", told, path)
