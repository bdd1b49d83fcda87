"""What happened to the records since the plan was laid over them, before anything is written."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from sales.handing_over.planning import customers_of
from sales.handing_over.records import KINDS
from sales.models import Handover, HandoverLine, Task

Kind = HandoverLine.Kind
# As many of a sort are told by name.
TOLD = 50
OPEN = {
    Kind.CUSTOMER: Q(binned_on__isnull=True, merged_into__isnull=True),
    Kind.LEAD: Q(converted_on__isnull=True, closed_on__isnull=True, deleted_on__isnull=True),
    Kind.DEAL: Q(closed_on__isnull=True, binned_on__isnull=True),
    Kind.TASK: Q(state=Task.State.OPEN),
}


@dataclass(frozen=True)
class Difference:
    """One record: its name, its owner as of now, and what happened: `gone`, `new` or `edited`."""

    kind: str
    pk: int
    name: str
    owner: str
    what: str


@dataclass(frozen=True)
class Differences:
    """`gone` and `new` customers and leads decide who gets what, so they must be looked at; `edited` ones and
    followers (deals and tasks that ended or came) do not.
    """

    gone: dict[str, list[int]] = field(default_factory=dict)
    new: dict[str, list[int]] = field(default_factory=dict)
    edited: dict[str, list[int]] = field(default_factory=dict)
    followers: int = 0

    @property
    def count(self) -> int:
        return self.material + self.touched + self.followers

    @property
    def material(self) -> int:
        return sum(len(ids) for sort in (self.gone, self.new) for ids in sort.values())

    @property
    def touched(self) -> int:
        return sum(len(ids) for ids in self.edited.values())

    @property
    def fingerprint(self) -> str:
        """Stands for what has to be looked at; empty for nothing."""
        if not self.material:
            return ""
        parts = [
            sorted((kind, sorted(ids)) for kind, ids in s.items()) for s in (self.gone, self.new)
        ]
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def differences(handover: Handover) -> Differences:
    """A fixed number of statements."""
    looked_at, following = (Kind.CUSTOMER, Kind.LEAD), (Kind.DEAL, Kind.TASK)
    return Differences(
        gone={kind: _ids(_gone(handover, kind)) for kind in looked_at},
        new={kind: _new(handover, kind) for kind in looked_at},
        edited={kind: _ids(_edited(handover, kind)) for kind in (*looked_at, Kind.DEAL)},
        followers=sum(
            _gone(handover, kind).count() + len(_new(handover, kind)) for kind in following
        ),
    )


def _ids(lines: "QuerySet[HandoverLine]") -> list[int]:
    return list(lines.values_list("record_id", flat=True))


def _chosen(handover: Handover, kind: str) -> "QuerySet[HandoverLine]":
    return handover.lines.filter(kind=kind, chosen=True)


def _gone(handover: Handover, kind: str) -> "QuerySet[HandoverLine]":
    same: Any = Q(owner=OuterRef("giver"))
    if handover.leaver_id is None:
        # of a territory some are in the pool
        nobodys = _chosen(handover, kind).filter(giver__isnull=True, record_id=OuterRef("pk"))
        same |= Q(owner__isnull=True) & Exists(nobodys)
    model = KINDS[kind].model
    there = model.everything.filter(same, OPEN[Kind(kind)], pk=OuterRef("record_id"))
    return _chosen(handover, kind).filter(~Exists(there))


def _new(handover: Handover, kind: str) -> list[int]:
    """What came since; of a part that somebody chose nothing does by itself."""
    if handover.kind == Handover.Kind.PARTIAL:
        return []
    rows: Any
    if kind == Kind.CUSTOMER:
        rows = customers_of(handover)
    elif handover.leaver_id is None:
        return []
    else:
        rows = KINDS[kind].model.everything.filter(OPEN[Kind(kind)], owner=handover.leaver_id)
    known = HandoverLine.objects.filter(handover=handover, kind=kind, record_id=OuterRef("pk"))
    return list(rows.filter(~Exists(known)).values_list("pk", flat=True))


def _edited(handover: Handover, kind: str) -> "QuerySet[HandoverLine]":
    """Saved by somebody, or with other money than was seen."""
    model = KINDS[kind].model
    other = ~Q(version=OuterRef("version"))
    if kind == Kind.CUSTOMER:
        other |= ~Q(annual_cents=OuterRef("cents"))
    if kind == Kind.DEAL:
        other |= ~Q(cents=OuterRef("cents"))
    touched = model.everything.filter(other, OPEN[Kind(kind)], pk=OuterRef("record_id"))
    mine = Q(owner=OuterRef("giver"))
    return _chosen(handover, kind).filter(Exists(touched.filter(mine)))


def in_names(found: Differences) -> list[Difference]:
    """The first of each sort by name, what must be looked at first."""
    told: list[Difference] = []
    for what, sort in (("gone", found.gone), ("new", found.new), ("edited", found.edited)):
        for kind, ids in sort.items():
            told += _named(kind, ids, what)
    return told


def _named(kind: str, ids: Iterable[int], what: str) -> list[Difference]:
    rows = KINDS[kind].rows(sorted(ids)[:TOLD]).select_related("owner").order_by("pk")
    return [Difference(kind, row.pk, str(row), str(row.owner or ""), what) for row in rows]
