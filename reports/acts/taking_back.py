"""Taking an act back: what is still as it left it, by who did it, within a day."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from reports.acts.choosing import SUBJECTS
from reports.acts.handing_on import hand
from reports.acts.stopping import unstop
from reports.models import Act
from sales.bulk.people import lock
from sales.models import Task
from team.access import leads_others
from team.audit import Change, record, record_many
from team.models import User

# How long an act can be taken back (ruling 23).
TAKEN_BACK = timedelta(hours=24)


class TooLate(Exception):
    """What was done can no longer be taken back by the one who did it."""


def undo_act(act: Act, *, by: User) -> int:
    """Drop the tasks that are still open, give back what is still with whom it went to, or has the last day
    it was given; answers how many.

    Raises `TooLate` a day later, of other acts than plans also once this person leads nobody.
    """
    if not may_take_back(act, by):
        raise TooLate
    with transaction.atomic():
        stands = Act.everything.filter(pk=act.pk, undone_at__isnull=True)
        if not stands.update(undone_at=timezone.now()):
            return 0
        back = UNDO[Act.Kind(act.kind)](act, by)
        record("undo", act, by=by, after={"rows": back})
    return back


def may_take_back(act: Act, by: User) -> bool:
    """Whoever did it, within a day."""
    may = act.kind == Act.Kind.PLAN or leads_others(by)
    return may and act.by_id == by.pk and timezone.now() - act.at <= TAKEN_BACK


def _undo_plan(act: Act, by: User) -> int:
    planned = Task.everything.filter(pk__in=act.items.filter(treated=True).values("task"))
    still = planned.select_for_update(of=("self",), no_key=True).filter(state=Task.State.OPEN)
    open_ones = list(still.order_by("pk"))
    planned.filter(pk__in=[task.pk for task in open_ones]).update(
        state=Task.State.DROPPED, version=F("version") + 1
    )
    changes = (Change(t, {"state": "open"}, {"state": "dropped"}) for t in open_ones)
    record_many("drop", changes, by=by)
    return len(open_ones)


def _undo_hand(act: Act, by: User) -> int:
    """By who had them before; what somebody else has moved on since, or out of this person's sight, stays there."""
    model: Any = SUBJECTS[act.subject_type].model
    before = dict(act.items.filter(treated=True).values_list("subject_id", "owner_before_id"))
    lock(model, before)
    with_them = model.visible_to(by).filter(pk__in=before, owner=act.to_id)
    groups: dict[int | None, list[int]] = {}
    for pk in with_them.values_list("pk", flat=True):
        groups.setdefault(before[pk], []).append(pk)
    people = User.objects.in_bulk([pk for pk in groups if pk is not None])
    return sum(
        hand(act.subject_type, ids, people[owner] if owner else None, by)
        for owner, ids in groups.items()
    )


UNDO: Mapping[Act.Kind, Callable[[Act, User], int]] = {
    Act.Kind.PLAN: _undo_plan,
    Act.Kind.ASSIGN: _undo_hand,
    Act.Kind.STOP: unstop,
}
