"""Drawers of a report's page: how it is computed, what makes up a row, what was restated.

Opened from the page a drawer is asked for alone; loaded by its address it stands over the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from crm.lib import formatting
from crm.lib.web import SeeOther, respond
from reports.models import Evidence
from reports.models.snapshot import MONEY
from reports.reading.filters import NARROWS
from reports.reading.hiding import hides_money
from reports.reading.restating import Moved, measures_of, moves, restated
from reports.reading.scope import in_scope
from reports.report import report_named
from reports.rules.words import settings_in_words
from reports.screens import screen_of
from reports.screens.filter_fields import filter_fields
from reports.screens.parts import Table
from reports.screens.screen import Opened, Screen
from reports.screens.subjects import dress
from reports.screens.writing import Writer
from reports.snapshots.taking import run_of
from reports.views.pages import open_report, page_of, wanted
from team.access import ADMIN, DIRECTOR, SIGNED_IN, SignedInRequest, access, may_export
from team.models import Company, User


def how(request: SignedInRequest, slug: str) -> HttpResponse:
    """The formula with today's numbers, each step with its list, the rule and its author."""
    opened, context = _behind(request, slug)
    if opened is None:
        return SeeOther(wanted(slug).address)
    screen = opened.screen
    context |= {
        "formula": _formula(opened),
        "steps": [] if opened.missing else screen.steps(opened),
        "why_range": screen.why_range(opened),
        "settings": settings_in_words(opened.report, opened.run),
        "parameters": opened.shelf.rules.version_of(opened.snapshot),
        "may_change": request.user.has_role(ADMIN, DIRECTOR),
        "can_export": may_export(request.user),
    }
    return drawer(request, context, _how_title(opened), "reports/_how.html")


def _formula(opened: Opened) -> Any:
    """The formula in words; of what cannot be told what it needs."""
    words = opened.screen.words
    return opened.needs.text if opened.needs else words(opened) if words else ""


def narrowing(request: SignedInRequest, slug: str) -> HttpResponse:
    """By what the figures of the page may be narrowed: a form whose answer is the page."""
    opened, context = _behind(request, slug)
    if opened is None:
        return SeeOther(wanted(slug).address)
    context |= {
        "fields": filter_fields(request.user, opened.report, opened.filters),
        "kept": [
            (word, text)
            for word, text in opened.carried
            if word not in NARROWS or word in opened.filters.idle
        ],
    }
    return drawer(request, context, _("Filters"), "reports/_filter_form.html")


def over_page(
    request: SignedInRequest, slug: str, context: dict[str, Any], title: str, body: str
) -> HttpResponse:
    """A drawer that needs nothing of the page it stands over."""
    behind: dict[str, Any] = {"screen": wanted(slug), "behind": "base.html"}
    if not _is_alone(request):
        _opened, behind = page_of(request, slug)
        behind["behind"] = behind["page"]
    return drawer(request, behind | context, title, body)


def _without_drawer(request: SignedInRequest, screen: Screen) -> str:
    query = request.GET.urlencode()
    return f"{screen.address}?{query}" if query else screen.address


def _how_title(opened: Opened) -> str:
    """With the sum where there is one to be read."""
    cents = opened.headline.get("loss_cents")
    if cents is None or opened.needs:
        return _("How it is computed")
    money = formatting.money_short(cents, opened.currency)
    return _("How %(money)s is computed") % {"money": money}


def restatement(request: SignedInRequest, slug: str) -> HttpResponse:
    """What later knowledge changed in figures that stood before."""
    opened, context = _behind(request, slug)
    old = None if opened is None else restated(opened.shelf, opened.snapshot)
    if opened is None or old is None:
        return SeeOther(wanted(slug).address)
    measures = measures_of(opened.report)
    rows, kinds = moves(opened.shelf, old, opened.snapshot, measures)
    context |= {
        "old": old,
        "moves": _named(rows, opened),
        "kinds": [(_kind(name), kinds[name]) for name in kinds],
        "is_cut": sum(kind.n for kind in kinds.values()) > len(rows),
        "hides_money": hides_money(opened.report, opened.viewer, measures),
    }
    return drawer(request, context, _("What was restated"), "reports/_restated.html")


def _kind(name: str) -> str:
    return {"entered": _("Came in"), "left": _("Fell out"), "changed": _("Changed value")}[name]


def _named(rows: list[Moved], opened: Opened) -> list[dict[str, Any]]:
    """Each with its record, read as the rows of a list are."""
    stand_ins = [
        Evidence(line_key=one.line_key, subject_type=one.subject_type, subject_id=one.subject_id)
        for one in rows
    ]
    dressed = dress(stand_ins, opened.viewer, opened.run)
    return [
        {"row": row, "move": one, "kind": _kind(one.kind)}
        for row, one in zip(dressed, rows, strict=True)
    ]


@require_safe
@access(SIGNED_IN)
def evidence_row(request: SignedInRequest, evidence_id: int) -> HttpResponse:
    """What makes up one row of a list, down to the orders, touches, days and costs."""
    evidence, screen = _evidence_or_404(request, evidence_id)
    run = run_of(evidence.snapshot)
    hidden = hides_money(screen.report, request.user, [evidence.measure])
    _opened, context = _behind(request, screen.slug)
    (row,) = dress([evidence], request.user, run)
    measure = next(m for m in screen.report.measures if m.key == evidence.measure)
    writer = Writer(Company.get().base_currency, Company.get().today)
    told = screen.explain(evidence, run)
    context |= {
        "row": row,
        "row_of": screen.heading_of(measure),
        "row_snapshot": evidence.snapshot,
        "facts": told.facts,
        "tables": [_written(table, writer) for table in told.tables],
        "explained": told,
        "counted_in": _counted_in(told.counted_in, request.user, writer, hidden=hidden),
        "others": told.counted_in,
    }
    tells_money = measure.unit == "money" and any(
        measure.key in listed.measures and listed.money for listed in screen.report.lists
    )
    if (tells_money or evidence.cents) and measure.unit == "money" and not hidden:
        context |= _money(evidence, writer)
    return drawer(request, context, row.name, "reports/_row.html")


@dataclass(frozen=True)
class CountedIn:
    """A row of another report that holds the same money: its report, its money where that is told, its address."""

    title: str
    money: Any
    url: str


def _counted_in(
    ids: Sequence[int], viewer: User, writer: Writer, *, hidden: bool
) -> list[CountedIn]:
    """Those of the rows that are the viewer's to read; who answers for one loss need not answer for the other."""
    if not ids:
        return []
    found = Evidence.objects.filter(in_scope(viewer), pk__in=ids).select_related("snapshot")
    rows = found.defer(*MONEY) if hidden else found
    return [
        CountedIn(
            _title_of(row.snapshot.slug),
            "" if hidden else writer.write("cents", row.cents),
            reverse("evidence-row", args=[row.pk]),
        )
        for row in rows.order_by("snapshot__slug", "pk")
    ]


def _title_of(slug: str) -> str:
    report = report_named(slug)
    return _("Loss %(n)s: %(title)s") % {"n": report.loss, "title": report.title}


def _money(evidence: Evidence, writer: Writer) -> dict[str, Any]:
    low, high = evidence.low_cents, evidence.high_cents
    ends = {"low": writer.write("cents", low), "high": writer.write("cents", high)}
    return {"cents": writer.write("cents", evidence.cents)} | (ends if low != high else {})


def _written(table: Table, writer: Writer) -> dict[str, Any]:
    """The raw rows as text, each cell by the kind of its column."""

    def line(cells: Sequence[Any]) -> list[dict[str, Any]]:
        return [
            {
                "label": label,
                "text": value if value == "" else writer.write(kind, value),
                "classes": "" if kind in ("text", "day") else "is-number",
            }
            for (label, kind), value in zip(table.heads, cells, strict=True)
        ]

    total = [{"text": table.total[0]}, *line(("", *table.total[1:]))[1:]] if table.total else []
    return {
        "title": table.title,
        "heads": table.heads,
        "lines": [line(row) for row in table.rows],
        "total": total,
        "note": table.note,
    }


def _evidence_or_404(request: SignedInRequest, pk: int) -> tuple[Evidence, Screen]:
    """The row if it is the viewer's to read, and its report's page is."""
    if pk >= 2**63:
        raise Http404
    seen = Q(in_scope(request.user), pk=pk, snapshot__is_complete=True)
    rows = Evidence.objects.filter(seen).select_related("snapshot", "owner", "team")
    slug, measure = rows.values_list("snapshot__slug", "measure").first() or ("", "")
    screen = screen_of(slug)
    if screen is None or not screen.opens_for(request.user):
        raise Http404
    if not any(measure in listed.measures for listed in screen.report.lists):
        raise Http404
    hidden = hides_money(screen.report, request.user, [measure])
    found = (rows.defer(*MONEY) if hidden else rows).first()
    if found is None:
        raise Http404
    return found, screen


def _is_alone(request: SignedInRequest) -> bool:
    """Asked for over a page that is there already."""
    return request.headers.get("HX-Target") == "layer"


def _behind(request: SignedInRequest, slug: str) -> tuple[Opened | None, dict[str, Any]]:
    """What is open at this address, and the page that the drawer stands over."""
    screen = wanted(slug)
    close = _without_drawer(request, screen)
    if _is_alone(request):
        opened = open_report(request, slug)
        context: dict[str, Any] = {"screen": screen, "behind": "base.html"}
        if opened is not None:
            context |= {
                "opened": opened,
                "snapshot": opened.snapshot,
                "confidence": opened.confidence,
                "filters": opened.filters,
                "is_own": opened.is_own,
            }
    else:
        opened, context = page_of(request, slug)
        context["behind"] = context["page"]
    return opened, context | {"close_url": close}


def drawer(
    request: SignedInRequest, context: dict[str, Any], title: str, body: str
) -> HttpResponse:
    """A drawer of a context that says what page it stands over (`behind`)."""
    whole = context | {"layer_title": title, "layer_body": body}
    answer = respond(request, "reports/layer.html", whole)
    patch_vary_headers(answer, ["HX-Target"])
    return answer
