"""Who stays, by the quarter or year of the first purchase: monthly cohorts added up for reading."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

# With more months than this, cohorts are shown by year; else by quarter.
BY_YEAR_FROM = 42
ROWS = 8


@dataclass(frozen=True)
class Stay:
    """A group of monthly cohorts: `shares` one per step since, None where a month is not over."""

    label: str
    customers: int
    shares: tuple[Fraction | None, ...]


@dataclass(frozen=True)
class Stays:
    """The rows, oldest first; `step` months lie between two columns."""

    rows: tuple[Stay, ...]
    step: int


def stays(cohorts: Sequence[dict[str, Any]], view: str) -> Stays:
    """`view`: "bought" (a purchase in that month) or "active" (still active at its end).

    A group's share at a step is its customers of that month over all its customers, told only when
    that month is over for every cohort of the group.
    """
    step = 12 if len(cohorts) > BY_YEAR_FROM else 3
    groups: dict[str, list[dict[str, Any]]] = {}
    for cohort in cohorts:
        groups.setdefault(_group(cohort["cohort"], step), []).append(cohort)
    rows = [_stay(label, members, view, step) for label, members in groups.items()]
    shown = [row for row in rows if row.customers and row.shares]
    return Stays(tuple(shown[-ROWS:]), step)


def _group(month: str, step: int) -> str:
    day = date.fromisoformat(f"{month}-01")
    return f"{day.year}" if step == 12 else f"{day.year} Q{(day.month + 2) // 3}"


def _stay(label: str, members: list[dict[str, Any]], view: str, step: int) -> Stay:
    sizes = [member["customers"] for member in members]
    whole = sum(sizes)
    living = [member for member in members if member["customers"]]
    shares: list[Fraction | None] = []
    since = step
    while living and all(since < len(member[view]) for member in living):
        counts = [member[view][since] for member in living]
        if any(count is None for count in counts):
            break
        shares.append(Fraction(sum(counts), whole))
        since += step
    return Stay(label, whole, tuple(shares))
