"""What pages show of a snapshot to a viewer, and what rows of evidence add up to."""

from collections.abc import Iterable
from typing import Any

from reports.models import Evidence, Snapshot
from reports.reading.shelf import Shelf
from reports.report import Sum, Totals
from reports.snapshots.taking import report_of, run_of
from team.models import User


def totals(snapshot: Snapshot, viewer: User) -> Totals:
    return Shelf(viewer, [], None).totals([snapshot])[snapshot.pk]


def figures(snapshot: Snapshot, viewer: User) -> dict[str, Any]:
    return report_of(snapshot).headline(totals(snapshot, viewer), run_of(snapshot), snapshot.whole)


def added(rows: Iterable[Evidence]) -> Sum:
    """Rows that come without money (wages, to who may not read them) are counted alone."""
    whole = Sum()
    for row in rows:
        if row.cents is None:
            whole += Sum(1)
            continue
        base = row.base_cents if row.in_base else 0
        whole += Sum(1, row.cents, row.low_cents, row.high_cents, int(row.in_base), base)
    return whole
