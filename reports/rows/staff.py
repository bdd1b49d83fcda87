"""Who was employed, in which team and at which wage, as known at a day (loss-reports R2; ruling 20).

A rep is anybody with a day of hire. Days are integers (days since 1970-01-01); amounts are a month's, in the
company's currency, exact.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model, Q

from crm.lib.periods import day_number
from team.models import Employment, Membership, Wage

# Later than any day: still employed, still in the team.
OPEN = 9_999_999
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Employed:
    """One employment. `last` is the last day as known then (`OPEN`: none), `planned` also where it lay ahead."""

    rep_id: int
    reference: str
    hired_on: date
    last: int
    planned: int

    @property
    def first(self) -> int:
        return day_number(self.hired_on)


@dataclass(frozen=True)
class Pay:
    """Wage and expenses of a month, in force from day `first` on."""

    first: int
    wage: Decimal
    expenses: Decimal


@dataclass(frozen=True)
class Segment:
    """Days first..last of a rep on which team, wage and being employed stay the same."""

    rep_id: int
    first: int
    last: int
    is_employed: bool
    team_id: int | None
    pay: Pay


class Staff:
    """All that segments are cut from, read in three queries."""

    def __init__(self, as_of: date, rep_ids: Iterable[int] | None = None) -> None:
        ids = None if rep_ids is None else sorted(rep_ids)
        only = _only(ids)
        self.employments: dict[int, list[Employed]] = defaultdict(list)
        for each in employments_known(as_of, ids):
            self.employments[each.rep_id].append(each)
        self._teams: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
        rows = _known(Membership, "from_on", as_of, only).order_by("from_on", "pk")
        for rep, team, first, to_on in rows.values_list("user", "team", "from_on", "to_on"):
            gone = OPEN if to_on is None or to_on > as_of else day_number(to_on)
            self._teams[rep].append((day_number(first), gone, team))
        self._pay: dict[int, list[Pay]] = defaultdict(list)
        pay = _known(Wage, "from_on", as_of, only).order_by("from_on", "pk")
        for rep, first, *amounts in pay.values_list(
            "user", "from_on", "monthly_wage", "monthly_expenses"
        ):
            self._pay[rep].append(Pay(day_number(first), *amounts))

    def is_employed(self, rep_id: int, day: int) -> bool:
        return any(each.first <= day <= each.last for each in self.employments.get(rep_id, []))

    def team_at(self, rep_id: int, day: int) -> int | None:
        """The team on a day: of several, the one joined last."""
        for first, gone, team in reversed(self._teams.get(rep_id, [])):
            if first <= day < gone:
                return team
        return None

    def pay_at(self, rep_id: int, day: int) -> Pay:
        """What is in force on a day: of several rows of one day, the last written."""
        rows = self._pay.get(rep_id, [])
        place = bisect_right(rows, day, key=lambda pay: pay.first)
        return rows[place - 1] if place else Pay(0, NOTHING, NOTHING)

    def segments(
        self, first: int, last: int, cuts: Mapping[int, Iterable[int]] | None = None
    ) -> list[Segment]:
        """The days first..last of every rep in segments, whole; `cuts` are further days to begin one."""
        found: list[Segment] = []
        for rep_id in sorted(self.employments):
            more = (cuts or {}).get(rep_id, ())
            starts = sorted({first, *self._changes(rep_id, first, last, more)})
            ends = [start - 1 for start in starts[1:]] + [last]
            found += [self._segment(rep_id, *span) for span in zip(starts, ends, strict=True)]
        return found

    def _changes(self, rep_id: int, first: int, last: int, more: Iterable[int]) -> set[int]:
        """Days after `first` on which something may become another."""
        days = {pay.first for pay in self._pay.get(rep_id, [])} | set(more)
        for begun, gone, _team in self._teams.get(rep_id, []):
            days |= {begun, gone}
        for each in self.employments[rep_id]:
            days |= {each.first, each.last + 1}
        return {day for day in days if first < day <= last}

    def _segment(self, rep_id: int, first: int, last: int) -> Segment:
        team, pay = self.team_at(rep_id, first), self.pay_at(rep_id, first)
        return Segment(rep_id, first, last, self.is_employed(rep_id, first), team, pay)


def employments_known(as_of: date, rep_ids: Iterable[int] | None = None) -> list[Employed]:
    """The employments with a day of hire, of these people or all, by person and day."""
    rows = _known(Employment, "hired_on", as_of, _only(rep_ids))
    rows = rows.order_by("user", "hired_on", "pk")
    return [
        Employed(
            rep_id,
            reference,
            hired,
            OPEN if left is None or left > as_of else day_number(left),
            OPEN if left is None else day_number(left),
        )
        for rep_id, reference, hired, left in rows.values_list(
            "user", "user__reference", "hired_on", "left_on"
        )
    ]


def _only(rep_ids: Iterable[int] | None) -> Q:
    return Q() if rep_ids is None else Q(user__in=list(rep_ids))


def _known(model: type[Model], event: str, as_of: date, only: Q) -> Any:
    alive = Q(deleted_on__isnull=True) | Q(deleted_on__gt=as_of)
    return model._default_manager.filter(
        only, alive, **{f"{event}__lte": as_of, "recorded_on__lte": as_of}
    )
