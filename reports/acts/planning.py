"""Planning a step for each chosen row of a list: a task with owner and day, looked at before it is done."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.acts.choosing import (
    SUBJECTS,
    NotAllowed,
    Ticked,
    fingerprint,
    found_in,
    listed_in,
    may_do,
)
from reports.acts.deeds import DEEDS, Deed
from reports.acts.planned import ONCE, planned_already
from reports.acts.receiving import fitting, of_other_kind
from reports.acts.remembering import keep_items, known_act, reference_of, remember
from reports.models import Act
from sales.bulk.people import for_whom, lock, may_give_to
from sales.days.next_steps import TASK_FIELDS
from sales.models import Task
from team.audit import Change, record_many, values_of
from team.models import User

# What a planned step is called where nobody says otherwise, by report and list.
TITLES: Mapping[tuple[str, str], Any] = {
    ("churn", "at_risk"): gettext_lazy("Call: silent beyond their rhythm"),
    ("churn", "loss"): gettext_lazy("Win back: stopped buying"),
    ("leakage", "at_risk"): gettext_lazy("Answer the lead: it waits too long"),
    ("leakage", "loss"): gettext_lazy("Ask the lead once more"),
    ("marketing", "loss"): gettext_lazy("Work the lead: its campaign is paid for"),
    ("marketing", "pending"): gettext_lazy("Work the lead: its campaign is paid for"),
    ("departures", "loss"): gettext_lazy("Win back: left with a departed rep"),
    ("departures", "to_hand_over"): gettext_lazy("Introduce yourself as the new owner"),
    ("nps", "detractors"): gettext_lazy("Call: unhappy with us"),
}


class AllPlanned(Exception):
    """Each of the rows has an open step of this kind; nothing was done. `planners` are who planned them."""

    def __init__(self, planners: list[int]) -> None:
        super().__init__(f"{len(planners)} planned already")
        self.planners = planners


@dataclass(frozen=True)
class Preview:
    """What an act would come to: so many records, by whose they are (the planner's, where nobody works on them),
    and how many rows' records cannot be acted on. `seen` stands for the records that were `found` and their people;
    those of them that have such a step already are left as they are: `planners` are who planned these. For `unfit` of
    them the deed is not (`receiving`).
    """

    n: int
    people: list[tuple[str, int]]
    left_out: int
    seen: str
    found: int
    planners: list[int]
    unfit: int = 0


def preview(ticked: Ticked, deed: Deed, *, by: User) -> Preview:
    """What would be done, and for whom. Raises `NotThere`, `TooMany`, `AllOver`, `AllPlanned`,
    `NoneFits`.
    """
    listed = listed_in(ticked)
    found = found_in(ticked, by, listed)
    fit = fitting(ticked, deed, found, by)
    seen, planned = fingerprint(for_whom(found, by)), _planned(ticked, deed, fit)
    whose = for_whom(_without(fit, planned), by)
    people = dict(User.objects.filter(pk__in=set(whose.values())).values_list("pk", "name"))
    names: dict[str, int] = {}
    for person in whose.values():
        names[people[person]] = names.get(people[person], 0) + 1
    ranked = sorted(names.items(), key=lambda each: (-each[1], each[0]))
    left_out, planners = len(listed) - len(found), list(planned.values())
    unfit = len(found) - len(fit)
    return Preview(len(whose), ranked, left_out, seen, len(found), planners, unfit)


def plan_tasks(
    ticked: Ticked,
    due_on: date,
    *,
    by: User,
    client_ref: uuid.UUID,
    to: User | None = None,
    deed: Deed = DEEDS["call"],
) -> Act:
    """A task for each chosen row, for the record's owner, or for `to`; for who plans where nobody works on it.

    A customer or lead that has an open one of this deed is left as it is, whoever planned that (`planned_already`).
    The same `client_ref` again answers the act it made. Raises `NotThere`, `NotAllowed`, `TooMany`, `AllOver`,
    `AllPlanned`, `NoneFits`, `Changed`.
    """
    if not may_do(deed, ticked, by) or (to is not None and not may_give_to(by, to)):
        raise NotAllowed
    with transaction.atomic():
        client_ref = reference_of(client_ref, by, deed.key, ticked, due_on, to)
        known = known_act(client_ref, by)
        if known is not None:
            return known
        listed = listed_in(ticked)
        if ticked.subject_type in ONCE:
            # two who plan at once: the second reads what the first has planned
            lock(SUBJECTS[ticked.subject_type].model, listed)
        there = fitting(ticked, deed, found_in(ticked, by, listed), by)
        planned = _planned(ticked, deed, there)
        besides = {*planned, *of_other_kind(ticked, deed)}
        found = _without(there, planned)
        act = remember(ticked, deed, by, client_ref, due_on=due_on, to=to)
        whose = for_whom(found, by)
        tasks = [_task(ticked, row, act, deed, due_on, whose[row.pk]) for row in found]
        made = Task.everything.bulk_create(tasks, batch_size=500)
        record_many("create", (Change(t, after=values_of(t, TASK_FIELDS)) for t in made), by=by)
        treated = {r.pk: task for r, task in zip(found, made, strict=True)}
        keep_items(act, ticked, treated, besides=besides)
    return act


def planned_before(ticked: Ticked, act: Act) -> list[int]:
    """Who planned the steps that an act found there: a person for each of the chosen rows it left as it was."""
    if act.kind != Act.Kind.PLAN:
        return []
    planned = planned_already(
        listed_in(ticked),
        slug=act.slug,
        deed=act.deed,
        subject_type=act.subject_type,
        but_by=act.pk,
    )
    return list(planned.values())


def _planned(ticked: Ticked, deed: Deed, rows: Iterable[Any]) -> dict[int, int]:
    """Who planned the open step of a row's record, by record."""
    if not deed.is_plan:
        return {}
    ids = [row.pk for row in rows]
    return planned_already(
        ids, slug=ticked.snapshot.slug, deed=deed.key, subject_type=ticked.subject_type
    )


def _without(rows: Iterable[Any], planned: Mapping[int, int]) -> list[Any]:
    left = [row for row in rows if row.pk not in planned]
    if not left:
        raise AllPlanned(list(planned.values()))
    return left


def _task(ticked: Ticked, row: Any, act: Act, deed: Deed, due_on: date, whose: int) -> Task:
    of_list = TITLES.get((ticked.snapshot.slug, ticked.list_key), _("Look into it"))
    title = str(deed.title or of_list)
    told: dict[str, Any] = {"title": title, "kind": deed.task}
    if ticked.subject_type == "user":
        told["title"] = f"{title}: {row}"
    else:
        told[ticked.subject_type] = row
    return Task(
        client_ref=uuid.uuid5(act.client_ref, str(row.pk)),
        owner_id=act.to_id or whose,
        due_on=due_on,
        created_by=act.by,
        **told,
    )
