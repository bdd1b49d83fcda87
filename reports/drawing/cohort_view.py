"""Who stays, by the quarter or year of the first purchase: monthly cohorts added up for reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from reports.drawing.cohort_cells import Cell
from reports.statistics.intervals import FEW

# With more months than this, columns are years apart; else quarters.
BY_YEAR_FROM = 42
ROWS = 8


@dataclass(frozen=True)
class Stay:
    """A group of monthly cohorts: `counts` one per step since, the latest last."""

    label: str
    customers: int
    counts: tuple[int, ...]

    @property
    def shares(self) -> tuple[Fraction, ...]:
        return tuple(Fraction(count, self.customers) for count in self.counts)

    def cell(self, index: int, step: int) -> Cell:
        """What the address of a cell says: a label is a year, or one with its quarter."""
        year, _space, quarter = self.label.partition(" Q")
        return Cell(int(year), int(quarter or 0), (index + 1) * step)

    @property
    def is_few(self) -> bool:
        return self.customers < FEW


@dataclass(frozen=True)
class Stays:
    """The rows, oldest first, one a year or a quarter; `step` months lie between two columns."""

    rows: tuple[Stay, ...]
    step: int
    by_year: bool

    @property
    def lowest(self) -> Fraction:
        """The end of the scale: the lowest share of a row with enough customers."""
        shares = [share for row in self.rows if not row.is_few for share in row.shares]
        return min(shares, default=Fraction(1))

    @property
    def ends(self) -> tuple[Stay, Stay, int] | None:
        """The oldest and the newest row with enough customers, and the column to compare: a year after."""
        column = 12 // self.step - 1
        told = [row for row in self.rows if not row.is_few and len(row.shares) > column]
        return (told[0], told[-1], column) if len(told) > 1 else None


def stays(cohorts: Sequence[dict[str, Any]], view: str) -> Stays:
    """`view`: "bought" (a purchase in that month) or "active" (still active at its end).

    A group's share at a step is its customers of that month over all its customers, told only when
    that month is over for every cohort of the group. Quarters are shown while all have enough customers.
    """
    step = 12 if len(cohorts) > BY_YEAR_FROM else 3
    groups = _grouped(cohorts, by_year=False)
    sizes = [sum(cohort["customers"] for cohort in members) for members in groups.values()]
    by_year = step == 12 or len(groups) > ROWS or any(0 < size < FEW for size in sizes)
    if by_year:
        groups = _grouped(cohorts, by_year=True)
    rows = [_stay(label, members, view, step) for label, members in groups.items()]
    shown = [row for row in rows if row.customers and row.counts]
    return Stays(tuple(shown[-ROWS:]), step, by_year)


def _grouped(
    cohorts: Sequence[dict[str, Any]], *, by_year: bool
) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for cohort in cohorts:
        day = date.fromisoformat(f"{cohort['cohort']}-01")
        label = f"{day.year}" if by_year else f"{day.year} Q{(day.month + 2) // 3}"
        groups.setdefault(label, []).append(cohort)
    return groups


def _stay(label: str, members: list[dict[str, Any]], view: str, step: int) -> Stay:
    whole = sum(member["customers"] for member in members)
    living = [member for member in members if member["customers"]]
    told: list[int] = []
    since = step
    while living and all(since < len(member[view]) for member in living):
        counts = [member[view][since] for member in living]
        if any(count is None for count in counts):
            break
        told.append(sum(counts))
        since += step
    return Stay(label, whole, tuple(told))
