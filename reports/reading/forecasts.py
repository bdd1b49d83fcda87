"""Forecasts that were kept, and what became of them.

newest(shelf, "quarter")            the last one to the end of the running quarter
against_outcome(shelf, today)       the kept ones of the last weeks beside what was won by then
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, Subquery, Sum

from reports.models import Evidence, Snapshot
from reports.reading.shelf import Shelf
from reports.report import Totals
from reports.snapshots.horizons import WEEKS, horizons
from reports.snapshots.taking import report_of, run_of
from sales.models import Deal, Stage


@dataclass(frozen=True)
class Outcome:
    """A kept forecast and what was won by its horizon of the deals it counted on, in cents.

    `is_over`: the horizon has passed, so that the two may be compared; until then it can still grow.
    """

    snapshot: Snapshot
    figures: dict[str, Any]
    won_cents: int
    is_over: bool

    @property
    def within(self) -> bool | None:
        """Did the outcome lie in the range? None while it is open."""
        if not self.is_over:
            return None
        return bool(self.figures["lo_cents"] <= self.won_cents <= self.figures["hi_cents"])


def newest(shelf: Shelf, horizon: str) -> Snapshot | None:
    """The last forecast to a horizon by name that is on the shelf."""
    for one in shelf.snapshots:
        if report_of(one).looks_ahead and one.to_on == horizons(one.as_of)[horizon].end:
            return one
    return None


def against_outcome(shelf: Shelf, today: date) -> list[Outcome]:
    """The kept forecasts of the last weeks, the earliest first, for the viewer of the shelf.

    Two queries, whatever their number.
    """
    kept = [one for one in shelf.snapshots if one.kind == Snapshot.Kind.WEEKLY]
    kept = sorted(kept[:WEEKS], key=lambda one: one.as_of)
    totals, won = shelf.totals(kept), _won(shelf, kept)
    return [
        Outcome(one, _figures(one, totals[one.pk]), won.get(one.pk, 0), one.to_on < today)
        for one in kept
    ]


def _figures(snapshot: Snapshot, totals: Totals) -> dict[str, Any]:
    return report_of(snapshot).headline(totals, run_of(snapshot), snapshot.whole)


def _won(shelf: Shelf, snapshots: Sequence[Snapshot]) -> dict[int, int]:
    """By snapshot: what its deals were won for after its day and by its horizon, as known now.

    Few of the open deals of then were won since: the others' rows are passed over.
    """
    first = min((one.as_of for one in snapshots), default=date.max)
    lately = Deal.everything.filter(stage__kind=Stage.Kind.WON, closed_on__gt=first)
    won = lately.filter(
        pk=OuterRef("subject_id"),
        closed_on__gt=OuterRef("snapshot__as_of"),
        closed_on__lte=OuterRef("snapshot__to_on"),
    )
    rows = (
        Evidence.objects.filter(shelf.rows(), snapshot__in=[one.pk for one in snapshots])
        .filter(measure="open", subject_id__in=lately.order_by().values("pk"))
        .order_by()
        .annotate(won=Subquery(won.order_by().values("cents")))
        .values("snapshot_id")
        .annotate(cents=Sum("won"))
    )
    return {row["snapshot_id"]: row["cents"] or 0 for row in rows}
