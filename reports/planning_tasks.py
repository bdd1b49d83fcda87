"""Turning rows of a report into next steps of their owners, once a request, and taking that back."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from sales.models import Activity, Lead, Task
from sales.next_steps import TASK_FIELDS
from team.audit import Change, record_many, values_of
from team.models import User

# Steps planned at once: a page of rows.
AT_ONCE = 100


class NotThere(Exception):
    """Some of the records are not there for this person; nothing was planned."""

    def __init__(self, missing: int) -> None:
        super().__init__(f"{missing} not found")
        self.missing = missing


@dataclass(frozen=True)
class Act:
    """What is planned: for which kind of record, how the step is called, what is said if it cannot be."""

    seen: Callable[[User], Any]
    field: str
    title: Any
    nothing: Any
    missing: Any


def _for_customers(title: Any) -> Act:
    return Act(
        Customer.visible_to,
        "customer",
        title,
        _("Tick the customers to call first."),
        _("%(missing)s of %(all)s customers not found. Nothing was planned."),
    )


ACTS = {
    "calls": _for_customers(_("Call: silent beyond their rhythm")),
    "win-back": _for_customers(_("Call: win back")),
    "answers": Act(
        Lead.visible_to,
        "lead",
        _("Call: waiting for an answer"),
        _("Tick the leads to answer first."),
        _("%(missing)s of %(all)s leads not found. Nothing was planned."),
    ),
}


def plan(
    act: str, record_ids: Iterable[int], on: date, *, by: User, client_ref: uuid.UUID
) -> list[Task]:
    """A call for each record, for its owner (in the pool: for the planner); whole or not at all.

    The same `client_ref` again answers the calls it made. Raises `NotThere`.
    """
    wanted = ACTS[act]
    ids = sorted(set(record_ids))[:AT_ONCE]
    refs = {uuid.uuid5(client_ref, str(record_id)): record_id for record_id in ids}
    with transaction.atomic():
        known = list(Task.everything.filter(client_ref__in=list(refs)))
        if known:
            return known
        found = {row.pk: row for row in wanted.seen(by).filter(pk__in=ids)}
        if len(found) < len(ids):
            raise NotThere(len(ids) - len(found))
        tasks = [_call(wanted, found[refs[ref]], on, by, ref) for ref in refs]
        made = Task.everything.bulk_create(tasks)
        record_many("create", (Change(t, after=values_of(t, TASK_FIELDS)) for t in made), by=by)
    return made


def _call(act: Act, record: Any, on: date, by: User, ref: uuid.UUID) -> Task:
    return Task(
        client_ref=ref,
        title=str(act.title),
        kind=Activity.Kind.CALL,
        owner_id=record.owner_id or by.pk,
        due_on=on,
        created_by=by,
        **{act.field: record},
    )


def unplan(client_ref: uuid.UUID, record_ids: Iterable[int], *, by: User) -> int:
    """Drop what `plan` made with this reference and what is still open; answers how many."""
    refs = [uuid.uuid5(client_ref, str(record_id)) for record_id in record_ids]
    with transaction.atomic():
        open_ones = list(
            Task.everything.filter(client_ref__in=refs, created_by=by, state=Task.State.OPEN)
        )
        Task.everything.filter(pk__in=[task.pk for task in open_ones]).update(
            state=Task.State.DROPPED
        )
        changes = (Change(t, {"state": "open"}, {"state": "dropped"}) for t in open_ones)
        record_many("drop", changes, by=by)
    return len(open_ones)
