"""Acting on the rows of a report's list: tasks with owner and day, another owner; and taking that back.

Each act is whole or not at all, made once by its post, and remembered with the rows that it left alone, so
that a later night can say what became of both (`reports.acts.outcomes`).
"""

import hashlib
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer
from customers.models.customer import LISTED
from customers.ownership import assign
from reports.acts.deeds import DEEDS, Deed
from reports.acts.planned import ONCE, planned_already
from reports.models import Act, ActItem, Evidence, Snapshot
from sales.lead_ownership import assign_leads
from sales.models import Lead, Task
from sales.next_steps import TASK_FIELDS
from team.access import leads_others
from team.audit import Change, record, record_many, values_of
from team.models import Company, User

# Rows acted on at once: ticked ones of a page, or a whole list.
AT_ONCE = 100
WHOLE = 5000
# Rows of the same list that are kept to compare with.
COMPARED = 5000
# How long an act can be taken back (ruling 23).
TAKEN_BACK = timedelta(hours=24)


class NotThere(Exception):
    """Some of the rows are not there for this person; nothing was done."""

    def __init__(self, missing: int) -> None:
        super().__init__(f"{missing} not found")
        self.missing = missing


class NotAllowed(Exception):
    """This person does not do this deed, or not for that colleague."""


class TooMany(Exception):
    """A list longer than what is done in one act; nothing was done."""


class AllOver(Exception):
    """None of the rows can be acted on any more; nothing was done."""


class AllPlanned(Exception):
    """Each of the rows has an open step of this kind; nothing was done. `planners` are who planned them."""

    def __init__(self, planners: list[int]) -> None:
        super().__init__(f"{len(planners)} planned already")
        self.planners = planners


class Changed(Exception):
    """The rows are others than those looked at, or somebody else's by now; nothing was done."""

    def __init__(self, now: int) -> None:
        super().__init__(f"{now} rows now")
        self.now = now


class TooLate(Exception):
    """What was done can no longer be taken back by the one who did it."""


@dataclass(frozen=True)
class Ticked:
    """Which rows of which list somebody chose; `rows` is the whole list in their sight, as it is narrowed.

    Without `ids` it is all of them. What cannot be acted on any more is left out: there were `expected` so many
    records when they looked, and `seen` says which ones and whose (`Preview.seen`).
    """

    snapshot: Snapshot
    list_key: str
    rows: QuerySet[Evidence]
    subject_type: str
    ids: tuple[int, ...] | None
    expected: int | None = None
    seen: str = ""


@dataclass(frozen=True)
class Preview:
    """What an act would come to: so many records, by whose they are (the planner's, where nobody works on them),
    and how many rows' records cannot be acted on. `seen` stands for the records that were `found` and their people;
    those of them that have such a step already are left as they are: `planners` are who planned these.
    """

    n: int
    people: list[tuple[str, int]]
    left_out: int
    seen: str
    found: int
    planners: list[int]


@dataclass(frozen=True)
class Subject:
    """The records that rows are about: which are there (not what was merged or binned meanwhile), and which are over:
    a lead that was won or given up since, somebody who does not work here any more.
    """

    model: Any
    there: Q = Q()
    is_over: Callable[[Any], bool] = lambda record: False


SUBJECTS: Mapping[str, Subject] = {
    "customer": Subject(Customer, LISTED),
    "lead": Subject(Lead, is_over=lambda lead: not lead.is_open),
    "user": Subject(User, is_over=lambda person: not person.is_active),
}

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


def preview(ticked: Ticked, deed: Deed, *, by: User) -> Preview:
    """What would be done, and for whom. Raises `NotThere`, `TooMany`, `AllOver`, `AllPlanned`."""
    listed = _listed(ticked)
    found = _found(ticked, by, listed)
    seen, planned = _fingerprint(_by_whom(found, by)), _planned(ticked, deed, found)
    whose = _by_whom(_without(found, planned), by)
    people = dict(User.objects.filter(pk__in=set(whose.values())).values_list("pk", "name"))
    names: dict[str, int] = {}
    for person in whose.values():
        names[people[person]] = names.get(people[person], 0) + 1
    ranked = sorted(names.items(), key=lambda each: (-each[1], each[0]))
    left_out, planners = len(listed) - len(found), list(planned.values())
    return Preview(len(whose), ranked, left_out, seen, len(found), planners)


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
    `AllPlanned`, `Changed`.
    """
    if not _may(deed, ticked, by) or (to is not None and not may_give_to(by, to)):
        raise NotAllowed
    with transaction.atomic():
        client_ref = _of(client_ref, by, deed.key, ticked, due_on, to)
        known = _known(client_ref, by)
        if known is not None:
            return known
        listed = _listed(ticked)
        if ticked.subject_type in ONCE:
            # two who plan at once: the second reads what the first has planned
            _lock(SUBJECTS[ticked.subject_type].model, listed)
        there = _found(ticked, by, listed)
        planned = _planned(ticked, deed, there)
        found = _without(there, planned)
        act = _remember(ticked, deed, by, client_ref, due_on=due_on, to=to)
        whose = _by_whom(found, by)
        tasks = [_task(ticked, row, act, deed, due_on, whose[row.pk]) for row in found]
        made = Task.everything.bulk_create(tasks, batch_size=500)
        record_many("create", (Change(t, after=values_of(t, TASK_FIELDS)) for t in made), by=by)
        treated = {r.pk: task for r, task in zip(found, made, strict=True)}
        _keep_items(act, ticked, treated, besides=planned.keys())
    return act


def planned_before(ticked: Ticked, act: Act) -> list[int]:
    """Who planned the steps that an act found there: a person for each of the chosen rows it left as it was."""
    planned = planned_already(
        _listed(ticked),
        slug=act.slug,
        deed=act.deed,
        subject_type=act.subject_type,
        but_by=act.pk,
    )
    return list(planned.values()) if act.kind == Act.Kind.PLAN else []


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


def hand_on(
    ticked: Ticked,
    to: User,
    *,
    by: User,
    client_ref: uuid.UUID,
    deed: Deed = DEEDS["reassign"],
) -> Act:
    """Another owner for each chosen customer or lead from today.

    The same `client_ref` again answers the act it made. Raises `NotThere`, `NotAllowed`, `TooMany`, `AllOver`,
    `Changed`.
    """
    if ticked.subject_type == "user" or not _may(deed, ticked, by) or not may_give_to(by, to):
        raise NotAllowed
    with transaction.atomic():
        client_ref = _of(client_ref, by, deed.key, ticked, to)
        known = _known(client_ref, by)
        if known is not None:
            return known
        listed = _listed(ticked)
        # whose they were is read once nobody else can hand them on any more: undoing gives them back to these
        _lock(SUBJECTS[ticked.subject_type].model, listed)
        found = _found(ticked, by, listed)
        act = _remember(ticked, deed, by, client_ref, to=to)
        before = {row.pk: row.owner_id for row in found}
        _hand(ticked.subject_type, list(before), to, by)
        _keep_items(act, ticked, dict.fromkeys(before), before)
    return act


def undo_act(act: Act, *, by: User) -> int:
    """Drop the tasks that are still open, give back what is still with whom it went to; answers how many.

    Raises `TooLate` a day later, of a handing on also once this person leads nobody.
    """
    if not may_take_back(act, by):
        raise TooLate
    with transaction.atomic():
        stands = Act.everything.filter(pk=act.pk, undone_at__isnull=True)
        if not stands.update(undone_at=timezone.now()):
            return 0
        back = _undo_plan(act, by) if act.kind == Act.Kind.PLAN else _undo_hand(act, by)
        record("undo", act, by=by, after={"rows": back})
    return back


def may_take_back(act: Act, by: User) -> bool:
    """Whoever did it, within a day."""
    may = act.kind == Act.Kind.PLAN or leads_others(by)
    return may and act.by_id == by.pk and timezone.now() - act.at <= TAKEN_BACK


def _may(deed: Deed, ticked: Ticked, by: User) -> bool:
    """What concerns people, and whose customers are, is for who leads others."""
    for_leaders = deed.for_leaders or ticked.subject_type == "user"
    return leads_others(by) or not for_leaders


def may_give_to(by: User, to: User) -> bool:
    """Who leads others gives within their sight, to people who work here; everybody to themselves."""
    if not to.is_active:
        return False
    if to.pk == by.pk:
        return True
    return leads_others(by) and User.visible_to(by).filter(pk=to.pk).exists()


def _found(ticked: Ticked, by: User, listed: set[int]) -> list[Any]:
    """The records of the chosen rows, in order of id: those in the list, this person's to see, and not over."""
    subject = SUBJECTS[ticked.subject_type]
    rows = subject.model.visible_to(by).filter(subject.there, pk__in=listed).order_by("pk")
    there = list(rows)
    if ticked.ids is not None and len(there) < len(set(ticked.ids)):
        raise NotThere(len(set(ticked.ids)) - len(there))
    found = [row for row in there if not subject.is_over(row)]
    if not found:
        raise AllOver
    if ticked.expected not in (None, len(found)):
        raise Changed(len(found))
    if ticked.seen and ticked.seen != _fingerprint(_by_whom(found, by)):
        raise Changed(len(found))
    return found


def _lock(model: Any, ids: Iterable[int]) -> None:
    """In order of id, on the bare table: what is seen of it is asked afterwards."""
    rows = model.everything.select_for_update(of=("self",), no_key=True)
    list(rows.filter(pk__in=ids).order_by("pk").values_list("pk"))


def _listed(ticked: Ticked) -> set[int]:
    """The ids of the chosen rows' records, as far as they are in the list."""
    ids = None if ticked.ids is None else sorted(set(ticked.ids))
    if ids is None and ticked.subject_type not in SUBJECTS:
        raise AllOver
    if ids is not None and (len(ids) > AT_ONCE or ticked.subject_type not in SUBJECTS):
        raise NotThere(len(ids))
    rows = ticked.rows.filter(subject_type=ticked.subject_type).order_by()
    chosen = rows if ids is None else rows.filter(subject_id__in=ids)
    listed = set(chosen.values_list("subject_id", flat=True).distinct()[: WHOLE + 1])
    if len(listed) > WHOLE:
        raise TooMany
    return listed


def _of(client_ref: uuid.UUID, by: User, *about: Any) -> uuid.UUID:
    """The reference of one person's request: a page that was gone back to sends the same one with other rows."""
    told = [each.pk if isinstance(each, User) else _told(each) for each in (by, *about)]
    return uuid.uuid5(client_ref, repr(told))


def _told(each: Any) -> Any:
    if isinstance(each, Ticked):
        return (
            each.snapshot.slug,
            each.list_key,
            (each.expected if each.ids is None else sorted(set(each.ids))),
        )
    return str(each)


def _known(client_ref: uuid.UUID, by: User) -> Act | None:
    # one person's posts queue up here, so that a double click finds the first one's act
    User.objects.select_for_update().get(pk=by.pk)
    known: Act | None = Act.everything.filter(client_ref=client_ref).first()
    return known


def _remember(ticked: Ticked, deed: Deed, by: User, client_ref: uuid.UUID, **values: Any) -> Act:
    act: Act = Act.everything.create(
        client_ref=client_ref,
        kind=deed.kind,
        deed=deed.key,
        slug=ticked.snapshot.slug,
        list_key=ticked.list_key,
        subject_type=ticked.subject_type,
        as_of=ticked.snapshot.as_of,
        on=Company.get().today,
        by=by,
        **values,
    )
    return act


def _not_here(rows: Iterable[Any]) -> set[int]:
    """The owners who do not work here any more: nobody would see a task of theirs."""
    owners = {row.owner_id for row in rows if getattr(row, "owner_id", None)}
    return set(User.objects.filter(pk__in=owners, is_active=False).values_list("pk", flat=True))


def _by_whom(rows: Iterable[Any], by: User) -> dict[int, int]:
    """Who a step with each record is for: its owner, or who plans it where nobody works on it, or it is a person."""
    rows = list(rows)
    gone = _not_here(rows)
    owners = {row.pk: getattr(row, "owner_id", None) for row in rows}
    return {pk: by.pk if own is None or own in gone else own for pk, own in owners.items()}


def _fingerprint(whose: Mapping[int, int]) -> str:
    return hashlib.sha256(repr(sorted(whose.items())).encode()).hexdigest()[:16]


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


def _keep_items(
    act: Act,
    ticked: Ticked,
    tasks: Mapping[int, Task | None],
    owners: Mapping[int, int | None] | None = None,
    *,
    besides: Collection[int] = (),
) -> None:
    """The treated rows, known by their tasks, and the rest of the list that can be compared with them: without those
    that another act treats (`besides`).
    """
    ids = set(tasks)
    rows = ticked.rows.filter(subject_type=ticked.subject_type).order_by("-cents", "pk")
    cents: dict[int, int] = {}
    for subject_id, money in rows.values_list("subject_id", "cents")[: COMPARED + WHOLE]:
        cents[subject_id] = cents.get(subject_id, 0) + money
    for subject_id in ids - cents.keys():
        cents[subject_id] = 0
    ActItem.objects.bulk_create(
        (
            ActItem(
                act=act,
                subject_id=subject_id,
                treated=subject_id in ids,
                cents=money,
                task=tasks.get(subject_id),
                owner_before_id=(owners or {}).get(subject_id),
            )
            for subject_id, money in cents.items()
            if subject_id not in besides
        ),
        batch_size=1000,
    )


def _hand(subject_type: str, ids: Iterable[int], to: User | None, by: User) -> int:
    write = assign if subject_type == "customer" else assign_leads
    return write(list(ids), to, on=Company.get().today, by=by)


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
    _lock(model, before)
    with_them = model.visible_to(by).filter(pk__in=before, owner=act.to_id)
    groups: dict[int | None, list[int]] = {}
    for pk in with_them.values_list("pk", flat=True):
        groups.setdefault(before[pk], []).append(pk)
    people = User.objects.in_bulk([pk for pk in groups if pk is not None])
    return sum(
        _hand(act.subject_type, ids, people[owner] if owner else None, by)
        for owner, ids in groups.items()
    )
