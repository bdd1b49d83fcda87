"""Profit structure: which customers, products and reps bring the margin, and which cost it."""

from itertools import accumulate
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from reports.definitions.margin import MARGIN
from reports.drawing.margin_view import margins_by, tenths
from reports.models import Evidence
from reports.raw.other import of_margin
from reports.reading.evidence import rows
from reports.screens import columns
from reports.screens.customers_lists import by_formula, counted, customer_columns, customers, fact
from reports.screens.groups import Group
from reports.screens.parts import Card, Figure, ListView, Shown, SplitColumn, Step
from reports.screens.screen import Opened, Screen, show
from reports.statistics.confidence import Reason
from reports.statistics.intervals import share

# Below this coverage the page warns (section 10).
WARN = 0.90
AT_MOST = 8
REVENUE = Shown("revenue", _("Revenue"), lambda row: row.evidence.base_cents, "money")


def _rate(row: Any) -> Any:
    return share(row.evidence.cents, row.evidence.base_cents)


RATE = Shown("rate", _("Margin, %"), _rate, "percent", place="is-fact")
COLUMNS = customer_columns(_("Margin"), fact("product", _("Product")), REVENUE, RATE)
LISTS = (
    ListView("below_cost", COLUMNS, customers, hint=_("sold for less than it cost"), sort="-money"),
    ListView(
        "costed",
        COLUMNS,
        customers,
        hint=_("the least margin first"),
        sort="-money",
        of=_("margin"),
        base_of=_("revenue"),
    ),
    ListView(
        "uncosted",
        customer_columns(None, fact("product", _("Product")), REVENUE),
        customers,
        sort="day",
        base_of=_("revenue"),
    ),
)


def strip(opened: Opened) -> list[Figure]:
    now = opened.headline
    costed = formatting.money_short(now["costed_revenue_cents"], opened.currency)
    is_known = bool(opened.totals["costed"].n)
    return [
        Figure(
            _("Margin"),
            columns.short(opened, now["margin_cents"] if is_known else None),
            opened.list_url("costed") if is_known else "",
            columns.moved(opened, "margin_cents", "up") if is_known else [],
            [(gettext("of %(money)s whose cost is known") % {"money": costed}, "")],
        ),
        Figure(
            _("Margin, % of revenue"),
            formatting.percent(now["margin_rate"]),
            opened.list_url("costed"),
            columns.moved_points(opened, "margin_rate", "up"),
        ),
        Figure(
            _("Revenue with a known cost"),
            formatting.percent(now["coverage"]),
            opened.list_url("uncosted"),
            notes=[(gettext("the rest has no cost and is in no rate"), "")],
        ),
        Figure(
            _("Sold below cost"),
            columns.short(opened, now["below_cost_cents"]),
            opened.list_url("below_cost"),
            columns.moved(opened, "below_cost_cents", "up"),
            tone="loss" if now["below_cost_cents"] else "",
        ),
    ]


def charts(opened: Opened) -> list[Card]:
    """Two queries: what products bring, and how few customers bring most."""
    seen = rows(opened.snapshot, opened.viewer, ["costed", "uncosted"]).filter(opened.shelf.rows())
    return [_products(opened, seen), *_curve(opened, seen)]


def _products(opened: Opened, seen: QuerySet[Evidence]) -> Card:
    """Products by margin, the worst first."""
    found = [each for each in margins_by(seen, "product") if each.costed_cents][:AT_MOST]
    bars = [
        {
            "label": each.value or gettext("(none)"),
            "note": formatting.percent(each.margin_rate),
            "n": max(0, each.margin_cents),
            "text": formatting.money_short(each.margin_cents, opened.currency),
            "url": opened.list_url("costed", product=each.value or "(none)"),
        }
        for each in found
    ]
    top = max((each.margin_cents for each in found), default=0)
    return Card(
        "products",
        _("Products by margin, the least first"),
        "reports/charts/bars.html",
        _("below: share of their revenue"),
        data={"bars": bars, "top": max(top, 0), "tone": "gain"},
    )


def _curve(opened: Opened, seen: QuerySet[Evidence]) -> list[Card]:
    """What the best customers bring together; of a margin that is none there is no share."""
    found, whole = tenths(seen), opened.headline["margin_cents"]
    if not found or whole is None or whole <= 0:
        return []
    sums = list(accumulate(each.margin_cents for each in found))
    counts = list(accumulate(each.customers for each in found))
    bars = [
        _best(opened, count, counts[-1], cents, whole)
        for count, cents in zip(counts, sums, strict=True)
    ]
    return [
        Card(
            "curve",
            _("How few customers bring most of the margin"),
            "reports/charts/bars.html",
            _("the best customers together, share of the margin"),
            _("Above 100%: the rest costs more than it brings.") if max(sums) > whole else "",
            data={"bars": bars, "top": max(*sums, whole), "tone": "gain"},
        )
    ]


def _best(opened: Opened, count: int, of: int, cents: int, whole: int) -> dict[str, Any]:
    label = ngettext("Best %(n)s customer", "Best %(n)s customers", count)
    return {
        "label": label % {"n": formatting.number(count)},
        "note": gettext("%(share)s of them") % {"share": formatting.percent(share(count, of))},
        "n": max(0, cents),
        "text": f"{formatting.percent(share(cents, whole))} · {formatting.money_short(cents, opened.currency)}",
    }


def steps(opened: Opened) -> list[Step]:
    now = opened.headline

    def money(label: Any, key: str, name: str, **more: Any) -> Step:
        return Step(
            label, formatting.money(now[name], opened.currency), opened.list_url(key), **more
        )

    return [
        Step(_("Revenue of the period"), formatting.money(now["revenue_cents"], opened.currency)),
        money(_("of this with a known cost"), "costed", "costed_revenue_cents"),
        money(_("Margin: that revenue less its cost"), "costed", "margin_cents", is_sum=True),
        money(_("of this sold below cost"), "below_cost", "below_cost_cents"),
    ]


def doubts(opened: Opened) -> list[Reason]:
    coverage = opened.headline["coverage"]
    if coverage is None:
        return []
    text = gettext("The cost of %(share)s of the revenue is known.") % {
        "share": formatting.percent(coverage)
    }
    return [Reason(text, good=coverage >= WARN, is_low=coverage < WARN)]


def split_columns(opened: Opened) -> list[SplitColumn]:
    def revenue(group: Group) -> int:
        return group.of("costed", "uncosted").base_cents

    def rate(group: Group) -> Any:
        costed = group.of("costed")
        return share(costed.cents, costed.base_cents)

    return [
        SplitColumn(gettext("Revenue"), revenue, "money"),
        SplitColumn(gettext("With a known cost"), lambda g: g.of("costed").base_cents, "money"),
        SplitColumn(gettext("Margin, %"), rate, "percent"),
        SplitColumn(gettext("Margin"), lambda g: g.of("costed").cents, "money", "costed"),
    ]


MARGIN_SCREEN = show(
    Screen(
        report=MARGIN,
        word="margin",
        title=MARGIN.title,
        lists=LISTS,
        strip=strip,
        steps=steps,
        words=by_formula,
        explain=of_margin,
        left_out=(_("Rows without a cost are in no margin and in no rate."),),
        why_range=counted,
        charts=charts,
        splits=("product", "owner", "team", "segment", "region"),
        split="product",
        split_measures=("costed", "uncosted"),
        split_columns=split_columns,
        doubts=doubts,
        group="analysis",
        icon="chart-bar",
    )
)
