"""Restated figures: what later knowledge changed, row by row, from the evidence of both revisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q
from django.db.models import Sum as SumOf
from django.db.models.functions import Abs, Coalesce

from reports.models import Evidence, Snapshot
from reports.reading.hiding import hides_money
from reports.reading.shelf import Shelf
from reports.report import Report, Sum
from reports.snapshots.taking import KEY, report_of

# Rows that are told one by one; the sums are of all.
AT_MOST = 200


@dataclass(frozen=True)
class Moved:
    """A line's subject as it stood before and stands now. None = no row of it; money may be hidden."""

    line_key: str
    subject_type: str
    subject_id: int
    was: int | None
    now: int | None
    was_n: int
    now_n: int

    @property
    def kind(self) -> str:
        if not self.was_n:
            return "entered"
        return "left" if not self.now_n else "changed"

    @property
    def difference(self) -> int | None:
        return None if self.was is None or self.now is None else self.now - self.was


def restated(shelf: Shelf, snapshot: Snapshot) -> Snapshot | None:
    """The revision that stood before this one, if it is still kept. No query."""
    same = [
        one
        for one in shelf.snapshots
        if one.revision < snapshot.revision
        and all(getattr(one, name) == getattr(snapshot, name) for name in KEY)
    ]
    return max(same, key=lambda one: one.revision, default=None)


def moves(
    shelf: Shelf, old: Snapshot, new: Snapshot, measures: Sequence[str]
) -> tuple[list[Moved], dict[str, Sum]]:
    """The rows that entered, left or changed value, the largest first, and the sums of each kind.

    One query. A row is known by its line and its subject; one that moved to another owner counts for
    each viewer as it does in their own part.
    """
    report = report_of(new)
    with_money = not hides_money(report, shelf.viewer, measures)
    differing = list(_differing(shelf, old, new, measures, with_money=with_money))
    rows = [
        Moved(
            line,
            kind,
            pk,
            int(was) if with_money else None,
            int(now) if with_money else None,
            was_n,
            now_n,
        )
        for line, kind, pk, was, now, was_n, now_n in differing[:AT_MOST]
    ]
    return rows, _kinds(differing, with_money=with_money)


def _differing(
    shelf: Shelf, old: Snapshot, new: Snapshot, measures: Sequence[str], *, with_money: bool
) -> Any:
    before, after = Q(snapshot=old), Q(snapshot=new)
    rows = (
        Evidence.objects.filter(shelf.rows(), before | after, measure__in=measures)
        .order_by()
        .values("line_key", "subject_type", "subject_id")
        .annotate(
            was=Coalesce(SumOf("cents", filter=before), 0),
            now=Coalesce(SumOf("cents", filter=after), 0),
            was_n=Count("pk", filter=before),
            now_n=Count("pk", filter=after),
        )
        .annotate(moved=Abs(F("now") - F("was")))
    )
    changed = ~Q(was_n=F("now_n"))
    found = rows.filter(changed | ~Q(was=F("now"))) if with_money else rows.filter(changed)
    order = "-moved" if with_money else "line_key"
    return found.order_by(order, "line_key", "subject_id").values_list(
        "line_key", "subject_type", "subject_id", "was", "now", "was_n", "now_n"
    )


def _kinds(differing: Any, *, with_money: bool) -> dict[str, Sum]:
    """By kind how many rows and by how much they moved the sum."""
    sums = dict.fromkeys(("entered", "left", "changed"), Sum())
    for _line, _type, _pk, was, now, was_n, now_n in differing:
        kind = "entered" if not was_n else "left" if not now_n else "changed"
        cents = int(now) - int(was) if with_money else 0
        sums[kind] += Sum(n=1, cents=cents)
    return sums


def measures_of(report: Report) -> tuple[str, ...]:
    """The measures that make up the report's first figure: those of its loss, else all that are not live."""
    named = [measure.key for measure in report.measures if measure.key == "loss"]
    return tuple(named) or tuple(m.key for m in report.measures if not m.live)
