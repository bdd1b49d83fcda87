"""Charts of marketing: spent against won per campaign, and what a customer cost by month."""

from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from crm.lib import formatting, svg
from crm.lib.money import half_up
from crm.lib.periods import add_months, month_start
from crm.lib.svg import Mark
from reports.calendar import TREND_MONTHS
from reports.definitions.marketing import MARKETING
from reports.drawing.charts import month_labels
from reports.screens.lead_names import campaign_names
from reports.screens.parts import Card
from reports.screens.screen import Opened

# Campaigns drawn, those that cost most; the split below has all of them.
AT_MOST = 8
SPENT = ("loss", "worked", "pending", "without_leads")
# The splits that a cost has as well as a lead.
OF_COSTS = ("campaign", "channel")


def spent_list(opened: Opened, split: str = "") -> str:
    """The list that adds up to what was spent: the costs themselves, for who sees all of them and by what these
    have; a part of the company is spent on its leads, so its rows are these with their share.
    """
    booked = opened.headline["booked_cents"] == opened.headline["cost_cents"]
    return "cost" if opened.sees_all and booked and split in ("", *OF_COSTS) else "spent"


def charts(opened: Opened) -> list[Card]:
    """What campaigns won is told of the whole company, to who sees it; else what was spent and lost."""
    if opened.sees_all:
        return [_against_won(opened), *_cost_of_customer(opened)]
    return [_against_lost(opened)]


def _pairs(
    opened: Opened, rows: list[tuple[str, int, int]], second: str, tone: str, opens: str = ""
) -> dict[str, Any]:
    """Two bars a campaign on one scale, the dearest first; the second `opens` a list where it has one."""
    shown = sorted(rows, key=lambda row: (-row[1], row[0]))[:AT_MOST]
    key_of_spent = spent_list(opened)
    names = campaign_names([key for key, _spent, _other in shown])
    top = max((max(spent, other) for _key, spent, other in shown), default=0)
    bars = [
        {
            "label": names.get(key, key),
            "url": opened.list_url("leads", campaign=key),
            "first_url": opened.list_url(key_of_spent, campaign=key),
            "second_url": opened.list_url(opens, campaign=key) if opens else "",
            "first": spent,
            "second": other,
            "first_text": formatting.money_short(spent, opened.currency),
            "second_text": formatting.money_short(other, opened.currency),
        }
        for key, spent, other in shown
    ]
    return {"bars": bars, "top": top, "first": _("Spent"), "second": second, "tone": tone}


def _against_won(opened: Opened) -> Card:
    lines = opened.snapshot.whole.get("lines", {})
    rows = [(key, line["cost_cents"], line["revenue_cents"]) for key, line in lines.items()]
    return Card(
        "spent",
        _("Spent and won, by campaign"),
        "reports/charts/pairs.html",
        _("revenue of the customers a campaign brought, to the as-of day"),
        data=_pairs(opened, rows, _("Won"), "gain", "won"),
        is_wide=True,
    )


def _against_lost(opened: Opened) -> Card:
    spent: dict[str, int] = {}
    for measure in SPENT:
        for key, whole in opened.totals.by_line(measure).items():
            spent[key] = spent.get(key, 0) + whole.base_cents
    lost = opened.totals.by_line("loss")
    rows = [(key, cents, lost[key].cents if key in lost else 0) for key, cents in spent.items()]
    return Card(
        "spent",
        _("Spent and lost, by campaign"),
        "reports/charts/pairs.html",
        _("on leads nobody worked"),
        data=_pairs(opened, rows, _("Lost"), "loss", "loss"),
    )


def _cost_of_customer(opened: Opened) -> list[Card]:
    """What was spent in a month ÷ the customers that its leads became by the day it was ripe, as frozen."""
    last = month_start(opened.run.end)
    starts = [add_months(last, -back) for back in range(TREND_MONTHS - 1, 0, -1)]
    frozen = [(start, opened.shelf.month(MARKETING, start)) for start in starts]
    told = [(start, *_sums(one.whole)) for start, one in frozen if one is not None]
    if not told:
        return []
    costs = [half_up(Fraction(cost, won)) if won else 0 for _start, cost, won in told]
    axis = formatting.money_axis(max(costs), opened.currency)
    labels = month_labels([start for start, _cost, _won in told])
    marks = [
        Mark(
            label=label,
            value=cents,
            text=_("%(money)s, %(n)s customers")
            % {"money": formatting.money(cents, opened.currency), "n": formatting.number(won)}
            if won
            else _("nobody won yet"),
            url=f"{opened.screen.address}?period={start:%Y-%m}&list=leads#rows",
            tone="neutral",
            short=axis.at_bar(cents),
        )
        for (start, _cost, won), cents, label in zip(told, costs, labels, strict=True)
    ]
    title = _("What a won customer cost")
    chart = svg.columns("customer", marks, axis.write, height=150, value_name=title)
    return [
        Card(
            "customer",
            title,
            "reports/charts/columns.html",
            _("%(unit)s by month, %(days)s days after its end")
            % {"unit": axis.unit, "days": MARKETING.ripening(opened.run.values)},
            data={"chart": chart},
        )
    ]


def _sums(whole: dict[str, Any]) -> tuple[int, int]:
    lines = whole.get("lines", {}).values()
    return sum(line["cost_cents"] for line in lines), sum(line["customers"] for line in lines)
