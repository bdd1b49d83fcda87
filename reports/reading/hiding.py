"""Whose money is told to whom (ruling 19): what people are paid is for directors.

In the losses that are made of wages everybody else reads hours and shares of each person, and money only as
one sum over all whom they answer for, from five people on; a rep reads their own. The filter lies on the
evidence: rows come without money, and whoever shows them (page, file, mail) has none to show.

That one sum is of the last twelve months. Sums of several periods would tell what single people earn: by what
is left between a year and its months, and month by month, since the share of each person is told as well, as
many equations as there are people. Five people are five whose money is in the sum, beside the reader's own.
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from django.db.models import Count

from crm.lib.periods import add_months
from reports.models import Part, Snapshot
from reports.reading.shelf import Shelf
from reports.report import Report, Sum, Totals
from team.access import scope_of
from team.models import User

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
    """Whether this person reads no money of single people in a whole report."""
    return report.loss in OF_WAGES and _reads_no_wages(viewer)


def _reads_no_wages(viewer: User) -> bool:
    return not viewer.is_director and not scope_of(viewer).is_one_person


def of_wages(report: Report) -> frozenset[str]:
    """The measures of a report whose money is what people are paid; minutes and days are no money."""
    if report.loss in OF_WAGES:
        return frozenset(measure.key for measure in report.measures if measure.unit == "money")
    return frozenset(measure.key for measure in report.measures if measure.key == WAGES_TWICE)


def hides_money(report: Report, viewer: User, measures: Iterable[str]) -> bool:
    """Whether rows of these measures come to this person without money."""
    return not of_wages(report).isdisjoint(measures) and _reads_no_wages(viewer)


def told_of(
    report: Report, shelf: Shelf, snapshot: Snapshot, people: "People | None" = None
) -> Told:
    """How much of a snapshot's money the reader of a shelf is told; one query where wages are at stake and
    `people` were not counted along with others.

    A sum over a chosen team would tell, beside the sum over all, what the few others earn; sums of chosen
    periods, what is earned in the days between them.
    """
    if not hides_money(report, shelf.viewer, of_wages(report)):
        return Told.ALL
    if shelf.is_narrowed or shelf.own is not None or not is_year(snapshot):
        return Told.NOTHING
    people = people_of(shelf, [snapshot]) if people is None else people
    is_many = _are_many if report.loss in OF_WAGES else _are_many_twice
    return Told.SUM if is_many(snapshot, people) else Told.NOTHING


# How many people the money of a measure of a snapshot is of.
People = Mapping[tuple[int, str], int]


def people_of(shelf: Shelf, snapshots: Iterable[Snapshot]) -> People:
    """The people behind the money of some snapshots, of ledgers with their losses of wages; one query.

    Not counting the reader. Who is in the figures without money hides nobody, nor does anybody where less is
    read than the reader may see.
    """
    if shelf.is_narrowed:
        return {}
    ids = {pk for one in snapshots for pk in (one.pk, *_wages_in(one))}
    paid = Part.objects.filter(
        shelf.rows(), snapshot__in=sorted(ids), measure__in=("loss", WAGES_TWICE)
    )
    paid = paid.exclude(owner=None).exclude(owner=shelf.viewer).exclude(cents=0)
    counted = paid.order_by().values_list("snapshot_id", "measure")
    return {
        (pk, measure): n for pk, measure, n in counted.annotate(n=Count("owner", distinct=True))
    }


def _wages_in(snapshot: Snapshot) -> list[int]:
    parts = snapshot.whole.get("snapshots", {})
    return [parts[str(number)] for number in OF_WAGES if parts]


def _are_many(snapshot: Snapshot, people: People) -> bool:
    return people.get((snapshot.pk, "loss"), 0) >= PEOPLE


def _are_many_twice(ledger: Snapshot, people: People) -> bool:
    """What newcomers are counted twice with is told where both losses are."""
    both = all(people.get((pk, "loss"), 0) >= PEOPLE for pk in _wages_in(ledger))
    return both and not is_of_few(ledger, people)


def is_of_few(ledger: Snapshot, people: People) -> bool:
    """Whether fewer people than hide each other are counted twice with their wages; of nobody it is nothing."""
    return 0 < people.get((ledger.pk, WAGES_TWICE), 0) < PEOPLE


def is_year(snapshot: Snapshot) -> bool:
    """Whether a snapshot is of the twelve months that end on its as-of day."""
    year_before = add_months(snapshot.as_of, -12)
    return (snapshot.from_on - year_before).days == 1 and snapshot.to_on == snapshot.as_of


def without_money(totals: Totals, report: Report) -> Totals:
    """The same counts, and nothing in the measures whose money is wages."""
    money, kept = of_wages(report), Totals()
    for (measure, key, month), whole in totals.cells.items():
        bare = Sum(n=whole.n, base_n=whole.base_n)
        kept.add(measure, key, month, bare if measure in money else whole)
    return kept


def without_wages(figures: dict[str, Any], report: Report) -> dict[str, Any]:
    """A headline without the money that is made of wages: all of it, or of the ledger what is counted twice."""
    if report.loss in OF_WAGES:
        return without_cents(figures)
    return figures | {f"{measure}_cents": None for measure in of_wages(report)}


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
