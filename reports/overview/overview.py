"""The losses overview of one viewer: the ledger of a period, the one before it, the months, what can be stopped.

Everything is added up from the parts in the viewer's sight, in one query for all that is compared. Money made
of wages is told as on its own pages (`reports.reading.hiding`): what is not told is in no sum here either.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Literal

from django.db.models import QuerySet

from crm.lib.periods import Period, add_months
from reports.calendar import trend_starts
from reports.definitions.ledger import LEDGER, LOSSES, snapshots_in_each
from reports.models import Evidence, Snapshot
from reports.overview.ledger_view import (
    NUMBERS,
    STOPPABLE,
    AllTotals,
    Basis,
    Range,
    Stoppable,
    margin_basis,
    revenue_basis,
    stoppable,
    totals_of_ledgers,
)
from reports.reading.evidence import rows
from reports.reading.hiding import (
    People,
    Told,
    hides_rows,
    is_of_few,
    people_of,
    told_of,
    without_money,
)
from reports.reading.known import Missing, was_known
from reports.reading.shelf import Shelf
from reports.reading.standing import counted, still_open, taken_over
from reports.reading.untold import missing_among
from reports.report import Sum, Totals
from reports.rows.margin_rate import rate_in, usable
from reports.rules.targets import Cell, target_of, targets_in
from reports.snapshots.taking import run_of
from team.access import scope_of

BasisName = Literal["revenue", "margin"]
# Sums that the words of a row need, beside those of the ledger.
WORDS = (
    "opening",
    "active",
    "inactive",
    "selling",
    "working_days",
    "logged_days",
    "leaver",
    "worked",
)
NOTHING = Sum()


@dataclass(frozen=True)
class Month:
    """Cents of a calendar month: all losses less what is counted twice, and each loss that can be judged.

    As frozen when the ledger of the month was ripe; a younger one (`is_young`) as it stood at its end.
    """

    start: date
    total: int | None
    losses: Mapping[int, int]
    running: bool = False
    is_young: bool = False

    @property
    def is_open(self) -> bool:
        """More is to come of it."""
        return self.running or self.is_young


@dataclass(frozen=True)
class Overview:
    """What the page tells. `hidden` are the losses whose money this viewer may not read, `guarded` those of which
    they read one sum at most: nothing by month, nothing of what can still be stopped. `missing` says of the losses
    that cannot be told, by number, what they need; `known_before` are those that the period before knew. `standing`
    tells by number how many rows of what can still be stopped stand so today: leads that are open (2 and 3),
    customers that somebody has taken over (6).
    """

    snapshot: Snapshot
    parts: Mapping[int, Snapshot]
    totals: AllTotals
    basis_name: BasisName
    basis: Basis
    before: Basis | None
    stoppable: Stoppable
    months: Sequence[Month]
    year_before: Sequence[Month]
    targets: Mapping[Cell, int]
    hidden: frozenset[int]
    guarded: frozenset[int]
    missing: Mapping[int, Missing]
    known_before: frozenset[int]
    sees_all: bool
    is_own: bool
    rate: Fraction | None
    standing: Mapping[int, int] = field(default_factory=dict)

    @cached_property
    def period(self) -> Period:
        return run_of(self.snapshot).period

    @property
    def left_out(self) -> str:
        """The names of the losses that the total is without, as this viewer may not read their money."""
        return ", ".join(str(LOSSES[number].title) for number in sorted(self.hidden))

    @property
    def is_known(self) -> bool:
        """Whether any of the losses is told: a sum over none of them is no 0."""
        return self._tells_but(self.hidden)

    @property
    def is_known_by_month(self) -> bool:
        return self._tells_but(self.guarded)

    def _tells_but(self, untold: frozenset[int]) -> bool:
        return any(n not in self.missing and n not in untold for n in NUMBERS)

    @property
    def has_margin(self) -> bool:
        return usable(self.rate)

    def loss(self, number: int) -> Range | None:
        return None if number in self.hidden else self.basis.losses[number]

    def loss_before(self, number: int) -> int | None:
        if self.before is None or number in self.hidden or number not in self.known_before:
            return None
        return self.before.losses[number].cents

    def trend(self, number: int) -> tuple[list[int | None], list[int | None]]:
        """The months of a loss, and those a year earlier; empty where its money is not told by month."""
        if number in self.guarded:
            return [], []
        sides = (self.months, self.year_before)
        both = ([month.losses.get(number) for month in side if not month.running] for side in sides)
        now, earlier = both
        return now, earlier

    def target(self, number: int) -> int | None:
        """The target of the period, for who sees the whole company: it is the company's."""
        return self._target(LOSSES[number].slug) if self.sees_all else None

    @property
    def total_target(self) -> int | None:
        return self._target(LEDGER.slug) if self.sees_all else None

    def _target(self, slug: str) -> int | None:
        if self.basis_name != "revenue":
            return None
        run = run_of(self.snapshot)
        return target_of(slug, Period(run.period.start, run.end), self.targets)


def overview_of(shelf: Shelf, snapshot: Snapshot, basis_name: BasisName) -> Overview:
    """Two queries, the snapshots of the losses and the sums; one more for who sees the targets, for who is told no
    wages, and for what can still be stopped that is told as it stands today.
    """
    before, running = shelf.before(snapshot), shelf.newest(LEDGER, "month")
    starts = trend_starts(run_of(snapshot).end)
    frozen = {
        start: shelf.month(LEDGER, start) or shelf.young_month(LEDGER, start)
        for start in [*starts, *map(_a_year_earlier, starts)]
    }
    sums = _sums(shelf, (snapshot, before, running), frozen.values())
    compared = [snapshot] if before is None else [snapshot, before]
    parts_of = snapshots_in_each(compared)
    parts = parts_of[snapshot.pk]
    guarded = frozenset(n for n in NUMBERS if hides_rows(LOSSES[n], shelf.viewer))
    people = people_of(shelf, compared) if guarded else {}
    hidden_in = {one.pk: _hidden(shelf, one, parts_of[one.pk], people) for one in compared}
    hidden = hidden_in[snapshot.pk]
    rate = rate_in(snapshot.whole)
    name: BasisName = basis_name if usable(rate) else "revenue"

    def month(start: date, one: Snapshot | None, *, is_running: bool = False) -> Month:
        if one is None or not was_known(one):
            return Month(start, None, {}, is_running)
        basis, run = _basis(sums[one.pk], guarded, name, rate_in(one.whole)), run_of(one)
        told = [n for n in NUMBERS if was_known(one, n)]
        ripe = [n for n in told if is_running or LOSSES[n].is_ripe(run)]
        losses = {n: basis.losses[n].cents for n in ripe} if basis else {}
        total, is_young = basis.total.cents if basis else None, not LEDGER.is_ripe(run)
        return Month(start, total, losses, is_running, is_young)

    now = _basis(sums[snapshot.pk], hidden, name, rate)
    assert now is not None
    months = [month(start, frozen[start]) for start in starts]
    if running is not None and running.from_on > starts[-1]:
        months.append(month(running.from_on, running, is_running=True))
    return Overview(
        snapshot=snapshot,
        parts=parts,
        totals=sums[snapshot.pk],
        basis_name=name,
        basis=now,
        before=_before(before, sums, hidden_in, hidden, name),
        stoppable=stoppable(_without_money(sums[snapshot.pk], guarded)),
        months=months,
        year_before=[month(start, frozen[start]) for start in map(_a_year_earlier, starts)],
        targets=_targets(snapshot) if shelf.sees_all else {},
        hidden=hidden,
        guarded=guarded,
        missing=missing_among(parts, sums[snapshot.pk], shelf),
        known_before=frozenset(n for n in NUMBERS if before and was_known(before, n)),
        sees_all=shelf.sees_all,
        is_own=scope_of(shelf.viewer).is_one_person,
        rate=rate,
        standing=_standing(shelf, parts, sums[snapshot.pk]),
    )


def _standing(shelf: Shelf, parts: Mapping[int, Snapshot], totals: AllTotals) -> Mapping[int, int]:
    """One query, if there is anything to be told."""
    told = [n for n in (2, 3, 6) if totals[n][STOPPABLE[n][1]].n]

    def standing(number: int) -> "QuerySet[Evidence]":
        shown = rows(parts[number], shelf.viewer, [STOPPABLE[number][1]]).filter(shelf.rows())
        return taken_over(shown) if number == 6 else still_open(shown, shelf.viewer)

    found = counted(standing(number) for number in told)
    return {number: found.get(parts[number].pk, 0) for number in told}


def _sums(
    shelf: Shelf, now: Iterable[Snapshot | None], trend: Iterable[Snapshot | None]
) -> dict[int, dict[int, Totals]]:
    """The sums of all that is compared: one query; two where they are added up from rows, of the trend but losses."""
    compared, months = ([one for one in side if one is not None] for side in (now, trend))
    if not shelf.is_by_facets:
        both = [*compared, *months]
        return totals_of_ledgers(both, shelf.rows(), apart=shelf.apart(), extra=WORDS)
    lost = totals_of_ledgers(months, shelf.rows(), of_rows=True, lost_alone=True)
    return lost | totals_of_ledgers(compared, shelf.rows(), extra=WORDS, of_rows=True)


def _before(
    before: Snapshot | None,
    sums: Mapping[int, AllTotals],
    hidden_in: Mapping[int, frozenset[int]],
    hidden: frozenset[int],
    name: BasisName,
) -> Basis | None:
    """The period before, if as much of it is told: with other losses left out it is no comparison."""
    if before is None or not was_known(before) or not hidden_in[before.pk] <= hidden:
        return None
    return _basis(sums[before.pk], hidden, name, rate_in(before.whole))


def _basis(
    totals: AllTotals, hidden: frozenset[int], name: BasisName, rate: Fraction | None
) -> Basis | None:
    told = _told(totals, hidden)
    return margin_basis(told, rate) if name == "margin" else revenue_basis(told)


def _told(totals: AllTotals, hidden: frozenset[int]) -> AllTotals:
    """The sums without money that is not told; what wages are counted twice in goes with them."""
    if not hidden:
        return totals
    told = {n: Totals() if n in hidden else one for n, one in totals.items()}
    own = Totals()
    own.cells = {key: one for key, one in totals[0].cells.items() if key[0] != "overlap_4_5"}
    return told | {0: own}


def _without_money(totals: AllTotals, guarded: frozenset[int]) -> AllTotals:
    """The same counts; single people are behind what can still be stopped of wages."""
    return {n: without_money(one, LOSSES[n]) if n in guarded else one for n, one in totals.items()}


def _targets(snapshot: Snapshot) -> Mapping[Cell, int]:
    slugs = [LEDGER.slug, *(one.slug for one in LOSSES.values())]
    return targets_in(slugs, run_of(snapshot).period)


def _hidden(
    shelf: Shelf, ledger: Snapshot, parts: Mapping[int, Snapshot], people: People
) -> frozenset[int]:
    """The losses of wages of which this viewer is told no sum."""
    hidden = frozenset(
        n for n, one in parts.items() if told_of(LOSSES[n], shelf, one, people) == Told.NOTHING
    )
    if hidden or not hides_rows(LOSSES[4], shelf.viewer):
        return hidden
    # what is counted twice stands in a row of its own
    return frozenset({5}) if is_of_few(ledger, people) else hidden


def _a_year_earlier(start: date) -> date:
    return add_months(start, -12)
