"""Where revenue moved: from the period before to this one, part by part."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from crm.lib.svg import Mark
from crm.lib.waterfall import waterfall
from reports.definitions.bridge import BRIDGE
from reports.drawing.charts import change_mark
from reports.raw.spans import of_two_periods
from reports.rows.bridge_rows import PARTS
from reports.screens import columns
from reports.screens.customers_lists import (
    by_formula,
    counted,
    customer_columns,
    customers,
    fact,
)
from reports.screens.parts import Card, Figure, ListView, Step
from reports.screens.screen import Opened, Screen, show

BEFORE = fact("earlier_cents", _("Before"), "money")
NOW = fact("now_cents", _("Now"), "money", place="is-fact")
# Lists of money that went away: the most first.
FALLING = ("contraction", "lost", "adjustment")
KEYS = tuple(each.key for each in BRIDGE.lists)


def strip(opened: Opened) -> list[Figure]:
    now = opened.headline
    return [
        Figure(
            _("Revenue now"),
            columns.short(opened, now["end_cents"]),
            "",
            columns_moved(now["end_cents"], now["start_cents"]),
            [
                (
                    gettext("before: %(money)s")
                    % {"money": formatting.money_short(now["start_cents"], opened.currency)},
                    "",
                )
            ],
        ),
        Figure(
            _("Kept of what was bought before"),
            formatting.percent(now["grr"]),
            opened.list_url("kept"),
            columns.moved_points(opened, "grr", "up"),
            [(gettext("without what customers bought more"), "")],
        ),
        Figure(
            _("The same with more bought"),
            formatting.percent(now["nrr"]),
            opened.list_url("expansion"),
            columns.moved_points(opened, "nrr", "up"),
        ),
        Figure(
            _("Bought less"),
            columns.short(opened, now["contraction_cents"]),
            opened.list_url("contraction"),
            tone="loss",
        ),
    ]


def columns_moved(now: int, was: int) -> list[Any]:
    return [columns.change(now, was, "up")]


def charts(opened: Opened) -> list[Card]:
    now = opened.headline
    ends = (now["start_cents"], now["end_cents"])
    axis = formatting.money_axis(max(*map(abs, ends)), opened.currency)

    def part(name: str) -> Mark:
        listed = BRIDGE.listed(name)
        label = str(listed.label) if listed else name
        url = opened.list_url(name)
        return change_mark(label, now[f"{name}_cents"], opened.currency, axis, url)

    def whole(label: str, cents: int) -> Mark:
        text = formatting.money_short(cents, opened.currency)
        return Mark(label, cents, text, short=axis.short(cents))

    chart = waterfall(
        "bridge",
        whole(gettext("Period before"), now["start_cents"]),
        [part(name) for name in PARTS if name != "adjustment" or now["adjustment_cents"]],
        whole(gettext("This period"), now["end_cents"]),
    )
    cut = [gettext("grey bars are cut")] if chart.is_cut else []
    foot = gettext(
        "“Bought nothing more” is by period: who bought before and nothing now. It is not loss 1."
    )
    if not axis.adds_up(_summands(now), now["end_cents"]):
        foot = f"{foot} {formatting.rounded_note()}"
    return [
        Card(
            "bridge",
            _("Revenue: what came, what left"),
            "reports/charts/waterfall.html",
            " · ".join([axis.unit, *cut]),
            foot,
            data={"chart": chart},
        )
    ]


def _summands(now: Mapping[str, Any]) -> list[int]:
    """What this period's revenue is the sum of."""
    return [now["start_cents"], *(now[f"{name}_cents"] for name in PARTS)]


def steps(opened: Opened) -> list[Step]:
    now = opened.headline
    adds_up = formatting.adds_up(_summands(now), now["end_cents"])
    parts = [
        Step(
            listed.label,
            formatting.money(now[f"{listed.key}_cents"], opened.currency),
            opened.list_url(listed.key),
            note=gettext("%(n)s customers")
            % {"n": formatting.number(now[f"{listed.key}_customers"])},
        )
        for listed in BRIDGE.lists
        if listed.key in PARTS
    ]
    first = Step(
        _("Revenue of the period before"), formatting.money(now["start_cents"], opened.currency)
    )
    last = Step(
        _("Revenue of this period"),
        formatting.money(now["end_cents"], opened.currency),
        is_sum=True,
        note="" if adds_up else formatting.rounded_note(),
    )
    return [first, *parts, last]


BRIDGE_SCREEN = show(
    Screen(
        report=BRIDGE,
        word="revenue-bridge",
        title=BRIDGE.title,
        lists=tuple(
            ListView(
                key,
                customer_columns(pgettext_lazy("a difference", "Change"), BEFORE, NOW),
                customers,
                deeds=("call", "reassign"),
                sort="-money" if key in FALLING else "money",
                has_tab=key in PARTS,
            )
            for key in KEYS
        ),
        strip=strip,
        steps=steps,
        words=by_formula,
        explain=of_two_periods,
        why_range=counted,
        charts=charts,
        splits=("owner", "team", "segment", "region"),
        group="analysis",
        is_opened_by_losses=True,
        icon="chart-bar",
    )
)
