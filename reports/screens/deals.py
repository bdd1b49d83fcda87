"""Deals won and lost, and what the open ones should bring."""

from fractions import Fraction
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from reports.definitions.forecast import FORECAST
from reports.definitions.win_loss import WIN_LOSS
from reports.models import Snapshot
from reports.raw.other import of_deal
from reports.reading.filters import Filters
from reports.reading.forecasts import against_outcome, newest
from reports.reading.shelf import Shelf
from reports.screens import columns
from reports.screens.customers_lists import by_formula, count_steps, counted, deals, fact
from reports.screens.lead_names import reason_names, stage_names, yes_or_no
from reports.screens.parts import Card, Figure, ListView, Row, Shown, Step
from reports.screens.screen import Opened, Screen, show
from reports.statistics.intervals import FEW
from team.models import Company

AT_MOST = 8


def _customer(row: Row) -> Any:
    customer = row.subject.customer if row.subject else None
    return str(customer) if customer else row.fact("customer")


CUSTOMER = Shown("customer", _("Customer"), _customer, place="is-clip")
CLOSED = (
    columns.name(_("Deal")),
    columns.owner(),
    CUSTOMER,
    columns.day("closed", _("Closed")),
    fact("reason", _("Reason"), place="is-fact"),
    fact("competitor", _("Competitor"), spare=True),
    columns.money(_("Amount")),
)


def win_strip(opened: Opened) -> list[Figure]:
    lost = opened.headline["without_reason"]
    return [
        _closed(opened, "lost", pgettext_lazy("a deal", "Lost"), "down", "loss"),
        _closed(opened, "won", _("Won"), "up", "gain"),
        _win_rate(opened),
        Figure(
            _("Won, of the money"),
            formatting.percent(opened.headline["win_rate_amount"]),
            opened.list_url("won"),
            columns.moved_points(opened, "win_rate_amount", "up"),
        ),
        Figure(
            _("Lost without a reason"),
            formatting.percent(lost),
            opened.list_url("lost", reason="(none)"),
        ),
    ]


def _closed(opened: Opened, key: str, label: Any, better: str, tone: str) -> Figure:
    count = gettext("%(n)s deals") % {"n": formatting.number(opened.headline[key])}
    return Figure(
        label,
        columns.short(opened, opened.headline[f"{key}_amount_cents"]),
        opened.list_url(key),
        columns.moved(opened, f"{key}_amount_cents", better),
        [(count, "")],
        tone=tone,
    )


def _win_rate(opened: Opened) -> Figure:
    now = opened.headline
    closed = now["won"] + now["lost"]
    ends = gettext("95%% range %(low)s – %(high)s") % {
        "low": formatting.percent(now["lo"]),
        "high": formatting.percent(now["hi"]),
    }
    few = [(gettext("few deals"), "")] if closed < FEW else []
    return Figure(
        _("Won, of those closed"),
        formatting.percent(now["win_rate"]),
        opened.list_url("won"),
        columns.moved_points(opened, "win_rate", "up"),
        [*([(ends, "")] if now["win_rate"] is not None else []), *few],
        is_small=closed < FEW,
    )


def reasons(opened: Opened) -> list[Card]:
    """Lost money by reason; sellers blame the price, so ask the buyers of the large ones."""
    found = opened.headline["reasons"][:AT_MOST]
    names = reason_names([each["reason"] for each in found])
    bars = [
        {
            "label": names.get(each["reason"], each["reason"]) or gettext("(none)"),
            "note": gettext("%(n)s deals") % {"n": formatting.number(each["count"])},
            "n": max(0, each["amount_cents"]),
            "text": formatting.money_short(each["amount_cents"], opened.currency),
            "url": opened.list_url("lost", reason=each["reason"] or "(none)"),
        }
        for each in found
    ]
    top = max((bar["n"] for bar in bars), default=0)
    return [
        Card(
            "reasons",
            _("Why deals were lost"),
            "reports/charts/bars.html",
            _("by amount, as sellers wrote it"),
            data={"bars": bars, "top": top, "tone": "loss"},
        )
    ]


WIN_LOSS_SCREEN = show(
    Screen(
        report=WIN_LOSS,
        word="won-and-lost",
        title=WIN_LOSS.title,
        lists=tuple(ListView(key, CLOSED, deals) for key in ("lost", "won")),
        strip=win_strip,
        steps=count_steps,
        words=by_formula,
        explain=of_deal,
        why_range=counted,
        charts=reasons,
        splits=("reason", "competitor", "owner", "team", "stage_before", "segment", "region"),
        names={"reason": reason_names, "stage_before": stage_names},
        group="analysis",
        icon="layout-kanban",
    )
)


def _chance(row: Row) -> Any:
    text = row.fact("p")
    return Fraction(text) if text else None


def _basis(row: Row) -> str:
    """Where a chance is from: deals that were won from the stage, or a setting of the company."""
    return gettext("history") if row.fact("basis") == "history" else gettext("setting")


OPEN = (
    columns.name(_("Deal")),
    columns.reference(),
    columns.owner(_("Owner")),
    CUSTOMER,
    columns.day("close", _("Expected to close")),
    fact("stage", _("Stage"), place="is-fact"),
    Shown("amount", _("Amount"), lambda row: row.evidence.base_cents, "money"),
    Shown("p", _("Chance"), _chance, "percent", note=_basis),
    Shown("basis", _("Chance from"), _basis, only_in_file=True),
    columns.money(_("Expected")),
)


def forecast_strip(opened: Opened) -> list[Figure]:
    now = opened.headline
    ends = formatting.money_range(now["lo_cents"], now["hi_cents"])
    until = formatting.day(opened.snapshot.to_on)
    return [
        Figure(
            gettext("Expected by %(day)s") % {"day": until},
            columns.short(opened, now["expected_cents"]),
            opened.list_url("open"),
            [gettext("probably %(ends)s") % {"ends": ends}] if now["deals"] else [],
            [(gettext("%(n)s deals") % {"n": formatting.number(now["deals"])}, "")],
            tone="gain",
        ),
        Figure(
            _("Open"),
            columns.short(opened, now["open_cents"]),
            opened.list_url("open"),
        ),
        Figure(
            _("Overdue, and in it"),
            formatting.number(_overdue(opened)),
            opened.list_url("open", overdue=1),
        ),
        Figure(
            _("Without an expected day"),
            columns.short(opened, now["undated_cents"]),
            opened.list_url("undated"),
            notes=[
                (
                    gettext("%(n)s deals, in no forecast")
                    % {"n": formatting.number(now["undated_deals"])},
                    "",
                )
            ],
        ),
    ]


def _overdue(opened: Opened) -> int:
    """Deals whose expected day has passed: months before the as-of day's, and of its own those before it."""
    seen = opened.snapshot.evidence.filter(opened.shelf.rows(), measure="open", facets__overdue=1)
    return seen.count()


def outcomes(opened: Opened) -> list[Card]:
    """The forecasts kept by the week, and what became of them."""
    found = against_outcome(opened.shelf, Company.get().today)
    if not any(each.figures["expected_cents"] or each.won_cents for each in found):
        return []
    rows = [
        {
            "day": each.snapshot.as_of,
            "until": each.snapshot.to_on,
            "expected": formatting.money_short(each.figures["expected_cents"], opened.currency),
            "ends": formatting.money_range(each.figures["lo_cents"], each.figures["hi_cents"]),
            "won": formatting.money_short(each.won_cents, opened.currency),
            "within": each.within,
        }
        for each in reversed(found)
    ]
    return [
        Card(
            "outcomes",
            _("Forecast and outcome"),
            "reports/charts/outcomes.html",
            _("one a week is kept"),
            data={"rows": rows},
        )
    ]


def _steps(opened: Opened) -> list[Step]:
    now = opened.headline
    return [
        Step(
            _("Open deals expected to close by then"),
            formatting.number(now["deals"]),
            opened.list_url("open"),
        ),
        Step(
            _("their amounts"),
            formatting.money(now["open_cents"], opened.currency),
            opened.list_url("open"),
        ),
        Step(
            _("Each × the share of deals won from its stage"),
            formatting.money(now["expected_cents"], opened.currency),
            opened.list_url("open"),
            is_sum=True,
        ),
        Step(
            _("without an expected day: in no forecast"),
            formatting.number(now["undated_deals"]),
            opened.list_url("undated"),
        ),
    ]


def why_forecast(opened: Opened) -> str:
    return gettext(
        "Each deal is won or lost as a whole. The range takes deals to be independent of each other; where one"
        " decision settles several, it is wider."
    )


def _newest(shelf: Shelf, filters: Filters) -> Snapshot | None:
    """To the end of the running quarter."""
    return newest(shelf, "quarter")


FORECAST_SCREEN = show(
    Screen(
        report=FORECAST,
        word="forecast",
        title=FORECAST.title,
        lists=tuple(
            ListView(key, OPEN, deals, of=_("expected"), base_of=pgettext_lazy("deals", "open"))
            for key in ("open", "undated")
        ),
        strip=forecast_strip,
        steps=_steps,
        words=by_formula,
        explain=of_deal,
        why_range=why_forecast,
        charts=outcomes,
        splits=("stage", "owner", "team", "month", "overdue", "segment", "region"),
        names={"overdue": yes_or_no, "stage": stage_names},
        newest=_newest,
        has_period=False,
        estimated=True,
        group="analysis",
        icon="timeline",
    )
)
