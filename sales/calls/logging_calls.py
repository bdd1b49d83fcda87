"""Logging a call: what happened, and what comes next, in one transaction."""

import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from crm.lib.periods import local_date
from customers.models import Contact, Customer, Survey
from sales.deals.changing import CannotMove, move_deal
from sales.leads.changing import LeadHasEnded, close_lead
from sales.mentions import mark_mentions
from sales.models import (
    Activity,
    Deal,
    DealChange,
    Lead,
    LeadEnding,
    LeadReason,
    Outcome,
    Stage,
    Task,
)
from team.access import scope_of
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
    "survey",
    "corrects",
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
    """What a rep says about a call. `finishes` is the task that this call was.

    `stage` is where it brings the deal (an open one), `ends_lead` gives the lead up.
    """

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
    score: int | None = None
    stage: Stage | None = None
    ends_lead: bool = False
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
    moved, ended = _move(entry, by), _end(entry, by)
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
        moved=moved,
        ended=ended,
        survey=_survey(entry, by, local_date(now, company.zone), company),
        recorded_on=local_date(now, company.zone),
        created_at=now,
    )
    mark_mentions(call)
    changes = [Change(call, after=values_of(call, ACTIVITY_FIELDS))]
    if entry.next_step is not None:
        task = _plan(entry, entry.next_step, call, by)
        changes.append(Change(task, after=values_of(task, TASK_FIELDS)))
    record_many("log", changes, by=by)
    if entry.finishes is not None:
        finish_task(entry.finishes, by=by, through=call)
    return call


def _survey(entry: CallEntry, by: User, today: date, company: Company) -> Survey | None:
    """How satisfied the customer said to be: asked and answered with the call."""
    if entry.score is None or entry.customer is None:
        return None
    on = local_date(entry.start_at, company.zone)
    return Survey.everything.create(
        customer=entry.customer,
        kind=Survey.Kind.CSAT,
        score=entry.score,
        sent_on=on,
        answered_on=on,
        source=Survey.Source.LOGGED,
        by=by,
        recorded_on=today,
    )


def _move(entry: CallEntry, by: User) -> DealChange | None:
    """Bring the deal into the stage that the outcome proposed; won and lost are asked for on a page of their own."""
    if entry.deal is None or entry.stage is None or entry.stage.kind != Stage.Kind.OPEN:
        return None
    with suppress(CannotMove):  # put into the bin meanwhile: the call is kept all the same
        return move_deal(entry.deal, entry.stage, by=by)
    return None


def _end(entry: CallEntry, by: User) -> LeadEnding | None:
    if entry.lead is None or not entry.ends_lead:
        return None
    with suppress(LeadHasEnded):  # by somebody else, meanwhile
        why = LeadReason.objects.filter(key="no_answer").first()
        close_lead(entry.lead, Lead.Closing.LOST, by=by, why=why)
        return last_ending(entry.lead)
    return None


def last_ending(lead: Lead) -> LeadEnding | None:
    return LeadEnding.everything.filter(
        lead=lead, kind=LeadEnding.Kind.CLOSED, deleted_on__isnull=True
    ).first()


def log_note(
    customer: Customer, text: str, *, by: User, client_ref: uuid.UUID | None = None
) -> tuple[Activity, bool]:
    """Store a note in the customer's timeline; the same `client_ref` again answers the first, False."""
    return store_note(Activity(customer=customer, note=text, client_ref=client_ref), by=by)


def store_note(note: Activity, *, by: User) -> tuple[Activity, bool]:
    """Store what somebody wrote now, and tell whom it mentions; False: the same `client_ref` is stored."""
    now = timezone.now()
    note.author, note.kind = by, Activity.Kind.NOTE
    note.start_at = note.created_at = now
    note.recorded_on = local_date(now, Company.get().zone)
    with transaction.atomic():
        stored, made = add_record(note, by=by, fields=ACTIVITY_FIELDS, action="log")
        if made:
            mark_mentions(stored)
    return stored, made


def take_note_back(note: Activity, *, by: User) -> None:
    """A note that an act left goes with the act."""
    today = Company.get().today
    Activity.everything.filter(pk=note.pk, deleted_on__isnull=True).update(deleted_on=today)
    record_many("undo", [Change(note, {"deleted_on": None}, {"deleted_on": today})], by=by)


def _plan(entry: CallEntry, step: NextStep, call: Activity, by: User) -> Task:
    return Task.everything.create(
        title=step.title,
        kind=step.kind,
        owner=_keeper(entry, by),
        customer=entry.customer,
        contact=entry.contact,
        lead=entry.lead,
        deal=entry.deal,
        due_on=step.due_on,
        due_at=step.due_at,
        promised_in=call,
        created_by=by,
    )


def _keeper(entry: CallEntry, by: User) -> User | None:
    """Who keeps the promise: the caller, but where the customer or lead changed hands meanwhile, who has it now."""
    about = entry.deal or entry.lead or entry.customer
    if about is None or about.owner_id is None or scope_of(by).covers(about.owner_id):
        return by
    return about.owner


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
