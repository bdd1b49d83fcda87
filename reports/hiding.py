"""Whose money is told to whom (ruling 19): what people are paid is for directors.

In the losses that are made of wages everybody else reads hours and shares of each person, and money only as
one sum over all whom they answer for, from five people on; a rep reads their own. The filter lies on the
evidence: rows come without money, and whoever shows them (page, file, mail) has none to show.

That one sum is of the last twelve months. Sums of several periods would tell what single people earn: by what
is left between a year and its months, and month by month, since the share of each person is told as well, as
many equations as there are people. Five people are five whose money is in the sum, beside the reader's own.
"""

from collections.abc import Iterable
from enum import Enum
from typing import TYPE_CHECKING, Any

from crm.lib.periods import add_months
from reports.models import Part, Snapshot
from reports.report import Report, Sum, Totals
from team.access import scope_of
from team.models import User

if TYPE_CHECKING:
    from reports.shelf import Shelf

# The losses whose money is wages.
OF_WAGES = (4, 5)
# Of the ledger, the measure whose rows are wages.
WAGES_TWICE = "overlap_4_5"
# A sum over fewer people tells what one of them earns.
PEOPLE = 5


class Told(Enum):
    """How much of a report's money a person is told."""

    ALL = "all"
    SUM = "sum"
    NOTHING = "nothing"


def hides_rows(report: Report, viewer: User) -> bool:
    """Whether this person reads no money of single people in a report."""
    return report.loss in OF_WAGES and _reads_no_wages(viewer)


def _reads_no_wages(viewer: User) -> bool:
    return not viewer.is_director and not scope_of(viewer).is_one_person


def hides_money(report: Report, viewer: User, measures: Iterable[str]) -> bool:
    """Whether rows of these measures come to this person without money; minutes and days are no money."""
    wanted = set(measures)
    if WAGES_TWICE in wanted:
        return _reads_no_wages(viewer)
    money = {measure.key for measure in report.measures if measure.unit == "money"}
    return hides_rows(report, viewer) and not money.isdisjoint(wanted)


def told_of(report: Report, shelf: "Shelf", snapshot: Snapshot) -> Told:
    """How much of a snapshot's money the reader of a shelf is told; one query where wages are at stake.

    A sum over a chosen team would tell, beside the sum over all, what the few others earn.
    """
    if not hides_rows(report, shelf.viewer):
        return Told.ALL
    is_whole = shelf.team_ids is None and is_year(snapshot)
    return Told.SUM if is_whole and people_in(snapshot, shelf) >= PEOPLE else Told.NOTHING


def is_year(snapshot: Snapshot) -> bool:
    """Whether a snapshot is of the twelve months that end on its as-of day."""
    year_before = add_months(snapshot.as_of, -12)
    return (snapshot.from_on - year_before).days == 1 and snapshot.to_on == snapshot.as_of


def people_in(snapshot: Snapshot, shelf: "Shelf", measure: str = "loss") -> int:
    """How many people the money of a measure is of, not counting the reader. Who is in the figures without money
    hides nobody.
    """
    paid = Part.objects.filter(shelf.rows(), snapshot=snapshot, measure=measure)
    paid = paid.exclude(owner=None).exclude(owner=shelf.viewer).exclude(cents=0)
    return paid.order_by().values("owner").distinct().count()


def without_money(totals: Totals, report: Report) -> Totals:
    """The same counts, and nothing in the measures whose unit is money."""
    money = {measure.key for measure in report.measures if measure.unit == "money"}
    kept = Totals()
    for (measure, key, month), whole in totals.cells.items():
        bare = Sum(n=whole.n, base_n=whole.base_n)
        kept.add(measure, key, month, bare if measure in money else whole)
    return kept


def without_cents(figures: dict[str, Any]) -> dict[str, Any]:
    """Figures whose money (keys that end in `_cents`, at any depth) is not told: None."""
    return {
        name: None
        if name.endswith("_cents")
        else without_cents(value)
        if isinstance(value, dict)
        else value
        for name, value in figures.items()
    }
