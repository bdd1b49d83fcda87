"""The losses page as a file: a row a loss, what is counted twice, the total; as the page tells it, logged."""

from collections.abc import Iterator
from typing import Any, cast

from django.http import FileResponse, Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.lib.csvio import csv_lines, hash_of, written, xlsx_file
from crm.lib.money import cents_to_amount
from crm.lib.notices import say
from crm.lib.web import SeeOther
from reports.definitions.ledger import LEDGER
from reports.overview.overview import Overview
from reports.overview.overview_rows import LossRow, rows_of
from reports.reading.filters import Filters, as_query, filters_of
from reports.reading.shelf import Shelf
from reports.views.export import TYPES, as_of_line
from reports.views.losses import TWICE, asked_overview, twice_of
from team.access import ADMIN, DIRECTOR, MANAGER, SignedInRequest, access
from team.models import Company
from team.watching import record_export


@require_safe
@access(MANAGER, ADMIN, DIRECTOR)
def losses_export(request: SignedInRequest, format: str) -> HttpResponse:
    """Without figures there is nothing to take along: back to the page that says so."""
    if format not in TYPES:
        raise Http404
    filters = filters_of(request, request.user, LEDGER)
    shelf, overview = asked_overview(request, filters)
    if overview is None:
        say(request, _("There are no figures to export yet."))
        return SeeOther(reverse("losses"))
    rows = rows_of(overview, as_query(filters))
    table = [*_head(shelf, overview, filters), *_lines(overview, rows)]
    file = xlsx_file(table) if format == "xlsx" else written(csv_lines(table))
    told = {**filters.told, "basis": overview.basis_name}
    record_export("losses", rows=len(rows), filters=told, sha256=hash_of(file), by=request.user)
    name = f"losses-{overview.snapshot.as_of.isoformat()}.{format}"
    answer: Any = FileResponse(file, as_attachment=True, filename=name, content_type=TYPES[format])
    return cast(HttpResponse, answer)


def _head(shelf: Shelf, overview: Overview, filters: Filters) -> Iterator[list[Any]]:
    snapshot = overview.snapshot
    basis = _("revenue") if overview.basis_name == "revenue" else _("margin")
    yield [_("Losses")]
    yield as_of_line(shelf, snapshot, filters)
    yield [_("Period"), snapshot.from_on, snapshot.to_on]
    yield [_("Team"), filters.team.name if filters.team else _("all in sight")]
    yield from ([label, value] for label, value in filters.in_words(LEDGER).values())
    yield [_("Basis"), basis]


def _lines(overview: Overview, rows: list[LossRow]) -> Iterator[list[Any]]:
    """Amounts in digits, all in the currency that the last column names; what is not told stays empty."""
    amounts = [_("Lost"), _("At least"), _("At most"), _("Period before"), _("Target")]
    yield [_("Loss"), _("Kind of money"), *amounts, _("Can still be stopped"), _("Currency")]
    for row in rows:
        money = row.money
        ends = (money.cents, money.low_cents, money.high_cents) if money else (None, None, None)
        cents = (*ends, row.before, row.target, row.stop.cents)
        yield _line(str(row.title), str(row.kind), *cents)
    for pair in twice_of(overview):
        cents_twice = -overview.basis.overlaps[pair]
        yield _line(f"{_('Counted twice')}: {TWICE[pair]}", "", cents_twice)
    yield _line(_("Total"), "", *_total(overview))


def _total(overview: Overview) -> tuple[int | None, ...]:
    """The cells of the total; of nothing that is known none but the target."""
    if not overview.is_known:
        return (None, None, None, None, overview.total_target, None)
    total, before = overview.basis.total, overview.before
    ends = (total.cents, total.low_cents, total.high_cents)
    earlier = before.total.cents if before else None
    return (*ends, earlier, overview.total_target, overview.stoppable.cents)


def _line(name: str, kind: str, *cents: int | None) -> list[Any]:
    told = [*cents, *[None] * (6 - len(cents))]
    amounts = ["" if one is None else cents_to_amount(one) for one in told]
    return [name, kind, *amounts, Company.get().base_currency]
