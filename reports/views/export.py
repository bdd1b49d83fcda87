"""The list on the screen as a file: the same rows, as-of and filter in the first lines, logged."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, cast

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.lib.csvio import csv_lines, hash_of, written, xlsx_file
from crm.lib.money import cents_to_amount
from crm.lib.notices import say
from crm.lib.web import SeeOther
from reports.definitions.churn import CHURN
from reports.evidence_rows import Row, dress
from reports.filters import Filters, filters_of
from reports.models import Evidence, Snapshot
from reports.reading import listed
from reports.shelf import Shelf
from reports.views.churn import LOST_HEADS, list_key, narrowing
from team.access import ADMIN, DIRECTOR, MANAGER, SignedInRequest, access
from team.models import Company
from team.watching import record_export

CHUNK = 500
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_safe
@access(MANAGER, ADMIN, DIRECTOR)
def churn_export(request: SignedInRequest, format: str) -> HttpResponse:
    """Without figures there is nothing to take along: back to the page that says so."""
    if format not in TYPES:
        raise Http404
    filters = filters_of(request, request.user)
    shelf = Shelf(request.user, [CHURN], filters.team_ids)
    snapshot = shelf.newest(CHURN, filters.choice.key)
    if snapshot is None:
        say(request, _("There are no figures to export yet."))
        return SeeOther(reverse("churn"))
    key = list_key(request)
    rows = listed(snapshot, request.user, key, narrowing(request)).filter(shelf.rows())
    table = _table(request, snapshot, filters, key, rows)
    file = xlsx_file(table) if format == "xlsx" else written(csv_lines(table))
    told = {**filters.told, "list": key, **narrowing(request)}
    record_export("churn", rows=rows.count(), filters=told, sha256=hash_of(file), by=request.user)
    name = f"customers-leaving-{key}-{snapshot.as_of.isoformat()}.{format}"
    answer: Any = FileResponse(file, as_attachment=True, filename=name, content_type=TYPES[format])
    return cast(HttpResponse, answer)


def _table(
    request: SignedInRequest,
    snapshot: Snapshot,
    filters: Filters,
    key: str,
    rows: "QuerySet[Evidence]",
) -> Iterator[list[Any]]:
    listed_as = CHURN.listed(key)
    yield [_("Customers leaving"), str(listed_as.label) if listed_as else key]
    yield [_("As of"), snapshot.as_of.isoformat()]
    yield [_("Period"), snapshot.from_on.isoformat(), snapshot.to_on.isoformat()]
    yield [_("Team"), filters.team.name if filters.team else _("all in sight")]
    yield [
        _("Customer"),
        _("Reference"),
        _("Owner then"),
        _("A year"),
        _("Currency"),
        _("Last order"),
        _("Purchases"),
        _("Usual gap, days"),
        str(LOST_HEADS.get(key, "")),
        _("Told by"),
    ]
    currency = Company.get().base_currency
    left = rows.iterator(CHUNK)
    while some := list(islice(left, CHUNK)):
        for row in dress(some, request.user, snapshot):
            evidence = row.evidence
            yield [
                row.name,
                evidence.line_key,
                evidence.owner.name if evidence.owner else "",
                cents_to_amount(evidence.cents),
                currency,
                row.last_purchase.isoformat() if row.last_purchase else "",
                evidence.facets.get("purchases", ""),
                row.typical if row.typical is not None else "",
                _lost_on(row, key),
                row.basis,
            ]


def _lost_on(row: Row, key: str) -> str:
    """The day that the list's head names: when a row counted, or will count, as lost."""
    if key not in LOST_HEADS:
        return ""
    day = row.lost_from if key == "at_risk" else row.evidence.occurred_on
    return day.isoformat() if day else ""
