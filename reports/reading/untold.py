"""Which of the six losses cannot be told to somebody, and what they need; nor can what two of them count both."""

from collections.abc import Mapping

from django.utils.translation import gettext

from reports.definitions.ledger import LOSSES, snapshots_in
from reports.models import Snapshot
from reports.overview.ledger_view import totals_of_ledgers
from reports.reading.known import Missing, missing_of, needs_of
from reports.reading.shelf import Shelf
from reports.report import Report, Totals


def missing_in(ledger: Snapshot, shelf: Shelf) -> dict[int, Missing]:
    """By number of the loss. Two queries, and one or two for each loss of which this reader has no row."""
    totals = totals_of_ledgers([ledger], shelf.rows(), of_rows=shelf.is_by_facets)
    return missing_among(snapshots_in(ledger), totals[ledger.pk], shelf)


def missing_among(
    parts: Mapping[int, Snapshot], totals: Mapping[int, Totals], shelf: Shelf
) -> dict[int, Missing]:
    """What the losses need that this reader, or the whole company, has nothing of."""
    beside = {LOSSES[n].slug: totals[n] for n in parts}
    found = {
        n: _not_of_these(LOSSES[n], shelf)
        or missing_of(LOSSES[n], totals[n], shelf, beside)
        or needs_of(LOSSES[n], one)
        for n, one in parts.items()
    }
    return {n: missing for n, missing in found.items() if missing is not None}


def _not_of_these(report: Report, shelf: Shelf) -> Missing | None:
    """Of a loss whose rows are of no segment or region there is nothing in any of them: all of it is in "(none)"."""
    told = all(report.dimension(n) for n, value in shelf.narrow.items() if value is not None)
    return None if told else Missing(gettext("not split by this filter"))
