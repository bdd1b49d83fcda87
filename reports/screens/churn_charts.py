"""Charts of the customers who left: who stays by cohort, and when they went."""

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from crm.lib.periods import Period
from reports.definitions.cohorts import COHORTS
from reports.drawing.charts import period_columns, stay_heads, stay_rows, stay_sentence
from reports.drawing.cohort_cells import Cell
from reports.drawing.cohort_view import stays
from reports.reading.filters import as_query
from reports.screens.parts import Card
from reports.screens.screen import Opened
from reports.snapshots.taking import run_of
from reports.statistics.intervals import FEW


def charts(opened: Opened) -> list[Card]:
    stay = [stay_card(opened, _cohorts(opened))] if opened.shelf.tells(COHORTS) else []
    return [*stay, _months(opened)]


def _months(opened: Opened) -> Card:
    chart, unit = period_columns(
        Period(opened.run.period.start, opened.run.end),
        opened.totals.by_month("loss"),
        opened.totals.by_month("recovered"),
        opened.currency,
        opened.url(),
    )
    hint = _("%(unit)s a month; below the line: came back") % {"unit": unit}
    return Card(
        "when", _("When they went"), "reports/charts/columns.html", hint, data={"chart": chart}
    )


def stay_card(opened: Opened, cohorts: list[dict[str, Any]]) -> Card:
    """Who stays, by the quarter or year of the first purchase."""
    view = "bought" if opened.asked["stay"] == "bought" else "active"
    found = stays(cohorts, view)
    title = (
        _("Who stays, by year of the first purchase")
        if found.by_year
        else _("Who stays, by quarter of the first purchase")
    )
    few = _("Rows of fewer than %(few)s customers stay without colour: few customers.")
    return Card(
        "stay",
        title,
        "reports/charts/stay.html",
        _("% who bought in that month") if view == "bought" else _("% of customers still active"),
        data={
            "view": view,
            "lowest": found.lowest,
            "rows": stay_rows(
                found,
                lambda cell: _customers_of(opened, view, cell),
                lambda cell: cohort_url(opened, list="joined", joined_in=cell),
            ),
            "heads": stay_heads(found),
            "sentence": stay_sentence(found) if view == "active" else "",
            "few": few % {"few": FEW} if any(row.is_few for row in found.rows) else "",
        },
        is_wide=True,
        tabs=[
            (_("Active"), opened.here(stay=""), view == "active"),
            (_("Bought"), opened.here(stay="bought"), view == "bought"),
        ],
    )


def _customers_of(opened: Opened, view: str, cell: Cell) -> str:
    """The list of who is counted: each bought once in the month, or is active at its end."""
    if view == "bought":
        return cohort_url(opened, list="bought", bought_in=cell)
    return cohort_url(opened, list="joined", active_in=cell)


def cohort_url(opened: Opened, **words: Any) -> str:
    """A list of the page of who stays, with the filters of this one."""
    return f"{reverse(COHORTS.slug)}?{urlencode(as_query(opened.filters, **words))}#rows"


def _cohorts(opened: Opened) -> list[dict[str, Any]]:
    """Who sees the whole company reads the cohorts as stored; a part is added up anew."""
    shelf = opened.shelf
    snapshot = shelf.last(COHORTS)
    if snapshot is None:
        return []
    if shelf.sees_all:
        headline = snapshot.headline
    else:
        headline = COHORTS.headline(
            shelf.totals([snapshot])[snapshot.pk], run_of(snapshot), snapshot.whole
        )
    found: list[dict[str, Any]] = headline["cohorts"]
    return found
