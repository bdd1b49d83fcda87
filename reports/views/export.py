"""The list on the screen as a file: the same rows and columns, as-of and filter in the first lines, logged."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, cast

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.utils.translation import gettext as _

from crm.lib.csvio import csv_lines, hash_of, written, xlsx_file
from crm.lib.money import cents_to_amount
from crm.lib.notices import say
from crm.lib.web import SeeOther
from reports.models import Evidence, Snapshot
from reports.reading.filters import Filters
from reports.reading.freshness import freshness_of
from reports.reading.narrowing import as_words
from reports.reading.shelf import Shelf
from reports.screens.chips import chips_of
from reports.screens.lists import columns_of, list_of, ranked_rows, rows_of
from reports.screens.parts import Row, Shown
from reports.screens.screen import Opened
from reports.screens.splits import split_name, split_of
from reports.screens.subjects import dress
from reports.views.pages import open_report, wanted
from team.access import SignedInRequest
from team.models import Company
from team.watching import record_export

# Rows that are read at once. Few people answer for many rows: each is read once a chunk, not once a row.
CHUNK = 2000
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MONEY = ("money", "cents")


def export(request: SignedInRequest, slug: str, format: str) -> HttpResponse:
    """Without figures there is nothing to take along: back to the page that says so."""
    if format not in TYPES:
        raise Http404
    opened = open_report(request, slug)
    if opened is None:
        say(request, _("There are no figures to export yet."))
        return SeeOther(wanted(slug).address)
    split, view = split_name(opened), list_of(opened)[0]
    ranked = ranked_rows(opened, view)
    table = _split_table(opened, split) if split else _table(opened, ranked)
    file = xlsx_file(table) if format == "xlsx" else written(csv_lines(table))
    told = {**opened.filters.told, "list": view.key, **as_words(opened.narrow)}
    told |= {"split": split} if split else {}
    rows = rows_of(opened).count() if ranked is None else len(ranked)
    record_export(slug, rows=rows, filters=told, sha256=hash_of(file), by=request.user)
    name = f"{opened.screen.word}-{split or view.key}-{opened.snapshot.as_of.isoformat()}.{format}"
    answer: Any = FileResponse(file, as_attachment=True, filename=name, content_type=TYPES[format])
    return cast(HttpResponse, answer)


def _head(opened: Opened) -> Iterator[list[Any]]:
    """What the figures are of, then one line for each narrowing."""
    _view, listed_as = list_of(opened)
    snapshot, filters = opened.snapshot, opened.filters
    yield [str(opened.title), str(listed_as.label)]
    yield as_of_line(opened.shelf, snapshot, filters)
    yield [_("Period"), snapshot.from_on, snapshot.to_on]
    yield [_("Team"), filters.team.name if filters.team else _("all in sight")]
    yield from ([label, value] for label, value in filters.in_words(opened.report).values())
    if opened.narrow:
        first = dress(list(rows_of(opened)[:1]), opened.viewer, opened.run)
        yield from ([chip.label] for chip in chips_of(opened, first))


def as_of_line(shelf: Shelf, snapshot: Snapshot, filters: Filters) -> list[Any]:
    """The day that the figures of a file are of; of late ones their age and why. One or two queries."""
    fresh = freshness_of(
        snapshot, Company.get(), filters.choice, is_superseded=shelf.is_superseded(snapshot)
    )
    return [_("As of"), snapshot.as_of, *([fresh.told] if fresh.told else [])]


def _table(opened: Opened, ranked: list[Evidence] | None) -> Iterator[list[Any]]:
    """The columns seen, with the currency beside the money, and what only files have; ranked rows in their order."""
    view, _listed_as = list_of(opened)
    columns = columns_of(opened, view)
    yield from _head(opened)
    yield [text for column in columns for text in _heads(column.kind, column.label)]
    currency = opened.currency
    left = _in_chunks(rows_of(opened)) if ranked is None else iter(ranked)
    while some := list(islice(left, CHUNK)):
        for row in dress(some, opened.viewer, opened.run, is_linked=False):
            yield [
                cell
                for column in columns
                for cell in _cells(column.kind, _value(column, row), currency)
            ]


def _in_chunks(rows: "QuerySet[Evidence]") -> Iterator[Evidence]:
    return rows.select_related(None).prefetch_related("owner", "team").iterator(CHUNK)


def _heads(kind: str, label: Any) -> list[str]:
    """The head of a column says the unit of its plain numbers."""
    if kind in MONEY:
        return [str(label), _("Currency")]
    return [_("%(label)s, minutes") % {"label": label}] if kind == "minutes" else [str(label)]


def _value(column: Shown, row: Row) -> Any:
    return column.in_file(row) if column.in_file else column.value(row)


def _cells(kind: str, value: Any, currency: str) -> list[Any]:
    """Plain values: money in digits with its currency, days as days, shares as numbers."""
    if kind in MONEY:
        return [cents_to_amount(value), currency] if value is not None else ["", currency]
    if value is None:
        return [""]
    if kind in ("day", "due"):
        return [value or ""]
    if kind in ("number", "percent", "minutes"):
        return [value if isinstance(value, int) else float(value)]
    return [str(value)]


def _split_table(opened: Opened, name: str) -> Iterator[list[Any]]:
    """The groups of a split and all of them together, as they stand on the page."""
    split = split_of(opened, name)
    yield from _head(opened)
    columns = split["split_columns"]
    heads = [text for column in columns for text in _heads(column.kind, column.label)]
    yield [str(split["split_label"]), *heads]
    for row in split["split_rows"]:
        yield [row["label"], *_split_cells(opened, row["cells"])]
    yield [_("All of them"), *_split_cells(opened, split["split_total"])]


def _split_cells(opened: Opened, cells: list[dict[str, Any]]) -> list[Any]:
    return [text for cell in cells for text in _cells(cell["kind"], cell["value"], opened.currency)]
