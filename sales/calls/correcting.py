"""Putting one's own entry right: within a day the entry itself, later by a note that stands beneath it."""

import uuid
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from crm.lib.periods import local_date
from customers.models.money import survey_reference
from sales.calls.logging_calls import CORRECTABLE, TooLate, store_note
from sales.calls.taking_back import touch_again
from sales.mentions import mark_again
from sales.models import Activity, Lead, Mention, Outcome, Task
from sales.models.activity import activity_reference
from team.audit import changed, record, values_of
from team.facts import forget, rewrite
from team.models import Company, User
from team.records import VersionConflict

CORRECTED = ("contact", "direction", "minutes", "outcome", "note", "start_at")
ACTION = "correct"


def is_correctable(entry: Activity, by: User) -> bool:
    """Whether its author may still change it; afterwards they add a note."""
    return (
        entry.author_id == by.pk
        and entry.deleted_on is None
        and timezone.now() - entry.created_at <= CORRECTABLE
    )


def correct_entry(entry: Activity, values: dict[str, Any], *, by: User, version: int) -> Activity:
    """Store other values of `CORRECTED`; raises `TooLate`, or `VersionConflict` if it was corrected meanwhile.

    An entry of today is changed where it stands. One of an earlier day may have been read by a report: it is
    forgotten as of today, and known anew with what it says now (ruling 12).
    """
    today = Company.get().today
    with transaction.atomic():
        stored = Activity.everything.select_for_update(of=("self",)).get(pk=entry.pk)
        if not is_correctable(stored, by):
            raise TooLate
        values = _with_answer(stored, values, today)
        before = values_of(stored, values)
        was_at = stored.start_at
        for name, value in values.items():
            setattr(stored, name, value)
        old, new = changed(before, values_of(stored, values))
        if not new:
            return stored
        if stored.version != version:
            raise VersionConflict(Activity.everything.get(pk=entry.pk))
        stored = _store(stored, values, today)
        if "note" in new:
            mark_again(stored)
        if stored.lead_id is not None:
            _touch(stored.lead_id, stored, was_at)
        record(ACTION, stored, by=by, before=old, after=new)
    return stored


def _with_answer(entry: Activity, values: dict[str, Any], today: date) -> dict[str, Any]:
    """The satisfaction told in a call follows it to another day; where nobody was reached after all, nobody told it."""
    answer = entry.survey
    if answer is None or answer.deleted_on is not None or "outcome" not in values:
        return values
    outcome: Outcome | None = values["outcome"]
    if outcome is None or not outcome.reached:
        forget(answer, today)
        return values | {"survey": None}
    on = local_date(values["start_at"], Company.get().zone)
    if on == answer.answered_on:
        return values
    days = {"sent_on": on, "answered_on": on}
    if answer.recorded_on != today:
        return values | {"survey": rewrite(answer, today, reference=survey_reference(), **days)}
    for name, day in days.items():
        setattr(answer, name, day)
    answer.save(update_fields=list(days))
    return values


def _store(entry: Activity, values: dict[str, Any], today: date) -> Activity:
    if entry.recorded_on == today:
        entry.version += 1
        entry.save(update_fields=[*values, "version"])
        return entry
    forgotten = entry.pk
    known = rewrite(
        entry,
        today,
        reference=activity_reference(),
        client_ref=None,
        version=entry.version + 1,
    )
    # what hung on the entry hangs on what it says now
    Task.everything.filter(promised_in=forgotten).update(promised_in=known)
    Task.everything.filter(done_by=forgotten).update(done_by=known)
    Activity.everything.filter(corrects=forgotten).update(corrects=known)
    Mention.objects.filter(activity=forgotten).update(activity=known)
    return known


def _touch(lead_id: int, entry: Activity, was_at: datetime) -> None:
    """The response clock follows a call that turns out to have been at another hour, or not an answer at all."""
    touch_again(lead_id, was_at)
    if entry.direction == Activity.Direction.OUT:
        Lead.everything.filter(
            pk=lead_id, first_touch_at__gt=entry.start_at, arrived_at__lte=entry.start_at
        ).update(first_touch_at=entry.start_at)


def note_correction(
    entry: Activity, text: str, *, by: User, client_ref: uuid.UUID | None
) -> tuple[Activity, bool]:
    """What was wrong about an entry that stays as it was, told beneath it; the same `client_ref` again is the first."""
    about = {"customer": entry.customer, "lead": entry.lead, "deal": entry.deal}
    note = Activity(client_ref=client_ref, corrects=entry, note=text, **about)
    return store_note(note, by=by)
