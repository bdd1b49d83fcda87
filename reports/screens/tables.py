"""The table of a report's page: the rows of a list, or their split by a dimension; what narrows it, and its tabs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models import Sum as SumOf
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.lib import formatting
from crm.lib.listing import Column, Listing
from reports.acts.choosing import WHOLE
from reports.models import Evidence
from reports.reading import narrowing
from reports.reading.evidence import listed, rows
from reports.reading.hiding import hides_money, hides_rows
from reports.report import Listed, Report, Sum
from reports.screens.groups import Group, groups_of, ranked
from reports.screens.parts import Link, ListView, Ranking, Row, Shown, SplitColumn
from reports.screens.screen import Opened
from reports.screens.subjects import dress

PAGE_SIZE = 25


@dataclass(frozen=True)
class Narrowed:
    """What the rows are narrowed by, in words, and the parameter of the address that says so."""

    label: str
    word: str


def list_of(opened: Opened) -> tuple[ListView, Listed]:
    """The list that the address names, else the first; that too where the page is narrowed to customers."""
    view = opened.screen.list_named(opened.asked["list"])
    if view.of_people and opened.is_by_customers:
        view = opened.screen.lists[0]
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
    if listed_as is not None and _reads_money(opened, listed_as.measures):
        return columns
    return [each for each in columns if not each.guarded]


def _columns(view: ListView, ranking: Ranking | None) -> list[Shown]:
    """What a list is ranked by stands where the columns that it replaces stood."""
    if ranking is None:
        return list(view.columns)
    kept = [each for each in view.columns if each.name not in ranking.instead_of]
    place = next(n for n, each in enumerate(view.columns) if each.name in ranking.instead_of)
    return [*kept[:place], *ranking.columns, *kept[place:]]


def _reads_money(opened: Opened, measures: Sequence[str]) -> bool:
    """Whether rows of these measures come to this viewer with their money, and that of their base."""
    report, viewer = opened.report, opened.viewer
    return not hides_rows(report, viewer) and not hides_money(report, viewer, measures)


def table_of(request: HttpRequest, opened: Opened) -> dict[str, Any]:
    """The context of the list: its page of rows."""
    view, listed_as = list_of(opened)
    shown = [each for each in columns_of(opened, view) if not each.only_in_file]
    with_money = tells_money(opened, listed_as.measures)
    ranking = ranking_of(opened, view)
    listing = Listing(
        request,
        rows_of(opened),
        columns=[_column(each) for each in shown],
        default_sort=_sort(view, shown),
        page_size=PAGE_SIZE,
        total="cents" if with_money else None,
        known=_counted(opened, listed_as, with_money=with_money),
        ranked=ranked_rows(opened, view),
    )
    count = listing.count
    dressed = dress(listing.page.rows, opened.viewer, opened.run)
    return {
        "listing": listing,
        "with_money": with_money,
        "whole_at_most": WHOLE,
        "rows": dressed,
        "lines": _lines(opened, shown, dressed),
        "columns": shown,
        "list": view,
        "ranking": ranking,
        "ranking_told": _told(opened, ranking, listing) if ranking else [],
        "orders": _orders(opened, view),
        "listed": listed_as,
        "list_key": view.key,
        "noun": view.noun(2 if count is None else count),
        "other_sums": _other_sums(opened, view, listed_as),
        "rounded": _rounded(opened, view, listed_as, listing, dressed),
    }


def _orders(opened: Opened, view: ListView) -> list[tuple[Any, str, bool]]:
    """By its column and by its ranking: label, address, whether it is the one shown. Nothing without a ranking."""
    if view.ranking is None:
        return []
    is_ranked = ranking_of(opened, view) is not None
    return [
        (_("by money"), f"{opened.here(order='', split='', list=view.key)}#rows", not is_ranked),
        (
            view.ranking.label,
            f"{opened.here(order=view.ranking.key, split='', list=view.key)}#rows",
            is_ranked,
        ),
    ]


def _told(opened: Opened, ranking: Ranking, listing: Listing) -> list[str]:
    """What stands below a ranked list: how many of all these are, and how well the order told the future."""
    shown, count = len(listing.page.rows), listing.count
    told = [ranking.checked(opened)]
    if count is None or shown < count:
        told.append(_("The first %(n)s.") % {"n": formatting.number(shown)})
    return [each for each in told if each]


def _rounded(
    opened: Opened, view: ListView, listed_as: Listed, listing: Listing, dressed: list[Row]
) -> str:
    """The note for amounts that do not come to the sum below them; what stands there in part nobody adds up."""
    if len(dressed) != listing.count or not tells_money(opened, listed_as.measures):
        return ""
    rows = [row.evidence for row in dressed]
    if view.base_of:
        whole = _whole(opened, listed_as).base_cents
        if not formatting.adds_up([row.base_cents for row in rows if row.in_base], whole):
            return formatting.rounded_note()
    has_money = any(each.name == "money" for each in view.columns)
    adds_up = formatting.adds_up([row.cents for row in rows], listing.total or 0)
    return "" if adds_up or not has_money else formatting.rounded_note()


def _other_sums(opened: Opened, view: ListView, listed_as: Listed) -> list[str]:
    """What the rows add up to beside their money, as a figure says it: hours, days, the money of their base."""
    units = {each.unit for each in opened.report.measures if each.key in listed_as.measures}
    tells_base = bool(view.base_of) and _reads_money(opened, listed_as.measures)
    if not (units in ({"minutes"}, {"days"}) or tells_base):
        return []
    whole = _whole(opened, listed_as)
    if units == {"minutes"}:
        return [formatting.minutes(whole.cents)]
    if units == {"days"}:
        days = ngettext("%(n)s day", "%(n)s days", whole.cents)
        return [days % {"n": formatting.number(whole.cents)}]
    return [f"{formatting.money(whole.base_cents, opened.currency)} {view.base_of}"]


def _whole(opened: Opened, listed_as: Listed) -> Sum:
    """The sums of the list's rows; one query where it is narrowed, none where the page has read them."""
    if not opened.narrow:
        return sum((opened.totals[measure] for measure in listed_as.measures), Sum())
    told = rows_of(opened).aggregate(
        cents=SumOf("cents"), base=SumOf("base_cents", filter=Q(in_base=True))
    )
    return Sum(cents=int(told["cents"] or 0), base_cents=int(told["base"] or 0))


def _lines(
    opened: Opened, shown: list[Shown], dressed: list[Row]
) -> list[tuple[Row, list[dict[str, Any]], Link | None]]:
    """The cells of each row, and what else can be done about it.

    A key that people know by a name, as a split shows it, is told by that name.
    """
    names = {
        each.name: _names(opened, each.name, sorted({str(each.value(row)) for row in dressed}))
        for each in shown
        if each.name in (opened.screen.names or {})
    }

    def cell(row: Row, each: Shown) -> dict[str, Any]:
        told = opened.writer.cell(row, each)
        known = names.get(each.name, {}).get(str(each.value(row)))
        return told if known is None else told | {"text": known}

    beside = list_of(opened)[0].beside
    return [
        (
            row,
            [cell(row, each) for each in shown],
            beside(row, opened.viewer) if beside and row.subject else None,
        )
        for row in dressed
    ]


def _column(shown: Shown) -> Column:
    return Column(shown.name, shown.label, shown.ordering, shown.is_numeric, shown.spare)


def _sort(view: ListView, shown: list[Shown]) -> str:
    """The list's own order; without its money the first column that can be sorted by."""
    sortable = [each.name for each in shown if each.ordering]
    return view.sort if view.sort.lstrip("-") in sortable else sortable[0]


def tells_money(opened: Opened, measures: Sequence[str]) -> bool:
    """Whether the sum of these rows is money, and this viewer's to read."""
    units = {each.unit for each in opened.report.measures if each.key in measures}
    return units == {"money"} and _reads_money(opened, measures)


def _counted(opened: Opened, listed_as: Listed, *, with_money: bool) -> tuple[int, int] | None:
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
    if listed_as.only_base:
        return whole.base_n, 0
    return whole.n, whole.cents if with_money else 0


def tabs_of(opened: Opened) -> list[dict[str, Any]]:
    """The lists with the counts that the figures show: equal to what they open, so what narrows the page is left."""
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
    view, listed_as = list_of(opened)
    measures = _split_measures(opened, listed_as)
    with_money = not hides_money(opened.report, opened.viewer, measures)
    columns = opened.screen.split_columns(opened) or _plain_columns(opened, view, listed_as)
    seen = _to_split(opened, listed_as, measures)
    found = groups_of(seen, opened.report, name, with_money=with_money)
    by_money = columns[-1].kind == "money"
    groups = ranked(found, name, columns[-1].value if by_money else None)
    texts = _names(opened, name, [group.key for group in groups if group.key])
    top = max((abs(columns[-1].value(group) or 0) for group in groups), default=0)
    tops = [_top_share(column, groups) for column in columns]
    return {
        "split": name,
        "split_label": _split_label(opened.report, name),
        "split_columns": columns,
        "split_rows": [
            _drawn(_split_row(opened, name, view, group, columns, texts), columns, tops)
            for group in groups
        ],
        "split_total": _cells(opened, columns, Group("", "", _together(groups), is_all=True), {}),
        "split_lines": [
            (column, formatting.percent(column.line))
            for column in columns
            if column.line is not None
        ],
        "rounded": "" if _split_adds_up(columns, groups) else formatting.rounded_note(),
        "split_top": top if by_money else 0,
    }


def _top_share(column: SplitColumn, groups: list[Group]) -> float:
    """The end of the scale on which a column's bars stand; 0 where it draws none."""
    if not column.has_bar:
        return 0
    return float(max([column.value(group) or 0 for group in groups] + [column.line or 0]))


def _drawn(row: dict[str, Any], columns: list[SplitColumn], tops: list[float]) -> dict[str, Any]:
    """The row with what its cells draw beside their text."""
    for cell, column, top in zip(row["cells"], columns, tops, strict=True):
        cell |= {"top": top, "line": column.line, "share": float(cell["value"] or 0) if top else 0}
    return row


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
            "url": opened.list_url(column.key, **kept) if column.key and kept and value else "",
            "classes": "" if column.kind in ("text", "day") else "is-number",
        }
        for column in columns
    ]


def chips_of(opened: Opened, shown: list[Row]) -> list[Narrowed]:
    """What narrows the rows, in words. A name is read off the rows: who sees none learns none."""
    return [
        Narrowed(
            f"{narrowing.in_words(name, opened.report)}: {_said(opened, name, value, shown)}",
            narrowing.word_of(name),
        )
        for name, value in opened.narrow.items()
    ]


def _said(opened: Opened, name: str, value: Any, shown: list[Row]) -> str:
    if value is None:
        return _("(none)")
    if name in ("owner", "team"):
        found = getattr(shown[0].evidence, name) if shown else None
        return str(found or formatting.UNKNOWN)
    if name == "month":
        return formatting.month(date.fromisoformat(f"{value}-01"))
    if name == "week":
        return formatting.day(date.fromisoformat(value))
    way = opened.report.way(name)
    if way is not None:
        return way.told(value)
    return _names(opened, name, [str(value)]).get(str(value), str(value))
