"""The table of a report's page: the rows of a list, or their split by a dimension; what narrows it, and its tabs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.lib import formatting
from crm.lib.listing import Column, Listing
from reports import narrowing
from reports.hiding import Told
from reports.models import Evidence
from reports.reading import listed
from reports.report import Listed, Report, Sum
from reports.screens.groups import Group, groups_of, ranked
from reports.screens.parts import ListView, Row, Shown, SplitColumn
from reports.screens.screen import Opened
from reports.screens.subjects import dress

PAGE_SIZE = 25


@dataclass(frozen=True)
class Narrowed:
    """What the rows are narrowed by, in words, and the parameter of the address that says so."""

    label: str
    word: str


def list_of(opened: Opened) -> tuple[ListView, Listed]:
    """The list that the address names, else the first."""
    view = opened.screen.list_named(opened.asked["list"])
    listed_as = opened.report.listed(view.key)
    if listed_as is None:
        raise KeyError(view.key)
    return view, listed_as


def rows_of(opened: Opened) -> "QuerySet[Evidence]":
    """The rows of the list on the page, in scope and narrowed as its address says."""
    view, _listed_as = list_of(opened)
    found = listed(opened.snapshot, opened.viewer, view.key, opened.narrow)
    return found.filter(opened.shelf.rows())


def columns_of(opened: Opened, view: ListView) -> list[Shown]:
    """The columns that are this viewer's to read: without money where rows come without it."""
    if opened.told == Told.ALL:
        return list(view.columns)
    return [each for each in view.columns if each.kind not in ("money", "cents")]


def table_of(request: HttpRequest, opened: Opened) -> dict[str, Any]:
    """The context of the list: its page of rows."""
    view, listed_as = list_of(opened)
    shown = [each for each in columns_of(opened, view) if not each.only_in_file]
    with_money = opened.told == Told.ALL
    listing = Listing(
        request,
        rows_of(opened),
        columns=[_column(each) for each in shown],
        default_sort=_sort(view, shown),
        page_size=PAGE_SIZE,
        total="cents" if with_money else None,
        known=_counted(opened, listed_as),
    )
    count = listing.count
    rows = dress(listing.page.rows, opened.viewer, opened.run)
    return {
        "listing": listing,
        "rows": rows,
        "lines": [(row, [opened.writer.cell(row, each) for each in shown]) for row in rows],
        "columns": shown,
        "list": view,
        "listed": listed_as,
        "list_key": view.key,
        "noun": view.noun(2 if count is None else count),
    }


def _column(shown: Shown) -> Column:
    return Column(shown.name, shown.label, shown.ordering, shown.is_numeric, shown.spare)


def _sort(view: ListView, shown: list[Shown]) -> str:
    """The list's own order; without its money the first column that can be sorted by."""
    sortable = [each.name for each in shown if each.ordering]
    return view.sort if view.sort in sortable else sortable[0]


def _counted(opened: Opened, listed_as: Listed) -> tuple[int, int] | None:
    """Count and sum of a list out of the sums that the page has read; None where they do not tell.

    The sum is left out (0) where the list is a count alone: the customers of a rate.
    """
    month = opened.narrow.get("month", "")
    others = opened.narrow.keys() - {"month"}
    monthly = set(opened.report.monthly_measures)
    if others or month and not set(listed_as.measures) <= monthly:
        return None
    sums = [
        opened.totals.by_month(measure).get(month, Sum()) if month else opened.totals[measure]
        for measure in listed_as.measures
    ]
    whole = sum(sums, Sum())
    return (whole.base_n, 0) if listed_as.only_base else (whole.n, whole.cents)


def tabs_of(opened: Opened) -> list[dict[str, Any]]:
    """The lists with the counts that the figures show: equal to what they open."""
    return [
        {
            "key": view.key,
            "label": listed_as.label,
            "count": opened.headline[listed_as.count] if listed_as.count else None,
        }
        for view in opened.screen.tabs
        if (listed_as := opened.report.listed(view.key)) is not None
    ]


def splits_of(opened: Opened) -> list[tuple[str, Any]]:
    """The dimensions offered. One person's own numbers are not split by people: there are no others."""
    people = ("owner", "team")
    return [
        (name, _split_label(opened.report, name))
        for name in opened.screen.splits
        if not (opened.is_own and name in people)
    ]


CALENDAR_LABELS = {"month": gettext_lazy("Month"), "week": gettext_lazy("Week")}


def _split_label(report: Report, name: str) -> Any:
    dimension = report.dimension(name)
    return dimension.label if dimension else CALENDAR_LABELS[name]


def split_name(opened: Opened) -> str:
    """The split that the address asks for; the screen's own where it names neither split nor list."""
    offered = {name for name, _label in splits_of(opened)}
    asked = opened.asked["split"] or (
        opened.screen.split if not opened.asked["list"] and not opened.narrow else ""
    )
    return asked if asked in offered else ""


def split_of(opened: Opened, name: str) -> dict[str, Any]:
    """The context of a split: its groups, each with the address of its rows."""
    view, _listed_as = list_of(opened)
    with_money = opened.told == Told.ALL
    found = groups_of(rows_of(opened), opened.report, name, with_money=with_money)
    groups = ranked(found, name, by_money=with_money)
    texts = _names(opened, name, [group.key for group in groups if group.key])
    columns = [*opened.screen.split_columns(opened), *_plain_columns(view, with_money=with_money)]
    top = max((abs(group.whole.cents) for group in groups), default=0)
    return {
        "split": name,
        "split_label": _split_label(opened.report, name),
        "split_columns": columns,
        "split_rows": [_split_row(opened, name, view, group, columns, texts) for group in groups],
        "split_total": _cells(opened, columns, Group("", "", _together(groups))),
        "split_top": top if with_money else 0,
    }


def _together(groups: list[Group]) -> dict[str, Sum]:
    sums: dict[str, Sum] = {}
    for group in groups:
        for measure, whole in group.sums.items():
            sums[measure] = sums.get(measure, Sum()) + whole
    return sums


def _plain_columns(view: ListView, *, with_money: bool) -> list[SplitColumn]:
    noun = view.noun(2)
    count = SplitColumn(noun[:1].upper() + noun[1:], lambda group: group.whole.n)
    money = SplitColumn(_("Money"), lambda group: group.whole.cents, "money")
    return [count, money] if with_money else [count]


def _names(opened: Opened, name: str, keys: list[str]) -> Mapping[str, str]:
    read = (opened.screen.names or {}).get(name)
    return read(keys) if read and keys else {}


def _split_row(
    opened: Opened,
    name: str,
    view: ListView,
    group: Group,
    columns: list[SplitColumn],
    texts: Mapping[str, str],
) -> dict[str, Any]:
    cells = _cells(opened, columns, group)
    if group.is_rest:
        return {
            "label": _("%(n)s more") % {"n": group.label},
            "url": "",
            "cells": cells,
            "cents": 0,
        }
    value = group.key[:7] if name == "month" else group.key
    word = {narrowing.word_of(name): value or narrowing.NONE}
    kept = narrowing.as_words(opened.narrow)
    return {
        "label": texts.get(group.key, group.label) or _("(none)"),
        "url": opened.list_url(view.key, **(kept | word)),
        "cells": cells,
        "cents": group.whole.cents,
    }


def _cells(opened: Opened, columns: list[SplitColumn], group: Group) -> list[dict[str, Any]]:
    return [
        {
            "kind": column.kind,
            "value": (value := column.value(group)),
            "text": opened.writer.write(column.kind, value),
            "classes": "" if column.kind in ("text", "day") else "is-number",
        }
        for column in columns
    ]


def chips_of(opened: Opened, rows: list[Row]) -> list[Narrowed]:
    """What narrows the rows, in words. A name is read off the rows: who sees none learns none."""
    return [
        Narrowed(
            f"{narrowing.in_words(name, opened.report)}: {_said(opened, name, value, rows)}",
            narrowing.word_of(name),
        )
        for name, value in opened.narrow.items()
    ]


def _said(opened: Opened, name: str, value: Any, rows: list[Row]) -> str:
    if value is None:
        return _("(none)")
    if name in ("owner", "team"):
        found = getattr(rows[0].evidence, name) if rows else None
        return str(found or formatting.UNKNOWN)
    if name == "month":
        return formatting.month(date.fromisoformat(f"{value}-01"))
    if name == "week":
        return formatting.day(date.fromisoformat(value))
    return _names(opened, name, [str(value)]).get(str(value), str(value))
