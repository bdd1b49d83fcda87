"""Saving the rows of a sweep, each on its own, and taking a whole sweep back."""

import uuid
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from datetime import date, time

from django.db import transaction
from django.utils.translation import gettext as _

from sales.calls.logging_calls import TooLate, log_call
from sales.calls.taking_back import CorrectedMeanwhile, undo_call
from sales.days.next_steps import add_task, drop_task, reschedule_task
from sales.days.sweep_forms import SweepRowForm
from sales.models import Activity, Task
from team.models import AuditEntry, User

CALLED, PLANNED = "called", "planned"


def save_row(form: SweepRowForm, *, by: User) -> str:
    """Log the call of a valid row, or plan it anew; answers which, empty where there was nothing to do."""
    if form.cleaned_data["outcome"] is not None:
        log_call(form.entry(), by=by)
        return CALLED
    return PLANNED if _plan_again(form, by) else ""


def _plan_again(form: SweepRowForm, by: User) -> bool:
    """Not called: a planned call moves to the next working day, one that is due gets that day."""
    row, day = form.row, form.day_after
    if row.task is not None:
        reschedule_task(row.task, day, None, by=by, why=form.why)
        return True
    if row.is_only_opened:
        return False
    add_task(
        Task(
            client_ref=form.cleaned_data["client_ref"],
            title=_("Call"),
            customer=form.customer,
            lead=form.lead,
            deal=form.deal,
            due_on=day,
        ),
        owner=by,
        by=by,
    )
    return True


def undo_sweep(batch: uuid.UUID, *, by: User) -> Counter[str]:
    """Take back what one sweep stored, by its entries in the audit log: twice is once."""
    entries = AuditEntry.objects.filter(batch=batch, actor=by).select_related("detail")
    taken: Counter[str] = Counter()
    with transaction.atomic():
        calls = _ids(entries, "activity", "log")
        for call in Activity.everything.filter(pk__in=calls, author=by, deleted_on__isnull=True):
            with suppress(TooLate, CorrectedMeanwhile):
                undo_call(call, by=by)
                taken[CALLED] += 1
        for task in Task.everything.filter(pk__in=_ids(entries, "task", "create"), owner=by):
            taken[PLANNED] += drop_task(task, by=by)
        taken[PLANNED] += _move_back(entries, by)
    return taken


def _move_back(entries: Iterable[AuditEntry], by: User) -> int:
    """Only steps that still stand where the sweep put them."""
    moved = {e.subject_id: e.detail for e in entries if e.action == "reschedule"}
    back = 0
    for task in Task.everything.open().filter(pk__in=[pk for pk in moved if pk]):
        before, after = moved[task.pk].before, moved[task.pk].after
        if str(task.due_on) == after.get("due_on"):
            at = before.get("due_at")
            hour = time.fromisoformat(at) if at else task.due_at
            reschedule_task(task, date.fromisoformat(before["due_on"]), hour, by=by)
            back += 1
    return back


def _ids(entries: Iterable[AuditEntry], kind: str, action: str) -> list[int]:
    return [
        e.subject_id
        for e in entries
        if e.action == action and e.subject_type == kind and e.subject_id
    ]
