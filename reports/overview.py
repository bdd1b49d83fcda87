"""The losses page: the ledger's first row as figures, what the others will need, the months, what went wrong."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.lib.periods import add_months, month_start
from reports.calendar import TREND_MONTHS
from reports.definitions.churn import CHURN
from reports.models import Snapshot
from reports.report import Totals
from reports.shelf import Shelf
from reports.snapshots import run_of

# Shares of fewer cases than this are not coloured and say so (R10).
FEW = 30


@dataclass(frozen=True)
class Need:
    """A loss that is not computed yet: its name and the records it will be made of."""

    label: Any
    needs: Any


NEEDS = (
    Need(_("Leads not won"), _("will need 30 leads with their answers, and what they bought")),
    Need(_("Departed reps"), _("will need leave dates and owners over time")),
    Need(_("Paid hours without business"), _("will need wages and logged work")),
    Need(_("Marketing waste"), _("will need campaigns with their costs and leads")),
    Need(_("New reps without results"), _("will need hire dates, wages and credited orders")),
)


@dataclass(frozen=True)
class MonthLoss:
    """Cents lost in a calendar month as frozen at its end; None = never computed. The last one may run."""

    start: date
    cents: int | None
    running: bool = False


@dataclass(frozen=True)
class Figures:
    """The loss of a period for one viewer, with the period before at equal maturity."""

    snapshot: Snapshot
    headline: dict[str, Any]
    before: dict[str, Any] | None
    months: list[MonthLoss]
    year_before: list[MonthLoss]
    totals: Totals

    @property
    def opening_is_small(self) -> bool:
        """Shares of fewer than 30 are shown with a caution (R10)."""
        return bool(self.headline["opening_customers"] < FEW)


def figures_of(shelf: Shelf, snapshot: Snapshot) -> Figures:
    """Everything the page tells of a snapshot, out of one query for the sums of all it compares with."""
    before = shelf.before(snapshot)
    running = shelf.newest(CHURN, "month")
    starts = _month_starts(snapshot.as_of)
    frozen = {start: shelf.month(CHURN, start) for start in [*starts, *_a_year_before(starts)]}
    totals = shelf.totals([snapshot, before], [running, *frozen.values()], "loss")
    return Figures(
        snapshot=snapshot,
        headline=_headline(snapshot, totals[snapshot.pk]),
        before=None if before is None else _headline(before, totals[before.pk]),
        months=[*(_month(s, frozen[s], totals) for s in starts), *_running(running, totals)],
        year_before=[_month(s, frozen[s], totals) for s in _a_year_before(starts)],
        totals=totals[snapshot.pk],
    )


def _headline(snapshot: Snapshot, totals: Totals) -> dict[str, Any]:
    return CHURN.headline(totals, run_of(snapshot), snapshot.whole)


def _month_starts(as_of: date) -> list[date]:
    """The whole months of the trend, the earliest first; the running month stands beside them."""
    last = month_start(as_of)
    return [add_months(last, -i) for i in range(TREND_MONTHS - 1, 0, -1)]


def _a_year_before(starts: list[date]) -> list[date]:
    return [add_months(start, -12) for start in starts]


def _month(start: date, snapshot: Snapshot | None, totals: dict[int, Totals]) -> MonthLoss:
    return MonthLoss(start, None if snapshot is None else totals[snapshot.pk]["loss"].cents)


def _running(snapshot: Snapshot | None, totals: dict[int, Totals]) -> list[MonthLoss]:
    if snapshot is None:
        return []
    return [MonthLoss(snapshot.from_on, totals[snapshot.pk]["loss"].cents, running=True)]
