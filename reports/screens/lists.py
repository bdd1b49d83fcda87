"""The lists of a report's page: which one the address names, its rows, its columns, and the tabs to the others."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from reports.models import Evidence
from reports.reading.evidence import listed
from reports.reading.hiding import hides_money, hides_rows
from reports.report import Listed
from reports.screens.parts import ListView, Ranking, Shown
from reports.screens.screen import Opened


def list_of(opened: Opened) -> tuple[ListView, Listed]:
    """The list on the page, and what of the report it is."""
    view = opened.view
    listed_as = opened.report.listed(view.key)
    if listed_as is None:
        raise KeyError(view.key)
    return view, listed_as


def rows_of(opened: Opened) -> "QuerySet[Evidence]":
    """The rows of the list on the page, in scope and narrowed as its address says."""
    view, _listed_as = list_of(opened)
    found = listed(opened.snapshot, opened.viewer, view.key, opened.narrow)
    return found.filter(opened.shelf.rows())


def ranking_of(opened: Opened, view: ListView) -> Ranking | None:
    """The order that the address asks for, where the list has it; None = by a column."""
    ranking = view.ranking
    return ranking if ranking and opened.asked["order"] == ranking.key else None


def ranked_rows(opened: Opened, view: ListView) -> list[Evidence] | None:
    """The first rows in that order; None where the list is ordered by a column."""
    ranking = ranking_of(opened, view)
    return None if ranking is None else ranking.rows(opened, rows_of(opened))


def columns_of(opened: Opened, view: ListView) -> list[Shown]:
    """The columns that are this viewer's to read: without money where rows come without it."""
    listed_as = opened.report.listed(view.key)
    columns = _columns(view, ranking_of(opened, view))
    if listed_as is not None and reads_money(opened, listed_as.measures):
        return columns
    return [each for each in columns if not each.guarded]


def _columns(view: ListView, ranking: Ranking | None) -> list[Shown]:
    """What a list is ranked by stands where the columns that it replaces stood."""
    if ranking is None:
        return list(view.columns)
    kept = [each for each in view.columns if each.name not in ranking.instead_of]
    place = next(n for n, each in enumerate(view.columns) if each.name in ranking.instead_of)
    return [*kept[:place], *ranking.columns, *kept[place:]]


def reads_money(opened: Opened, measures: Sequence[str]) -> bool:
    """Whether rows of these measures come to this viewer with their money, and that of their base."""
    report, viewer = opened.report, opened.viewer
    return not hides_rows(report, viewer) and not hides_money(report, viewer, measures)


def tells_money(opened: Opened, measures: Sequence[str]) -> bool:
    """Whether the sum of these rows is money, and this viewer's to read."""
    units = {each.unit for each in opened.report.measures if each.key in measures}
    return units == {"money"} and reads_money(opened, measures)


def tabs_of(opened: Opened) -> list[dict[str, Any]]:
    """The lists with the counts that the figures show: equal to what they open, so what narrows the page is left.

    None beside a list that stands by itself.
    """
    if opened.view.title:
        return []
    seen = {word: opened.asked[word] for word in ("stay", "view") if opened.asked[word]}
    return [
        {
            "key": view.key,
            "label": listed_as.label,
            "count": opened.headline[listed_as.count] if listed_as.count else None,
            "url": f"{opened.url(list=view.key, **seen)}#rows",
        }
        for view in opened.screen.tabs
        if not (view.of_people and opened.is_by_customers)
        and (listed_as := opened.report.listed(view.key)) is not None
    ]


def names_of(opened: Opened, name: str, keys: list[str]) -> Mapping[str, str]:
    """What the keys of a dimension are called, for those that people know by a name."""
    read = (opened.screen.names or {}).get(name)
    return read(keys) if read and keys else {}
