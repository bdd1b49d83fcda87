"""The ledger as a viewer sees it: six losses, what is counted twice, the total on both bases, what can be stopped.

Pure functions over the viewer's sums of the ledger's snapshot and of the six it names:

    totals = totals_of_all(ledger, shelf.rows())     by number of the loss, 0 the ledger's own; one query
    revenue_basis(totals)                            as the owner counts
    margin_basis(totals, rate_in(ledger.whole))      None where there is no rate
    stoppable(totals)                                beside the losses, never part of a total

Every part adds up: the totals of disjoint viewers, and of what nobody answers for, are that of the company.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models import Sum as SumOf
from django.db.models.functions import Coalesce

from reports.models import Evidence, Part, Snapshot, TeamSum
from reports.report import Sum, Totals
from reports.rows.margin_rate import usable
from reports.snapshots.filling import SUMMED

LEDGER = 0
NUMBERS = (1, 2, 3, 4, 5, 6)
# The losses that have a range; the others are counted (R10).
WITH_RANGE = (2, 4)
# The measure that holds what can still be stopped of each loss (ruling 9).
STOPPABLE = {
    1: (1, "at_risk"),
    2: (2, "at_risk"),
    3: (3, "pending"),
    4: (LEDGER, "stoppable_4"),
    5: (5, "in_progress_idle"),
    6: (6, "to_hand_over"),
}
# Of 6 only the customers that are not in 1 already enter the total of what can be stopped.
ONLY_IN_6 = (LEDGER, "stoppable_6")
OVERLAPS = {"1&6": "overlap_1_6", "2&3": "overlap_2_3", "4&5": "overlap_4_5"}
# Wages are the same money on both bases.
MARGIN_OVERLAPS = OVERLAPS | {"1&6": "margin_overlap_1_6", "2&3": "margin_overlap_2_3"}
ON_MARGIN = {1: "margin_1", 2: "margin_2", 6: "margin_6"}

AllTotals = Mapping[int, Totals]


@dataclass(frozen=True)
class Range:
    """Cents with the limits of what is estimated; all three the same where it is counted."""

    cents: int = 0
    low_cents: int = 0
    high_cents: int = 0

    @property
    def is_estimated(self) -> bool:
        return self.low_cents != self.cents or self.high_cents != self.cents

    def __add__(self, other: "Range") -> "Range":
        return Range(
            self.cents + other.cents,
            self.low_cents + other.low_cents,
            self.high_cents + other.high_cents,
        )

    def less(self, cents: int) -> "Range":
        return Range(self.cents - cents, self.low_cents - cents, self.high_cents - cents)


@dataclass(frozen=True)
class Basis:
    """Losses by number, cents of the overlaps by pair ("1&6"), and the total less the overlaps."""

    losses: Mapping[int, Range]
    overlaps: Mapping[str, int]

    @property
    def total(self) -> Range:
        return sum(self.losses.values(), Range()).less(sum(self.overlaps.values()))


@dataclass(frozen=True)
class Stoppable:
    """What can still be stopped by number of the loss: rows and cents; of 4 a number of reps and no money."""

    by_loss: Mapping[int, Sum]
    only_in_6: Sum

    @property
    def cents(self) -> int:
        """1 + 2 + 3 + 5 + the customers of 6 that are not in 1 already."""
        return sum(self.by_loss[n].cents for n in (1, 2, 3, 5)) + self.only_in_6.cents


def revenue_basis(totals: AllTotals) -> Basis:
    """As the owner counts."""
    losses = {n: _range(n, totals[n]["loss"]) for n in NUMBERS}
    return Basis(losses, _overlaps(totals, OVERLAPS))


def margin_basis(totals: AllTotals, rate: Fraction | None) -> Basis | None:
    """Lines of 1, 2 and 6 times the margin rate, costs unchanged; None where there is no such rate."""
    if not usable(rate):
        return None
    losses = {
        n: _range(n, totals[LEDGER][ON_MARGIN[n]] if n in ON_MARGIN else totals[n]["loss"])
        for n in NUMBERS
    }
    return Basis(losses, _overlaps(totals, MARGIN_OVERLAPS))


def stoppable(totals: AllTotals) -> Stoppable:
    """What can still be stopped; it knows of plans, so it is never part of a frozen total."""
    by_loss = {n: totals[where][measure] for n, (where, measure) in STOPPABLE.items()}
    where, measure = ONLY_IN_6
    return Stoppable(by_loss, totals[where][measure])


def _range(number: int, summed: Sum) -> Range:
    if number in WITH_RANGE:
        return Range(summed.cents, summed.low_cents, summed.high_cents)
    return Range(summed.cents, summed.cents, summed.cents)


def _overlaps(totals: AllTotals, measures: Mapping[str, str]) -> dict[str, int]:
    return {pair: totals[LEDGER][measure].cents for pair, measure in measures.items()}


def totals_of_all(ledger: Snapshot, rows: Q | None = None) -> dict[int, Totals]:
    """The sums that the functions above need, of the ledger (0) and its six snapshots; one query.

    `rows` are the parts a viewer sees (`Shelf.rows`); None: all of them.
    """
    return totals_of_ledgers([ledger], rows)[ledger.pk]


def totals_of_ledgers(
    ledgers: list[Snapshot],
    rows: Q | None = None,
    *,
    apart: Q | None = None,
    extra: Iterable[str] = (),
    of_rows: bool = False,
    lost_alone: bool = False,
) -> dict[int, dict[int, Totals]]:
    """`totals_of_all` of several ledgers, by their id: a period, the one before it, a trend; one query.

    `extra` measures are summed along with those of the ledger; `lost_alone` leaves out what can still be stopped.
    With parts `apart` (`Shelf.apart`) the rest of `rows` comes from the sums by team.
    What `rows` narrow by the facets of rows is added up from these (`of_rows`): parts know none.
    """
    places: dict[int, list[tuple[int, int]]] = {}
    for ledger in ledgers:
        places.setdefault(ledger.pk, []).append((ledger.pk, LEDGER))
        for number, pk in ledger.whole["snapshots"].items():
            places.setdefault(pk, []).append((ledger.pk, int(number)))
    totals = {one.pk: {n: Totals() for n in (LEDGER, *NUMBERS)} for one in ledgers}
    measures, ids = [*(_lost() if lost_alone else _needed()), *extra], list(places)
    read = _wholes(ids, measures)
    if rows:
        read = _rows(ids, measures, rows) if of_rows else _parts(ids, measures, rows, apart)
    for pk, measure, sums in read:
        for ledger_id, number in places[pk]:
            totals[ledger_id][number].add(measure, "", "", sums)
    return totals


Read = Iterator[tuple[int, str, Sum]]


def _parts(ids: list[int], measures: list[str], rows: Q, apart: Q | None) -> Read:
    """The viewer's sums of snapshots by measure."""
    tables: list[QuerySet[Any]] = [Part.objects.filter(rows)]
    if apart is not None:
        tables = [TeamSum.objects.filter(rows), Part.objects.filter(apart)]
    each = [
        table.filter(snapshot__in=sorted(ids), measure__in=measures)
        .order_by()
        .values_list("snapshot_id", "measure")
        .annotate(*(SumOf(name) for name in SUMMED))
        for table in tables
    ]
    for pk, measure, *sums in each[0].union(*each[1:], all=True):
        yield pk, measure, Sum(*sums)


def _rows(ids: list[int], measures: list[str], rows: Q) -> Read:
    """The same of rows that are narrowed by their facets, as `Shelf.totals` adds them up."""
    found = Evidence.objects.filter(rows, snapshot__in=sorted(ids), measure__in=measures)
    counted = Q(in_base=True)
    summed = (
        found.order_by()
        .values_list("snapshot_id", "measure")
        .annotate(
            n_rows=Count("pk"),
            sum_cents=SumOf("cents"),
            sum_low=SumOf("low_cents"),
            sum_high=SumOf("high_cents"),
            n_base=Count("pk", filter=counted),
            sum_base=Coalesce(SumOf("base_cents", filter=counted), 0),
        )
    )
    for pk, measure, *sums in summed:
        yield pk, measure, Sum(*sums)


def _wholes(ids: list[int], measures: list[str]) -> Read:
    """The same of the whole company, as it was added up once: 190 snapshots have a hundred thousand parts."""
    for pk, sums in Snapshot.objects.filter(pk__in=ids).order_by().values_list("pk", "sums"):
        for measure in measures:
            if measure in sums:
                yield pk, measure, Sum(*sums[measure])


def _lost() -> list[str]:
    return sorted({"loss", *OVERLAPS.values(), *MARGIN_OVERLAPS.values(), *ON_MARGIN.values()})


def _needed() -> list[str]:
    return sorted({*_lost()} | {measure for _n, measure in (*STOPPABLE.values(), ONLY_IN_6)})
