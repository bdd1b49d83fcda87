"""Looking at what a deed over many records comes to, doing it once, and taking it back."""

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from sales.bulk.closing import CLOSE
from sales.bulk.deed import Deed, Values
from sales.bulk.giving import GIVE
from sales.bulk.kinds import KINDS, Kind
from sales.bulk.losing import LOSE
from sales.bulk.moving import STAGE
from sales.bulk.people import lock, may_give_to
from sales.bulk.planning import PLAN
from sales.bulk.tagging import TAG, UNTAG
from sales.models import BulkAct, BulkItem
from team.access import leads_others
from team.audit import record
from team.models import User

DEEDS = {deed.key: deed for deed in (GIVE, STAGE, LOSE, PLAN, TAG, UNTAG, CLOSE)}
# Rows acted on in one act.
WHOLE = 5000
# How long an act can be taken back (ruling 23).
TAKEN_BACK = timedelta(hours=24)


class NotThere(Exception):
    """Some of the chosen records are not there for this person; nothing was done."""

    def __init__(self, missing: int) -> None:
        super().__init__(f"{missing} not found")
        self.missing = missing


class NotAllowed(Exception):
    """This person does not do this, or not for that colleague."""


class TooMany(Exception):
    """More than what is done in one act; nothing was done."""


class Changed(Exception):
    """A whole list holds other records than those looked at; nothing was done."""

    def __init__(self, now: int) -> None:
        super().__init__(f"{now} rows now")
        self.now = now


class NothingToDo(Exception):
    """It can be done to none of the records."""


class TooLate(Exception):
    """What was done can no longer be taken back by the one who did it."""


@dataclass(frozen=True)
class Chosen:
    """The records that somebody chose. Of a `whole` list `seen` stands for those that they looked at."""

    kind: Kind
    ids: tuple[int, ...]
    whole: bool = False
    seen: str = ""

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(repr(sorted(self.ids)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Preview:
    """To how many records it would be done, with how much money, whose they are; and why not to the others."""

    n: int
    cents: int
    people: list[tuple[str, int]]
    reasons: list[tuple[str, int]]

    @property
    def left(self) -> int:
        return sum(n for _why, n in self.reasons)


def deeds_for(kind: str, viewer: User) -> list[Deed]:
    """What this person may do to records of a kind."""
    leads = leads_others(viewer)
    found = [deed for deed in DEEDS.values() if kind in deed.kinds]
    return [deed for deed in found if leads or not deed.for_leaders]


def preview(chosen: Chosen, deed: Deed, values: Values, *, by: User) -> Preview:
    """What it would come to; while nothing is chosen yet, for whatever will be. Raises `NotThere`, `TooMany`."""
    rows = _found(chosen, by)
    why = deed.cannot(chosen.kind, rows, values)
    able = [row for row in rows if row.pk not in why]
    whose = Counter(str(row.owner) if row.owner_id else "" for row in able if hasattr(row, "owner"))
    cents = sum(getattr(row, chosen.kind.cents) for row in able) if chosen.kind.cents else 0
    return Preview(len(able), cents, whose.most_common(), Counter(why.values()).most_common())


def act_on(
    chosen: Chosen, deed: Deed, values: Values, *, by: User, client_ref: uuid.UUID
) -> BulkAct:
    """Do it to all records to which it can be done, in one transaction and a fixed number of statements.

    The same `client_ref` again answers the act it made. Raises `NotThere`, `NotAllowed`, `TooMany`, `Changed`,
    `NothingToDo`.
    """
    if deed not in deeds_for(chosen.kind.name, by):
        raise NotAllowed
    if values.to is not None and not may_give_to(by, values.to):
        raise NotAllowed
    # a page that was gone back to sends the same reference with other rows or choices; of a whole list those count
    # that were looked at, for the act itself may have taken them out of the list
    rows_meant = chosen.seen if chosen.whole else chosen.fingerprint
    client_ref = uuid.uuid5(client_ref, repr((by.pk, deed.key, rows_meant, values.told)))
    with transaction.atomic():
        # one person's posts queue up here, so that a double click finds the first one's act
        User.objects.select_for_update().get(pk=by.pk)
        known = BulkAct.visible_to(by).filter(client_ref=client_ref, by=by).first()
        if known is not None:
            return known
        if chosen.whole and chosen.seen != chosen.fingerprint:
            raise Changed(len(chosen.ids))
        lock(chosen.kind.model, chosen.ids)
        rows = _found(chosen, by)
        why = deed.cannot(chosen.kind, rows, values)
        able = [row for row in rows if row.pk not in why]
        if not able:
            raise NothingToDo
        act = _remember(chosen.kind, deed, values, by, client_ref, left=len(why))
        treated = deed.carry_out(chosen.kind, able, values, by)
        BulkItem.objects.bulk_create(
            (
                BulkItem(act=act, record_id=pk, before=each.before, made=each.made)
                for pk, each in treated.items()
            ),
            batch_size=1000,
        )
        record("do to many", act, by=by, after={"rows": len(treated)})
    return act


def _found(chosen: Chosen, by: User) -> Sequence[Any]:
    """All of them, or nothing is done: a record out of sight is like one that is not there."""
    if len(chosen.ids) > WHOLE:
        raise TooMany
    rows = list(chosen.kind.rows(chosen.ids, by))
    if len(rows) < len(set(chosen.ids)):
        raise NotThere(len(set(chosen.ids)) - len(rows))
    return rows


def _remember(
    kind: Kind, deed: Deed, values: Values, by: User, client_ref: uuid.UUID, *, left: int
) -> BulkAct:
    act: BulkAct = BulkAct.everything.create(
        client_ref=client_ref,
        deed=deed.key,
        kind=kind.name,
        to=values.to,
        tag=values.tag,
        stage=values.stage,
        text=values.text,
        due_on=values.due_on,
        left=left,
        by=by,
    )
    return act


def may_take_back(act: BulkAct, by: User) -> bool:
    """Whoever did it, within a day, while they still may do it."""
    may = leads_others(by) or not DEEDS[act.deed].for_leaders
    return may and act.by_id == by.pk and timezone.now() - act.at <= TAKEN_BACK


def take_back(act: BulkAct, *, by: User) -> int:
    """Put back what nobody has changed since; how many that was. The items say of each. Raises `TooLate`.

    Twice is once: the second answers 0.
    """
    if not may_take_back(act, by):
        raise TooLate
    kind, deed = KINDS[act.kind], DEEDS[act.deed]
    with transaction.atomic():
        stands = BulkAct.everything.filter(pk=act.pk, undone_at__isnull=True)
        if not stands.update(undone_at=timezone.now()):
            return 0
        items = {item.record_id: item for item in act.items.all()}
        lock(kind.model, items)
        back = deed.take_back(kind, act, items, by)
        _tell(act, items, back)
        record("undo", act, by=by, after={"rows": len(back)})
    return len(back)


def _tell(act: BulkAct, items: Iterable[int], back: set[int]) -> None:
    act.items.filter(record_id__in=back).update(is_back=True)
    act.items.filter(is_back__isnull=True).update(is_back=False)


def not_back(act: BulkAct, viewer: User) -> list[Any]:
    """The records that taking back left as they are, as far as this person still sees them."""
    ids = act.items.filter(is_back=False).values_list("record_id", flat=True)
    return list(KINDS[act.kind].rows(ids, viewer)[:WHOLE])
