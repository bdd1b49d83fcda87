"""The table of a report's list: a page of its rows, with what they add up to."""

from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models import Sum as SumOf
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.lib import formatting
from crm.lib.columns import Column
from crm.lib.listing import Listing
from reports.acts.choosing import WHOLE
from reports.models import Evidence
from reports.report import Listed, Sum
from reports.screens.lists import (
    columns_of,
    list_of,
    names_of,
    ranked_rows,
    ranking_of,
    reads_money,
    rows_of,
    tells_money,
)
from reports.screens.parts import Link, ListView, Ranking, Row, Shown
from reports.screens.screen import Opened
from reports.screens.subjects import dress
from reports.screens.trails import trail_to

PAGE_SIZE = 25


def table_of(request: HttpRequest, opened: Opened) -> dict[str, Any]:
    """The context of the list: its page of rows."""
    view, listed_as = list_of(opened)
    shown = shown_of(opened)
    with_money = tells_money(opened, listed_as.measures)
    ranking = ranking_of(opened, view)
    listing = listing_of(
        request,
        opened,
        total="cents" if with_money else None,
        known=_counted(opened, listed_as, with_money=with_money),
        ranked=ranked_rows(opened, view),
    )
    count = listing.count
    dressed = [
        replace(row, url=f"{row.url}{trail_to(opened, request.GET, row.evidence)}")
        if row.url
        else row
        for row in dress(listing.page.rows, opened.viewer, opened.run)
    ]
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


def shown_of(opened: Opened) -> list[Shown]:
    """The columns on the page."""
    return [each for each in columns_of(opened, list_of(opened)[0]) if not each.only_in_file]


def listing_of(
    request: HttpRequest,
    opened: Opened,
    rows: "QuerySet[Evidence] | None" = None,
    **more: Any,
) -> Listing:
    """The list on the page in the order that its address asks for; of `rows` a part of it."""
    shown = shown_of(opened)
    return Listing(
        request,
        rows_of(opened) if rows is None else rows,
        columns=[_column(each) for each in shown],
        default_sort=_sort(list_of(opened)[0], shown),
        page_size=PAGE_SIZE,
        **more,
    )


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
    tells_base = bool(view.base_of) and reads_money(opened, listed_as.measures)
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
        each.name: names_of(opened, each.name, sorted({str(each.value(row)) for row in dressed}))
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
            beside(row, opened) if beside and row.subject else None,
        )
        for row in dressed
    ]


def _column(shown: Shown) -> Column:
    return Column(shown.name, shown.label, shown.ordering, shown.is_numeric, shown.spare)


def _sort(view: ListView, shown: list[Shown]) -> str:
    """The list's own order; without its money the first column that can be sorted by."""
    sortable = [each.name for each in shown if each.ordering]
    return view.sort if view.sort.lstrip("-") in sortable else sortable[0]


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
