"""Steps that are put off again and again: they are counted, and where a customer is at risk the reason is asked."""

import uuid
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from crm.lib import formatting
from sales.calls.logging_calls import log_note, take_note_back
from sales.models import Activity, Task
from team.access import is_visible
from team.models import User

# So often a step about a customer at risk may be put off without a word.
FREELY = 3


def must_say_why(task: Task, today: date) -> bool:
    """Whether putting this step off once more needs a reason."""
    customer = task.at
    return customer is not None and task.put_off >= FREELY and customer.state_on(today) == "at-risk"


def asks_why(task: Task, today: date, user: User) -> bool:
    """Of a customer who is by now somebody else's nothing is told, nor is anything written there."""
    return must_say_why(task, today) and task.at is not None and is_visible(task.at, user)


def counted(task: Task, to: date, why: str) -> dict[str, Any]:
    """What another day changes in the count: a later one is one more, back to where it stood takes that one away."""
    if to > task.due_on:
        return {"put_off": task.put_off + 1, "put_off_from": task.due_on, "put_off_why": why}
    if to == task.put_off_from:
        return {"put_off": max(0, task.put_off - 1), "put_off_from": None, "put_off_why": ""}
    return {}


def tell_why(task: Task, *, by: User | None) -> None:
    """The reason stands in the customer's timeline; call it in the transaction that moved the step."""
    if task.at is None or by is None:
        return
    words = {
        "title": task.title,
        "day": formatting.weekday(task.due_on),
        "why": task.put_off_why,
        "n": task.put_off,
    }
    text = _("«%(title)s» put off to %(day)s (no. %(n)s): %(why)s") % words
    log_note(task.at, text, by=by, client_ref=_ref(task))


def untell_why(task: Task, *, by: User | None) -> None:
    """The step goes back to where it stood: what was told of its last move goes too. `task` is as it was moved."""
    note = Activity.everything.filter(client_ref=_ref(task), deleted_on__isnull=True).first()
    if note is not None and by is not None:
        take_note_back(note, by=by)


def _ref(task: Task) -> uuid.UUID:
    """One note for each move, however often it is sent."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"put off {task.pk} {task.version}")
