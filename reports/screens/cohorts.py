"""Who stays, how often the rule errs, and what a departure did to those who stayed."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from crm.lib.heat import Share, heat_rows
from crm.lib.periods import add_months
from reports.definitions.calibration import CALIBRATION, TRIED, called_after
from reports.definitions.cohorts import COHORTS
from reports.definitions.did import DID
from reports.drawing.cohort_cells import Cell
from reports.raw.other import of_nothing
from reports.screens import columns
from reports.screens.churn_charts import cohort_url, stay_card
from reports.screens.customers_lists import (
    by_formula,
    count_steps,
    counted,
    customer_columns,
    dated,
    lists_of,
)
from reports.screens.lead_names import people_names
from reports.screens.parts import Card, Figure, ListView, Shown
from reports.screens.screen import Opened, Screen, show
from reports.statistics.intervals import FEW, share

SHOWN_MONTHS = 13
# Everybody who joined at least a year ago, a year later.
YEAR = Cell(0, 0, 12)


def _months(opened: Opened) -> list[Card]:
    """Purchases in each month since the first, the last year of cohorts."""
    found = [each for each in opened.headline["cohorts"] if each["customers"]][-SHOWN_MONTHS:]
    rows = [
        (
            formatting.month(date.fromisoformat(f"{each['cohort']}-01")),
            formatting.number(each["customers"]),
            [
                _share(opened, each, n)
                for n, count in enumerate(each["bought"])
                if count is not None
            ][1:SHOWN_MONTHS],
        )
        for each in found
    ]
    drawn = [
        replace(row, size_url=opened.list_url("joined", line=each["cohort"]))
        for row, each in zip(heat_rows(rows, 1, 0), found, strict=True)
    ]
    width = max((len(shares) for _label, _size, shares in rows), default=0)
    return [
        Card(
            "months",
            _("Bought again, by month of the first purchase"),
            "reports/charts/cohort_months.html",
            _("% with a purchase in that month"),
            data={"rows": drawn, "heads": [str(n) for n in range(1, width + 1)]},
            is_wide=True,
        )
    ]


def _share(opened: Opened, cohort: dict[str, Any], month: int) -> Share:
    ratio = share(cohort["bought"][month], cohort["customers"]) or 0
    few = cohort["customers"] < FEW
    then = add_months(date.fromisoformat(f"{cohort['cohort']}-01"), month)
    url = opened.list_url("bought", line=cohort["cohort"], month=f"{then:%Y-%m}")
    return Share(1 if few else ratio, formatting.number(round(ratio * 100)), url)


def _months_noun(count: int) -> str:
    return ngettext("row (customer and month)", "rows (customer and month)", count)


def _cohort_strip(opened: Opened) -> list[Figure]:
    found = opened.headline["cohorts"]
    n = sum(each["customers"] for each in found)
    year = [each for each in found if len(each["active"]) > 12 and each["active"][12] is not None]
    size = sum(each["customers"] for each in year)
    stayed = sum(each["active"][12] for each in year)
    told = gettext("of %(n)s who first bought at least a year ago") % {"n": formatting.number(size)}
    return [
        Figure(_("Customers ever"), formatting.number(n), opened.list_url("joined")),
        Figure(
            _("Still active after a year"),
            formatting.percent(share(stayed, size)),
            cohort_url(opened, list="joined", active_in=YEAR) if size else "",
            notes=[(told, cohort_url(opened, list="joined", joined_in=YEAR) if size else "")],
            is_small=size < FEW,
        ),
    ]


def _cohort_charts(opened: Opened) -> list[Card]:
    return [stay_card(opened, opened.headline["cohorts"]), *_months(opened)]


COHORTS_SCREEN = show(
    Screen(
        report=COHORTS,
        word="who-stays",
        title=COHORTS.title,
        lists=(
            *lists_of(("bought", "active"), customer_columns(day=_("Month")), _months_noun),
            *lists_of(("joined",), customer_columns(day=_("Month"))),
        ),
        strip=_cohort_strip,
        steps=count_steps,
        words=by_formula,
        explain=of_nothing,
        why_range=counted,
        charts=_cohort_charts,
        stacked=True,
        group="analysis",
        is_opened_by_losses=True,
        icon="timeline",
    )
)


def _error_strip(opened: Opened) -> list[Figure]:
    return [_errors(opened, k) for k in TRIED]


def _errors(opened: Opened, k: str) -> Figure:
    told = opened.headline[k]
    count = gettext("%(returned)s of %(called)s bought again") % {
        "returned": formatting.number(told["returned"]),
        "called": formatting.number(told["called"]),
    }
    ends = gettext("95%% range %(low)s – %(high)s") % {
        "low": formatting.percent(told["lo"]),
        "high": formatting.percent(told["hi"]),
    }
    ranged = [(ends, "")] if told["false_alarm"] is not None else []
    return Figure(
        called_after(k),
        formatting.percent(told["false_alarm"]),
        opened.list_url(f"k={k}"),
        notes=[(count, ""), *ranged],
        is_small=told["called"] < FEW,
    )


CALIBRATION_SCREEN = show(
    Screen(
        report=CALIBRATION,
        word="how-often-the-rule-errs",
        title=CALIBRATION.title,
        lists=lists_of(
            [f"k={k}" for k in TRIED],
            customer_columns(
                None,
                dated("last_purchase", _("Last order then")),
                dated("next_purchase", _("Bought again")),
                day=_("Called lost"),
            ),
        ),
        strip=_error_strip,
        steps=count_steps,
        words=by_formula,
        explain=of_nothing,
        why_range=counted,
        group="analysis",
        icon="adjustments",
    )
)


def _effect_strip(opened: Opened) -> list[Figure]:
    now, effect = opened.headline, opened.totals["effect"]
    ends = formatting.money_range(now["effect_lo_cents"], now["effect_hi_cents"])
    before = formatting.money_short(effect.base_cents, opened.currency)
    label = _("Those who stayed bought less by")
    whole = Figure(
        label,
        columns.short(opened, now["effect_cents"]),
        opened.list_url("effect"),
        [gettext("probably %(ends)s") % {"ends": ends}],
        [(gettext("of %(money)s before") % {"money": before}, "")],
    )
    unknown = Figure(label, formatting.UNKNOWN, notes=[(_no_effect(opened), "")])
    compared = Figure(
        _("Customers compared"), formatting.number(now["treated"]), opened.list_url("treated")
    )
    if opened.is_by_customers:
        return [unknown, compared]
    return [
        whole if effect.n else unknown,
        Figure(
            _("Departures estimated"),
            formatting.number(now["departures"]),
            opened.list_url("effect"),
        ),
        Figure(
            _("Not enough data"),
            formatting.number(now["too_few"]),
            opened.list_url("too_few"),
        ),
        compared,
    ]


def _no_effect(opened: Opened) -> str:
    """What an estimate needs (`did_window_days` and the least of both sides)."""
    if opened.is_by_customers:
        return gettext("An estimate is of a whole departure, of no segment and no region.")
    values = opened.run.values
    return gettext(
        "Not enough data: needs a departure %(days)s days ago, %(treated)s customers of that rep"
        " and %(controls)s of others."
    ) % {
        "days": formatting.number(values["did_window_days"]),
        "treated": formatting.number(values["did_min_treated"]),
        "controls": formatting.number(values["did_min_controls"]),
    }


def _effect_range(opened: Opened) -> str:
    return gettext(
        "What customers of a departed rep bought is set against customers whose owner stayed. The 95% range of"
        " each departure stands in its row; where it holds zero, the difference may be chance. The range of the sum"
        " is the sum of the ends: departures share the customers they are compared with, so their errors go together."
    )


_LEAVERS = (
    columns.name(_("Rep")),
    columns.reference(),
    columns.day("left", _("Last day")),
    Shown("low", _("At least"), lambda row: row.evidence.low_cents, "money"),
    Shown("high", _("At most"), lambda row: row.evidence.high_cents, "money"),
    columns.money(_("Bought less by")),
)
BEFORE = Shown("before", _("Before"), lambda row: row.evidence.base_cents, "money")
DID_SCREEN = show(
    Screen(
        report=DID,
        word="effect-of-departures",
        title=DID.title,
        lists=(
            *(
                ListView(key, _LEAVERS, lambda n: ngettext("departure", "departures", n))
                for key in ("effect", "too_few")
            ),
            *lists_of(
                ("treated", "controls"),
                customer_columns(_("After"), BEFORE),
                of=_("after"),
                base_of=_("before"),
            ),
        ),
        strip=_effect_strip,
        steps=count_steps,
        words=by_formula,
        explain=of_nothing,
        why_range=_effect_range,
        splits=("departure", "team", "segment", "region"),
        names={"departure": people_names},
        estimated=True,
        icon="logout",
    )
)
