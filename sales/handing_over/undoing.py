"""Taking a hand-over back: what nobody has changed since goes back exactly, the rest as it was chosen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from crm.lib.transactions import unhurried
from customers.models import Ownership
from sales.handing_over.changes import OPEN
from sales.handing_over.drafting import may_hand_over
from sales.handing_over.moving import COUNTED_UP, Move, move
from sales.handing_over.records import KINDS, LOCKED
from sales.handing_over.telling import tell_taken_back
from sales.models import Handover, HandoverLine, LeadRule
from team.audit import acting, current_actor, record
from team.models import Company, User

Kind = HandoverLine.Kind
# How long a hand-over can be taken back (ruling 23).
TAKEN_BACK = timedelta(hours=24)


class TooLate(Exception):
    """It can be taken back for a day only, and only once."""


@dataclass(frozen=True)
class Left:
    """What cannot go back as it was: `edited` records are still their heir's and can go back with what was changed,
    those `given_on`, closed or finished since stay. Ids of lines.
    """

    edited: list[int]
    given_on: list[int]


def until(handover: Handover) -> datetime | None:
    """Until when it can be taken back; None: it cannot."""
    if handover.state != Handover.State.APPLIED or handover.applied_at is None:
        return None
    return handover.applied_at + TAKEN_BACK


def may_undo(handover: Handover, by: User, now: datetime) -> bool:
    last = until(handover)
    return last is not None and now <= last and may_hand_over(by, handover.leaver, handover.kind)


def undo(
    handover: Handover, *, by: User, stay: Iterable[int] = (), now: datetime | None = None
) -> Left:
    """Take it back; what was edited since goes back with its edits, but for the lines that are to `stay`.

    Raises `TooLate`.
    """
    with acting(current_actor()), transaction.atomic():
        unhurried()
        stored = Handover.everything.select_for_update(of=("self",)).get(pk=handover.pk)
        if not may_undo(stored, by, now or timezone.now()):
            raise TooLate
        found = _bring_back(stored, by, set(stay), Handover.State.UNDONE)
    handover.refresh_from_db()
    return found


def give_back(handover: Handover) -> Left:
    """Cover ends: everything that is still the heirs' goes back, with whatever they changed."""
    with acting(current_actor()), transaction.atomic():
        unhurried()
        stored = Handover.everything.select_for_update(of=("self",)).get(pk=handover.pk)
        if stored.state != Handover.State.APPLIED:
            return Left([], [])
        return _bring_back(stored, None, set(), Handover.State.RETURNED)


def _bring_back(handover: Handover, by: User | None, stay: set[int], state: Handover.State) -> Left:
    _lock(handover)
    found = left(handover)
    kept = {*found.given_on, *(set(found.edited) & stay)}
    handover.lines.filter(pk__in=kept).update(stayed=True)
    back = handover.lines.moving().filter(stayed=False).count()
    move(Move(handover, Company.get().today, by, back=True))
    handover.state, handover.undone_at, handover.undone_by = state, timezone.now(), by
    handover.version += 1
    handover.save()
    told = {"rows": back, "left": len(kept)}
    record("take hand-over back", handover, by=by, after=told)
    tell_taken_back(handover, by)
    return found


def _lock(handover: Handover) -> None:
    for kind in LOCKED:
        ids = handover.lines.moving().filter(kind=kind).values("record_id")
        rows = KINDS[kind].model.everything.select_for_update(of=("self",), no_key=True)
        list(rows.filter(pk__in=ids).order_by("pk").values_list("pk"))


def left(handover: Handover) -> Left:
    """What has changed since it was handed over. A fixed number of statements."""
    edited: list[int] = []
    given_on: list[int] = []
    for kind in Kind.values:
        lines = handover.lines.moving().filter(kind=kind)
        theirs = _still_theirs(lines, kind)
        given_on += lines.exclude(pk__in=theirs.values("pk")).values_list("pk", flat=True)
        edited += _edited(theirs, kind).values_list("pk", flat=True)
    return Left(sorted(edited), sorted(given_on))


def _still_theirs(lines: "QuerySet[HandoverLine]", kind: str) -> "QuerySet[HandoverLine]":
    """Lines whose record is the receiver's and not over."""
    if kind == Kind.RULE:
        same = [line.pk for line in lines if _people(line) == line.before.get("now")]
        return lines.filter(pk__in=same)
    model, column = (KINDS[Kind.CUSTOMER].model, "owner")
    if kind in KINDS:
        model, column = KINDS[kind].model, KINDS[kind].column
    nobodys = Q(**{f"{column}__isnull": True})
    rows = model._default_manager.filter(pk=OuterRef("record_id"))
    if kind in OPEN:
        rows = rows.filter(OPEN[Kind(kind)])
    if kind == Kind.ASIDE:
        # the column of a merged customer is its survivor's: its own period tells
        own = Ownership.everything.filter(
            customer=OuterRef("record_id"), to_on__isnull=True, deleted_on__isnull=True
        )
        receivers = Exists(own.filter(rep=OuterRef("receiver")))
        return lines.filter(Q(receivers) | Q(~Exists(own), receiver__isnull=True))
    with_receiver = rows.filter(**{column: OuterRef("receiver")})
    return lines.filter(
        Q(Exists(with_receiver)) | Q(Exists(rows.filter(nobodys)), receiver__isnull=True)
    )


def _people(line: HandoverLine) -> list[int]:
    named: Any = LeadRule.people.through
    rows = named.objects.filter(leadrule=line.record_id).order_by("user_id")
    return list(rows.values_list("user", flat=True))


def _edited(lines: "QuerySet[HandoverLine]", kind: str) -> "QuerySet[HandoverLine]":
    if kind not in KINDS or kind == Kind.RULE:
        return lines.none()
    rows = KINDS[kind].model._default_manager.filter(pk=OuterRef("record_id"))
    # as seen last before it was moved, which counted as one edit itself
    seen = OuterRef("version") + (1 if kind in COUNTED_UP else 0)
    return lines.filter(Exists(rows.exclude(version=seen)))
