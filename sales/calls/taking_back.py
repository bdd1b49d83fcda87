"""Taking a logged call back, with what it did besides."""

from contextlib import suppress
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from customers.models import Survey
from sales.calls.logging_calls import CORRECTABLE, TooLate, last_ending
from sales.deals.changing import CannotUndo, undo_move
from sales.leads.changing import reopen_lead
from sales.models import Activity, Lead, Task
from team.audit import Change, last_entry, record_many
from team.models import Company, User


class CorrectedMeanwhile(Exception):
    """The entry was written anew by a correction: what it says now stands in another row."""


def undo_call(call: Activity, *, by: User) -> None:
    """Take one's own call back: the entry is deleted, its next steps dropped, what it finished open again.

    Raises `TooLate` after `CORRECTABLE`, or for somebody else's entry; `CorrectedMeanwhile`. Twice is once.
    """
    if call.author_id != by.pk or timezone.now() - call.created_at > CORRECTABLE:
        raise TooLate
    today = Company.get().today
    with transaction.atomic():
        if not Activity.everything.filter(pk=call.pk, deleted_on__isnull=True).update(
            deleted_on=today
        ):
            if last_entry(call, "undo") is None:
                raise CorrectedMeanwhile
            return
        promised = list(Task.everything.filter(promised_in=call, state=Task.State.OPEN))
        finished = list(Task.everything.filter(done_by=call, state=Task.State.DONE))
        _set_state(promised, Task.State.DROPPED)
        _set_state(finished, Task.State.OPEN)
        if call.lead_id is not None:
            touch_again(call.lead_id, call.start_at)
        if call.survey_id is not None:
            Survey.everything.filter(pk=call.survey_id).update(deleted_on=today)
        _undo_consequences(call, by)
        record_many("undo", _undone(call, today, promised, finished), by=by)


def _undo_consequences(call: Activity, by: User) -> None:
    """The deal goes back to its stage and the lead is open again, unless more happened to them since."""
    if call.moved is not None:
        with suppress(CannotUndo):
            undo_move(call.moved, by=by)
    if call.lead is not None and call.ended is not None and call.ended == last_ending(call.lead):
        reopen_lead(call.lead, by=by)


def _set_state(tasks: list[Task], state: str) -> None:
    done = {"done_at": None, "done_by": None} if state == Task.State.OPEN else {}
    if tasks:
        Task.everything.filter(pk__in=[task.pk for task in tasks]).update(
            state=state, version=F("version") + 1, **done
        )


def _undone(
    call: Activity, today: date, promised: list[Task], finished: list[Task]
) -> list[Change]:
    return [
        Change(call, {"deleted_on": None}, {"deleted_on": today}),
        *(Change(task, {"state": "open"}, {"state": "dropped"}) for task in promised),
        *(Change(task, {"state": "done"}, {"state": "open"}) for task in finished),
    ]


def touch_again(lead_id: int, at: datetime) -> None:
    """Where the touch of that moment was the first: the clock goes back to the next one left, or runs again."""
    left = (
        Activity.everything.filter(
            lead=lead_id,
            deleted_on__isnull=True,
            status=Activity.Status.DONE,
            direction=Activity.Direction.OUT,
        )
        .order_by("start_at")
        .values_list("start_at", flat=True)
        .first()
    )
    Lead.everything.filter(pk=lead_id, first_touch_at=at).update(first_touch_at=left)
