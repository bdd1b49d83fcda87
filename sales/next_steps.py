"""Next steps that people plan, move and drop; calls finish them. (Not `tasks`: Celery looks for that name.)"""

from datetime import date, time
from typing import Any

from django.db import transaction
from django.db.models import F

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
    task.owner = owner
    task.created_by = by
    return add_record(task, by=by, fields=TASK_FIELDS)


def change_task(task: Task, values: dict[str, Any], *, by: User | None, version: int) -> Task:
    return change_record(task, values, by=by, version=version)


def reschedule_task(task: Task, on: date, at: time | None, *, by: User | None) -> Task:
    """Another day, whatever else changed meanwhile: only the date is touched."""
    values = {"due_on": on, "due_at": at}
    return change_record(task, values, by=by, version=None, action="reschedule")


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
