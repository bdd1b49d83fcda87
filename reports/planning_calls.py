"""Turning customers at risk into next steps of their owners, once a request, and taking that back."""

import uuid
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from customers.models import Customer
from sales.models import Activity, Task
from sales.next_steps import TASK_FIELDS
from team.audit import Change, record_many, values_of
from team.models import User

# Calls planned at once: a page of rows.
AT_ONCE = 100


class NotThere(Exception):
    """Some of the customers are not there for this person; nothing was planned."""

    def __init__(self, missing: int) -> None:
        super().__init__(f"{missing} not found")
        self.missing = missing


def plan_calls(
    customer_ids: Iterable[int], on: date, *, by: User, client_ref: uuid.UUID
) -> list[Task]:
    """A call for each customer, for its owner (in the pool: for the planner); whole or not at all.

    The same `client_ref` again answers the calls it made. Raises `NotThere`.
    """
    ids = sorted(set(customer_ids))[:AT_ONCE]
    refs = {uuid.uuid5(client_ref, str(customer_id)): customer_id for customer_id in ids}
    with transaction.atomic():
        known = list(Task.everything.filter(client_ref__in=list(refs)))
        if known:
            return known
        found = {row.pk: row for row in Customer.visible_to(by).filter(pk__in=ids)}
        if len(found) < len(ids):
            raise NotThere(len(ids) - len(found))
        tasks = [_call(found[refs[ref]], on, by, ref) for ref in refs]
        made = Task.everything.bulk_create(tasks)
        record_many("create", (Change(t, after=values_of(t, TASK_FIELDS)) for t in made), by=by)
    return made


def _call(customer: Customer, on: date, by: User, ref: uuid.UUID) -> Task:
    return Task(
        client_ref=ref,
        title=_("Call: silent beyond their rhythm"),
        kind=Activity.Kind.CALL,
        owner_id=customer.owner_id or by.pk,
        customer=customer,
        due_on=on,
        created_by=by,
    )


def unplan_calls(client_ref: uuid.UUID, customer_ids: Iterable[int], *, by: User) -> int:
    """Drop what `plan_calls` made with this reference and what is still open; answers how many."""
    refs = [uuid.uuid5(client_ref, str(customer_id)) for customer_id in customer_ids]
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
