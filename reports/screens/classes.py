"""RFM and ABC: who the best customers are, and how they moved between two days."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from reports.definitions.abc import ABC, LETTERS
from reports.definitions.rfm import RFM
from reports.raw.spans import of_window
from reports.screens import columns
from reports.screens.customers_lists import (
    by_formula,
    count_steps,
    counted,
    customer_columns,
    fact,
    lists_of,
)
from reports.screens.moves import moves
from reports.screens.parts import Card, Figure
from reports.screens.screen import Opened, Screen, show
from reports.statistics.intervals import share

RFM_KEYS = (
    "at_risk",
    "attention",
    "fading",
    "champions",
    "loyal",
    "potential",
    "recent",
    "sleeping",
    "low",
    "lapsed",
)
FIRST_TABS = 5


def _figure(opened: Opened, key: str, label: Any, tone: str = "") -> Figure:
    now = opened.headline
    n = now[f"{key}_customers"]
    whole = sum(value for name, value in now.items() if name.endswith("_cents"))
    told = gettext("%(n)s customers, %(share)s of the revenue") % {
        "n": formatting.number(n),
        "share": formatting.percent(share(now[f"{key}_cents"], whole)),
    }
    money = columns.short(opened, now[f"{key}_cents"])
    return Figure(label, money, opened.list_url(key), notes=[(told, "")], tone=tone)


def _rfm_strip(opened: Opened) -> list[Figure]:
    labels = {measure.key: measure.label for measure in RFM.measures}
    tones = {"at_risk": "loss", "champions": "gain"}
    shown = ("at_risk", "champions", "loyal", "potential", "lapsed")
    return [_figure(opened, key, labels[key], tones.get(key, "")) for key in shown]


def _abc_strip(opened: Opened) -> list[Figure]:
    names = {"A": _("Class A"), "B": _("Class B"), "C": _("Class C")}
    return [_figure(opened, letter, names[letter]) for letter in LETTERS]


def _shares(opened: Opened) -> list[Card]:
    """Who carries the revenue: customers and money by class."""
    now = opened.headline
    money = sum(max(0, now[f"{letter}_cents"]) for letter in LETTERS)
    bars = [
        {
            "label": gettext("Class %(letter)s") % {"letter": letter},
            "note": gettext("%(n)s customers")
            % {"n": formatting.number(now[f"{letter}_customers"])},
            "n": max(0, now[f"{letter}_cents"]),
            "text": formatting.percent(share(max(0, now[f"{letter}_cents"]), money)),
            "url": opened.list_url(letter),
        }
        for letter in LETTERS
    ]
    top = max((bar["n"] for bar in bars), default=0)
    return [
        Card(
            "shares",
            _("Who carries the revenue"),
            "reports/charts/bars.html",
            _("share of the last 12 months"),
            data={"bars": bars, "top": top, "tone": "primary"},
        )
    ]


def _abc_charts(opened: Opened) -> list[Card]:
    return [*_shares(opened), *moves(opened)]


SCORES = (
    fact("recency", _("Days since"), "number"),
    fact("frequency", _("Days it bought on"), "number", spare=True),
    fact("R", _("R"), "number"),
    fact("F", _("F"), "number"),
    fact("M", _("M"), "number"),
)
_RFM_COLUMNS = customer_columns(_("Last 12 months"), *SCORES)
RFM_SCREEN = show(
    Screen(
        report=RFM,
        word="best-customers",
        beside=("clv",),
        title=RFM.title,
        lists=(
            *lists_of(RFM_KEYS[:FIRST_TABS], _RFM_COLUMNS, deeds=("call", "reassign")),
            *lists_of(RFM_KEYS[FIRST_TABS:], _RFM_COLUMNS, has_tab=False),
        ),
        strip=_rfm_strip,
        steps=count_steps,
        words=by_formula,
        explain=of_window,
        why_range=counted,
        charts=moves,
        splits=("owner", "team", "segment", "region", "R", "F", "M"),
        group="analysis",
        icon="users",
    )
)
ABC_SCREEN = show(
    Screen(
        report=ABC,
        word="customers-by-revenue",
        title=ABC.title,
        lists=lists_of(LETTERS, customer_columns(_("Last 12 months")), deeds=("call", "reassign")),
        strip=_abc_strip,
        steps=count_steps,
        words=by_formula,
        explain=of_window,
        why_range=counted,
        charts=_abc_charts,
        splits=("owner", "team", "segment", "region"),
        group="analysis",
        icon="chart-bar",
    )
)
