"""Next steps that people plan, move and drop; calls finish them. (Not `tasks`: Celery looks for that name.)"""

from datetime import date, time
from typing import Any

from django.db import transaction
from django.db.models import F

from sales.days.putting_off import counted, tell_why, untell_why
from sales.days.reminding import tell_of_steps
from sales.models import Task
from team.audit import record
from team.models import User
from team.records import add_record, change_record

TASK_FIELDS = (
    "title",
    "kind",
    "owner",
    "customer",
    "contact",
    "lead",
    "deal",
    "due_on",
    "due_at",
    "note",
)


def add_task(task: Task, *, owner: User | None, by: User | None) -> tuple[Task, bool]:
    """Whoever is to do it is told, if somebody else planned it."""
    task.owner = owner
    task.created_by = by
    with transaction.atomic():
        task, made = add_record(task, by=by, fields=TASK_FIELDS)
        if made:
            tell_of_steps([task], by)
    return task, made


def change_task(
    task: Task, values: dict[str, Any], *, by: User | None, version: int, why: str = ""
) -> Task:
    """Raises `VersionConflict`. Who gets it from somebody else is told; `why` as of `reschedule_task`."""
    with transaction.atomic():
        stood = Task.everything.get(pk=task.pk)
        day = values.get("due_on", stood.due_on)
        values = values | counted(stood, day, why)
        changed = change_record(task, values, by=by, version=version)
        _tell_of_day(stood, changed, why, by)
        if changed.owner_id != stood.owner_id:
            tell_of_steps([changed], by)
    return changed


def reschedule_task(
    task: Task, on: date, at: time | None, *, by: User | None, why: str = ""
) -> Task:
    """Another day, whatever else changed meanwhile: only the date is touched, and how often it was put off.

    `why` it is put off again is told in the customer's timeline.
    """
    values = {"due_on": on, "due_at": at, **counted(task, on, why)}
    with transaction.atomic():
        moved = change_record(task, values, by=by, version=None, action="reschedule")
        _tell_of_day(task, moved, why, by)
    return moved


def _tell_of_day(stood: Task, moved: Task, why: str, by: User | None) -> None:
    if moved.due_on != stood.due_on and moved.due_on == stood.put_off_from:
        untell_why(stood, by=by)
    if why and moved.due_on > stood.due_on:
        tell_why(moved, by=by)


def drop_task(task: Task, *, by: User | None) -> bool:
    """It will not be done; False: it was not open any more."""
    return _set_state(task, Task.State.OPEN, Task.State.DROPPED, "drop", by)


def reopen_task(task: Task, *, by: User | None) -> bool:
    """Take finishing or dropping back; False: it is open."""
    return _set_state(task, task.state, Task.State.OPEN, "reopen", by)


def _set_state(task: Task, before: str, after: str, action: str, by: User | None) -> bool:
    if before == after:
        return False
    with transaction.atomic():
        moved = Task.everything.filter(pk=task.pk, state=before).update(
            state=after, done_at=None, done_by=None, version=F("version") + 1
        )
        if moved:
            record(action, task, by=by, before={"state": before}, after={"state": after})
    return bool(moved)
