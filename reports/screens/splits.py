"""A list split by a dimension: its groups, each with the address of its rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.lib import formatting
from reports.models import Evidence
from reports.reading import narrowing
from reports.reading.evidence import rows
from reports.reading.hiding import hides_money
from reports.report import Listed, Report, Sum
from reports.screens.groups import Group, groups_of, ranked
from reports.screens.lists import list_of, names_of, rows_of, tells_money
from reports.screens.parts import ListView, SplitActs, SplitColumn
from reports.screens.screen import Opened
from reports.statistics.intervals import FEW


def splits_of(opened: Opened) -> list[tuple[str, Any]]:
    """The dimensions offered. One person's own numbers are not split by people: there are no others."""
    people = ("owner", "team")
    return [
        (name, _label(opened.report, name))
        for name in opened.screen.splits
        if not (opened.is_own and name in people)
    ]


CALENDAR_LABELS = {"month": gettext_lazy("Month"), "week": gettext_lazy("Week")}


def _label(report: Report, name: str) -> Any:
    dimension = report.dimension(name)
    return dimension.label if dimension else CALENDAR_LABELS[name]


def split_name(opened: Opened) -> str:
    """The split that the address asks for; the screen's own where it names neither split nor list."""
    offered = {name for name, _label in splits_of(opened)}
    asked = opened.asked["split"] or (
        opened.screen.split if not opened.asked["list"] and not opened.narrow else ""
    )
    return asked if asked in offered else ""


def acts_on_split(opened: Opened) -> SplitActs | None:
    """What can be done about the groups of the split that the page shows."""
    return opened.screen.split_acts.get(split_name(opened))


def rows_to_act_on(opened: Opened) -> "QuerySet[Evidence]":
    """The rows behind the groups of the split that the page shows, as it is narrowed."""
    _view, listed_as = list_of(opened)
    return _to_split(opened, listed_as, _split_measures(opened, listed_as))


def split_of(opened: Opened, name: str) -> dict[str, Any]:
    """The context of a split: its groups, each with the address of its rows."""
    view, listed_as = list_of(opened)
    measures = _split_measures(opened, listed_as)
    with_money = not hides_money(opened.report, opened.viewer, measures)
    columns = opened.screen.split_columns(opened) or _plain_columns(opened, view, listed_as)
    seen = _to_split(opened, listed_as, measures)
    found = groups_of(seen, opened.report, name, with_money=with_money)
    by_money = columns[-1].kind == "money"
    groups = ranked(found, name, columns[-1].value if by_money else None)
    texts = names_of(opened, name, [group.key for group in groups if group.key])
    top = max((abs(columns[-1].value(group) or 0) for group in groups), default=0)
    tops = [_top_share(column, groups) for column in columns]
    acts = acts_on_split(opened)
    ids = acts.ids([group.key for group in groups if group.key]) if acts else {}
    return {
        "split": name,
        "split_label": _label(opened.report, name),
        "split_columns": columns,
        "split_rows": [
            _drawn(_split_row(opened, name, view, group, columns, texts), columns, tops)
            | {"id": ids.get(group.key)}
            for group in groups
        ],
        "split_total": _cells(opened, columns, Group("", "", _together(groups), is_all=True), {}),
        "split_told": [column.told for column in columns if column.told],
        "rounded": "" if _split_adds_up(columns, groups) else formatting.rounded_note(),
        "split_top": top if by_money else 0,
    }


def _top_share(column: SplitColumn, groups: list[Group]) -> float:
    """The end of the scale on which a column's bars stand; 0 where it draws none."""
    if not column.has_bar:
        return 0
    return float(max([column.value(group) or 0 for group in groups] + [column.line or 0]))


def _drawn(row: dict[str, Any], columns: list[SplitColumn], tops: list[float]) -> dict[str, Any]:
    """The row with what its cells draw beside their text; a share of few draws nothing and is marked."""
    few = _is_few(row, columns)
    for cell, column, top in zip(row["cells"], columns, tops, strict=True):
        drawn = 0 if few else top
        cell |= {"top": drawn, "line": column.line}
        cell |= {"share": float(cell["value"] or 0) if drawn else 0}
    return row | {"few": few}


def _is_few(row: dict[str, Any], columns: list[SplitColumn]) -> bool:
    """Whether the row tells shares of fewer cases than say anything; its first column counts the cases."""
    return any(each.of_cases for each in columns) and row["cells"][0]["value"] < FEW


def _split_adds_up(columns: list[SplitColumn], groups: list[Group]) -> bool:
    """Whether the amounts of each column come to the one shown of all groups."""
    whole = Group("", "", _together(groups))
    return all(
        formatting.adds_up([column.value(group) or 0 for group in groups], column.value(whole) or 0)
        for column in columns
        if column.kind == "money"
    )


def _split_measures(opened: Opened, listed_as: Listed) -> Sequence[str]:
    """What a split adds up; who may not read money gets the minutes and days alone, where there are any."""
    measures = opened.screen.split_measures or listed_as.measures
    if not hides_money(opened.report, opened.viewer, measures):
        return measures
    money = {each.key for each in opened.report.measures if each.unit == "money"}
    return [each for each in measures if each not in money] or measures


def _to_split(opened: Opened, listed_as: Listed, measures: Sequence[str]) -> "QuerySet[Evidence]":
    """The rows of the list, or of the measures that a screen compares in its splits."""
    return split_rows(opened, measures) if opened.screen.split_measures else rows_of(opened)


def split_rows(opened: Opened, measures: Sequence[str]) -> "QuerySet[Evidence]":
    """The rows of some measures, in scope and narrowed as the page is."""
    found = rows(opened.snapshot, opened.viewer, measures, opened.narrow)
    return found.filter(opened.shelf.rows())


def _together(groups: list[Group]) -> dict[str, Sum]:
    sums: dict[str, Sum] = {}
    for group in groups:
        for measure, whole in group.sums.items():
            sums[measure] = sums.get(measure, Sum()) + whole
    return sums


def _plain_columns(opened: Opened, view: ListView, listed_as: Listed) -> list[SplitColumn]:
    noun = view.noun(2)
    count = SplitColumn(noun[:1].upper() + noun[1:], lambda group: group.whole.n, key=view.key)
    if not tells_money(opened, listed_as.measures):
        return [count]
    return [count, SplitColumn(_("Money"), lambda group: group.whole.cents, "money", view.key)]


def _split_row(
    opened: Opened,
    name: str,
    view: ListView,
    group: Group,
    columns: list[SplitColumn],
    texts: Mapping[str, str],
) -> dict[str, Any]:
    if group.is_rest:
        label = _("%(n)s more") % {"n": group.label}
        return {"label": label, "url": "", "cells": _cells(opened, columns, group, {}), "cents": 0}
    value = group.key[:7] if name == "month" else group.key
    word = {narrowing.word_of(name): value or narrowing.NONE}
    kept = narrowing.as_words(opened.narrow) | word
    by_money = columns[-1].kind == "money"
    return {
        "label": texts.get(group.key, group.label) or _("(none)"),
        "url": opened.list_url(_opens(opened, view, columns), **kept),
        "cells": _cells(opened, columns, group, kept),
        "cents": columns[-1].value(group) or 0 if by_money else 0,
    }


def _opens(opened: Opened, view: ListView, columns: list[SplitColumn]) -> str:
    """The list behind a row's name: of what is split, or of its money where a screen compares several."""
    return (columns[-1].key if opened.screen.split_measures else "") or view.key


def _cells(
    opened: Opened, columns: list[SplitColumn], group: Group, kept: Mapping[str, str]
) -> list[dict[str, Any]]:
    """What each column says of a group, with the list it opens."""
    return [
        {
            "kind": column.kind,
            "label": column.label,
            "value": (value := column.value(group)),
            "text": opened.writer.write(column.kind, value),
            "url": _address_of(opened, column, kept) if column.key and kept and value else "",
            "classes": "" if column.kind in ("text", "day") else "is-number",
        }
        for column in columns
    ]


def _address_of(opened: Opened, column: SplitColumn, kept: Mapping[str, str]) -> str:
    return (column.opens or opened.list_url)(column.key, **kept)
