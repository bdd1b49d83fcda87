"""A task for each of many records."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from sales.bulk.deed import Deed, Treated, Values
from sales.bulk.kinds import Kind
from sales.bulk.people import for_whom
from sales.days.next_steps import TASK_FIELDS
from sales.days.reminding import tell_of_steps
from sales.models import BulkAct, BulkItem, Task
from team.audit import Change, record_many, values_of
from team.models import User


def cannot(kind: Kind, rows: Sequence[Any], values: Values) -> dict[int, str]:
    """There is nothing to do about what is over."""
    why = {}
    for row in rows:
        if kind.name == "lead" and not row.is_open:
            why[row.pk] = _("has ended already")
        elif kind.name == "deal" and row.closed_on is not None:
            why[row.pk] = _("is closed already")
    return why


def carry_out(kind: Kind, rows: Sequence[Any], values: Values, by: User) -> dict[int, Treated]:
    """For `to`, or for who looks after the record; for who plans it where nobody does."""
    whose = for_whom(rows, by) if values.to is None else {}
    tasks = [_task(kind, row, values, whose.get(row.pk), by) for row in rows]
    made = Task.everything.bulk_create(tasks, batch_size=500)
    record_many(
        "create", (Change(task, after=values_of(task, TASK_FIELDS)) for task in made), by=by
    )
    tell_of_steps(made, by)
    return {row.pk: Treated(made=task.pk) for row, task in zip(rows, made, strict=True)}


def _task(kind: Kind, row: Any, values: Values, owner_id: int | None, by: User) -> Task:
    about = {kind.name: row}
    if kind.name == "deal":
        about["customer_id"] = row.customer_id
    assert values.due_on is not None
    owner = values.to.pk if values.to is not None else owner_id
    return Task(title=values.text, due_on=values.due_on, owner_id=owner, created_by=by, **about)


def take_back(kind: Kind, act: BulkAct, items: Mapping[int, BulkItem], by: User) -> set[int]:
    """Drop those that are open and as they were planned."""
    planned = Task.everything.select_for_update(of=("self",), no_key=True).filter(
        pk__in=[item.made for item in items.values()], state=Task.State.OPEN, version=1
    )
    still = {task.pk: task for task in planned.order_by("pk")}
    Task.everything.filter(pk__in=still).update(state=Task.State.DROPPED, version=F("version") + 1)
    changes = (Change(task, {"state": "open"}, {"state": "dropped"}) for task in still.values())
    record_many("drop", changes, by=by)
    return {pk for pk, item in items.items() if item.made in still}


PLAN = Deed(
    key="plan",
    label=gettext_lazy("Plan a task"),
    short=pgettext_lazy("many records", "Plan task"),
    icon="calendar-plus",
    kinds=frozenset({"customer", "lead", "deal"}),
    cannot=cannot,
    carry_out=carry_out,
    take_back=take_back,
    done=lambda values, rows: (
        _("Task «%(title)s» planned: %(rows)s.") % {"title": values.text, "rows": rows}
    ),
)
