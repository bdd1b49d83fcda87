"""Logging a call: what happened, and what comes next, in one transaction; and taking it back."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from crm.lib.periods import local_date
from customers.models import Contact, Customer
from sales.models import Activity, Deal, Lead, Outcome, Task
from team.audit import Change, record_many, values_of
from team.models import Company, User
from team.records import add_record

# Own entries can be taken back or corrected this long; later only by a visible note (ruling 23).
CORRECTABLE = timedelta(hours=24)

ACTIVITY_FIELDS = (
    "kind",
    "direction",
    "start_at",
    "minutes",
    "customer",
    "contact",
    "lead",
    "deal",
    "outcome",
    "note",
    "no_next_step",
)
TASK_FIELDS = ("title", "kind", "owner", "customer", "lead", "deal", "due_on", "due_at", "state")


class TooLate(Exception):
    """The entry is older than `CORRECTABLE`, or somebody else's."""


@dataclass(frozen=True)
class NextStep:
    title: str
    due_on: date
    due_at: time | None = None
    kind: str = Activity.Kind.CALL


@dataclass(frozen=True)
class CallEntry:
    """What a rep says about a call. `finishes` is the task that this call was."""

    outcome: Outcome
    start_at: datetime
    customer: Customer | None = None
    lead: Lead | None = None
    deal: Deal | None = None
    contact: Contact | None = None
    direction: str = Activity.Direction.OUT
    minutes: int | None = None
    note: str = ""
    kind: str = Activity.Kind.CALL
    next_step: NextStep | None = None
    no_next_step: str = ""
    finishes: Task | None = None
    client_ref: uuid.UUID | None = None


def log_call(entry: CallEntry, *, by: User) -> tuple[Activity, bool]:
    """Store the call and its next step. The same `client_ref` again answers the first call, False."""
    known = _logged_before(entry)
    if known is not None:
        return known, False
    company = Company.get()
    try:
        with transaction.atomic():
            return _store(entry, by, company), True
    except IntegrityError:
        known = _logged_before(entry)
        if known is None:
            raise
        return known, False


def _logged_before(entry: CallEntry) -> Activity | None:
    if entry.client_ref is None:
        return None
    return Activity.everything.filter(client_ref=entry.client_ref).first()


def _store(entry: CallEntry, by: User, company: Company) -> Activity:
    now = timezone.now()
    if entry.lead is not None:
        # before the entry reads the lead's owner: two calls at once wait here instead of for each other
        _note_first_touch(entry.lead, entry)
    call = Activity.everything.create(
        client_ref=entry.client_ref,
        author=by,
        kind=entry.kind,
        direction=entry.direction,
        start_at=entry.start_at,
        minutes=entry.minutes,
        customer=entry.customer,
        contact=entry.contact,
        lead=entry.lead,
        deal=entry.deal,
        outcome=entry.outcome,
        note=entry.note,
        no_next_step=entry.no_next_step,
        recorded_on=local_date(now, company.zone),
        created_at=now,
    )
    changes = [Change(call, after=values_of(call, ACTIVITY_FIELDS))]
    if entry.next_step is not None:
        task = _plan(entry, entry.next_step, call, by)
        changes.append(Change(task, after=values_of(task, TASK_FIELDS)))
    record_many("log", changes, by=by)
    if entry.finishes is not None:
        finish_task(entry.finishes, by=by, through=call)
    return call


def log_note(
    customer: Customer, text: str, *, by: User, client_ref: uuid.UUID | None = None
) -> tuple[Activity, bool]:
    """Store a note in the customer's timeline; the same `client_ref` again answers the first, False."""
    now = timezone.now()
    note = Activity(
        client_ref=client_ref,
        author=by,
        kind=Activity.Kind.NOTE,
        start_at=now,
        customer=customer,
        note=text,
        recorded_on=local_date(now, Company.get().zone),
        created_at=now,
    )
    return add_record(note, by=by, fields=ACTIVITY_FIELDS, action="log")


def take_note_back(note: Activity, *, by: User) -> None:
    """A note that an act left goes with the act."""
    today = Company.get().today
    Activity.everything.filter(pk=note.pk, deleted_on__isnull=True).update(deleted_on=today)
    record_many("undo", [Change(note, {"deleted_on": None}, {"deleted_on": today})], by=by)


def _plan(entry: CallEntry, step: NextStep, call: Activity, by: User) -> Task:
    return Task.everything.create(
        title=step.title,
        kind=step.kind,
        owner=by,
        customer=entry.customer,
        contact=entry.contact,
        lead=entry.lead,
        deal=entry.deal,
        due_on=step.due_on,
        due_at=step.due_at,
        promised_in=call,
        created_by=by,
    )


def finish_task(task: Task, *, by: User | None, through: Activity | None = None) -> bool:
    """Mark a task done, once; False if it was no longer open."""
    with transaction.atomic():
        done = Task.everything.filter(pk=task.pk, state=Task.State.OPEN).update(
            state=Task.State.DONE,
            done_at=timezone.now(),
            done_by=through,
            version=F("version") + 1,
        )
        if done:
            before, after = {"state": Task.State.OPEN}, {"state": Task.State.DONE}
            record_many("finish", [Change(task, before, after)], by=by)
    return bool(done)


def _note_first_touch(lead: Lead, call: CallEntry) -> None:
    """Stops the response clock on Today (reports derive their own): an outgoing contact after arrival."""
    if call.direction == Activity.Direction.OUT and call.start_at >= lead.arrived_at:
        Lead.everything.filter(pk=lead.pk, first_touch_at__isnull=True).update(
            first_touch_at=call.start_at
        )


def undo_call(call: Activity, *, by: User) -> None:
    """Take one's own call back: the entry is deleted, its next steps dropped, what it finished open again.

    Raises `TooLate` after `CORRECTABLE`, or for somebody else's entry. Twice is once.
    """
    if call.author_id != by.pk or timezone.now() - call.created_at > CORRECTABLE:
        raise TooLate
    today = Company.get().today
    with transaction.atomic():
        if not Activity.everything.filter(pk=call.pk, deleted_on__isnull=True).update(
            deleted_on=today
        ):
            return
        promised = list(Task.everything.filter(promised_in=call, state=Task.State.OPEN))
        finished = list(Task.everything.filter(done_by=call, state=Task.State.DONE))
        _set_state(promised, Task.State.DROPPED)
        _set_state(finished, Task.State.OPEN)
        if call.lead_id is not None:
            _touch_again(call)
        record_many("undo", _undone(call, today, promised, finished), by=by)


def _set_state(tasks: list[Task], state: str) -> None:
    done = {"done_at": None, "done_by": None} if state == Task.State.OPEN else {}
    if tasks:
        Task.everything.filter(pk__in=[task.pk for task in tasks]).update(state=state, **done)


def _undone(
    call: Activity, today: date, promised: list[Task], finished: list[Task]
) -> list[Change]:
    return [
        Change(call, {"deleted_on": None}, {"deleted_on": today}),
        *(Change(task, {"state": "open"}, {"state": "dropped"}) for task in promised),
        *(Change(task, {"state": "done"}, {"state": "open"}) for task in finished),
    ]


def _touch_again(call: Activity) -> None:
    """The response clock goes back to the next touch that is left, or runs again."""
    left = (
        Activity.everything.filter(
            lead=call.lead_id,
            deleted_on__isnull=True,
            status=Activity.Status.DONE,
            direction=Activity.Direction.OUT,
        )
        .order_by("start_at")
        .values_list("start_at", flat=True)
        .first()
    )
    assert call.lead_id is not None
    Lead.everything.filter(pk=call.lead_id, first_touch_at=call.start_at).update(
        first_touch_at=left
    )
