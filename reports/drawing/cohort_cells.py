"""A cell of the map of who stays, as an address says it, and the customers it counts.

2024Q1-6: of those who joined in the first quarter of 2024, six months after the month each joined in; 2024-12
is of a whole year, 12 of everybody who joined so long ago that the month is over.
"""

import re
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Q
from django.db.models import Sum as SumOf
from django.utils.translation import gettext as _

from crm.lib.periods import add_months, month_end
from reports.models import Evidence, Snapshot

SHAPE = re.compile(r"(?:(\d{4})(?:Q([1-4]))?-)?(\d{1,3})", re.ASCII)

NOBODY = Q(pk__in=[])


@dataclass(frozen=True)
class Cell:
    """Customers who joined in a year (0 = ever), or in a quarter of it (0 = all of it), so many months later."""

    year: int
    quarter: int
    since: int

    def months(self, snapshot: Snapshot) -> list[tuple[date, date]]:
        """Each month of joining with the month that is looked at, by their first days."""
        return [(joined, add_months(joined, self.since)) for joined in self._joined(snapshot)]

    def _joined(self, snapshot: Snapshot) -> list[date]:
        if not self.year:
            told = [
                each for each in snapshot.headline["cohorts"] if len(each["active"]) > self.since
            ]
            return [
                date.fromisoformat(f"{each['cohort']}-01")
                for each in told
                if each["active"][self.since] is not None
            ]
        first, count = (3 * self.quarter - 2, 3) if self.quarter else (1, 12)
        return [date(self.year, first + n, 1) for n in range(count)]

    def __str__(self) -> str:
        if not self.year:
            return f"{self.since}"
        return f"{self.year}{f'Q{self.quarter}' if self.quarter else ''}-{self.since}"


def cell_of(text: str) -> Cell | None:
    """None for what is no cell."""
    found = SHAPE.fullmatch(text)
    if found is None:
        return None
    year, quarter, since = (int(part or 0) for part in found.groups())
    fits = found[1] is None or 1900 < year < 9000
    return Cell(year, quarter, since) if fits else None


def told(cell: Cell) -> str:
    """In words, for what narrows a list."""
    if not cell.year:
        return _("joined at least %(n)s months ago") % {"n": cell.since}
    joined = f"{cell.year} Q{cell.quarter}" if cell.quarter else f"{cell.year}"
    return _("joined in %(when)s, %(n)s months later") % {"when": joined, "n": cell.since}


def joined(snapshot: Snapshot, cell: Cell) -> Q:
    """Rows of all customers of the cell, whatever became of them."""
    return Q(line_key__in=[f"{joined:%Y-%m}" for joined, _then in cell.months(snapshot)])


def bought(snapshot: Snapshot, cell: Cell) -> Q:
    """Rows of purchases: one a customer of the cell who bought in the month that is looked at."""
    months = (
        Q(line_key=f"{joined:%Y-%m}", occurred_on__range=(then, month_end(then)))
        for joined, then in cell.months(snapshot)
    )
    return reduce(or_, months, NOBODY)


def active(snapshot: Snapshot, cell: Cell) -> Q:
    """Rows of the customers who are active at the end of the month: whose changes up to then come to one."""
    changes = (
        Q(line_key=f"{joined:%Y-%m}", occurred_on__lte=month_end(then))
        for joined, then in cell.months(snapshot)
    )
    found = Evidence.objects.filter(
        reduce(or_, changes, NOBODY), snapshot=snapshot, measure="active"
    )
    summed = found.order_by().values("subject_id").annotate(state=SumOf("cents"))
    return Q(subject_id__in=summed.filter(state__gt=0).values("subject_id"))
