"""Loss 1 on its page: who left, who came back, who is at risk."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from reports.definitions.calibration import CALIBRATION, TRIED
from reports.definitions.churn import CHURN
from reports.definitions.cohorts import COHORTS
from reports.modelling.churn_model import METHOD
from reports.raw.orders import explain
from reports.rows.rhythm import parts_of
from reports.screens import churn_model, columns
from reports.screens.calling_order import BY_HEALTH
from reports.screens.churn_charts import charts
from reports.screens.lead_names import yes_or_no
from reports.screens.parts import Figure, ListView, Row, Shown, Step
from reports.screens.screen import Opened, Screen, show
from reports.statistics.intervals import FEW


def _last(row: Row) -> date | None:
    """Active customers are dated by their last order; who was called lost has it among the facets."""
    text = row.fact("last_purchase")
    return date.fromisoformat(text) if text else row.evidence.occurred_on


def _silent_days(row: Row) -> int | None:
    last = _last(row)
    return None if last is None else (row.as_of - last).days


def _silent(row: Row) -> str:
    """41 days, usually 21."""
    days, halves = _silent_days(row), row.fact("typical_halves")
    if days is None:
        return ""
    told = {"silent": formatting.number(days)}
    if halves is None:
        text = ngettext("%(silent)s day", "%(silent)s days", days) % told
    else:
        usual = formatting.number(halves / 2, 0)
        text = gettext("%(silent)s days, usually %(usual)s") % (told | {"usual": usual})
    basis = row.fact("basis")
    return f"{text} · {basis_names(())[basis]}" if basis in ("contract", "model") else text


def basis_names(keys: Sequence[str]) -> Mapping[str, str]:
    """By what it is told that a customer is lost."""
    return {"rule": gettext("rule"), "contract": gettext("contract"), "model": gettext("model")}


def _lost_from(row: Row) -> date | None:
    """The day from which a silent customer will count as lost, if nothing comes before."""
    threshold, last = row.fact("threshold_parts"), _last(row)
    if threshold is None or last is None:
        return None
    return last + timedelta(days=threshold // parts_of(row.run.values["k"]) + 1)


def _typical(row: Row) -> Any:
    halves = row.fact("typical_halves")
    return None if halves is None else halves / 2


NAME = Shown(
    "name",
    _("Customer"),
    lambda row: row.name,
    note=lambda row: _("with a departed rep") if row.fact("departure") else "",
)
SILENT = Shown("silent", _("Silent"), _silent, place="is-fact", in_file=_silent_days)
IN_FILES = (
    columns.in_file("purchases", _("Purchases"), lambda row: row.fact("purchases")),
    columns.in_file("typical", _("Usual gap, days"), _typical),
    columns.in_file("basis", _("Told by"), lambda row: row.fact("basis")),
)


def _columns(lost: Shown | None, *, wanted: bool = False) -> tuple[Shown, ...]:
    """The columns of a list; `lost` is what its day means. Customers who are active have none."""
    stored = lost is None or not lost.ordering
    return (
        NAME,
        columns.reference(),
        columns.owner(),
        columns.money(_("A year")),
        columns.day("last", _("Last order"), _last, stored=stored, spare=lost is not None),
        SILENT,
        *([lost] if lost else []),
        columns.next_step(wanted=wanted),
        *IN_FILES,
    )


def _noun(count: int) -> str:
    return ngettext("customer", "customers", count)


def _list(key: str, lost: Any = None, **more: Any) -> ListView:
    day = columns.day("lost", lost) if lost else None
    return ListView(key, _columns(day), _noun, of=_("a year"), **more)


LISTS = (
    ListView(
        "at_risk",
        _columns(
            columns.day("lost", _("Counts as lost on"), _lost_from, stored=False), wanted=True
        ),
        _noun,
        hint=_("silent beyond the warning share of their own rhythm; ranked by a year of buying"),
        nobody=_("No customer is silent beyond the warning share of their own rhythm."),
        ranking=BY_HEALTH,
        deeds=("call", "reassign"),
        of=_("a year"),
    ),
    _list("loss", _("Lost on"), deeds=("call", "reassign")),
    _list("recovered", _("Had counted as lost on")),
    _list("opening"),
    _list("departed", _("Lost on"), has_tab=False),
    _list("active", has_tab=False),
    _list("lost_of_opening", _("Lost on"), has_tab=False),
    churn_model.EXPECTED,
)


def strip(opened: Opened) -> list[Figure]:
    return [
        _lost(opened),
        _rate(opened),
        _back(opened),
        _at_risk(opened),
        *churn_model.expected(opened),
    ]


def _lost(opened: Opened) -> Figure:
    now = opened.headline
    notes = []
    if now["lost_customers"]:
        count = formatting.number(now["lost_customers"])
        each = formatting.money_short(now["average_value_cents"], opened.currency)
        notes.append((f"{count} × {each}", ""))
    if now["loss_to_departures_cents"]:
        money = formatting.money_short(now["loss_to_departures_cents"], opened.currency)
        told = gettext("of this %(money)s with a departed rep") % {"money": money}
        notes.append((told, opened.list_url("departed")))
    notes += churn_model.why_not(opened)
    return Figure(
        _("Lost revenue a year"),
        columns.short(opened, now["loss_cents"]),
        opened.list_url("loss"),
        [gettext("counted"), *columns.moved(opened, "loss_cents")],
        notes,
        tone="loss",
        spark=opened.trend,
        spark_before=opened.trend_before,
    )


def _rate(opened: Opened) -> Figure:
    now = opened.headline
    few = now["opening_customers"] < FEW
    notes: list[tuple[Any, str]] = []
    if now["logo_churn"] is not None:
        ends = {
            "low": formatting.percent(now["logo_churn_lo"]),
            "high": formatting.percent(now["logo_churn_hi"]),
        }
        notes.append((gettext("95%% range %(low)s – %(high)s") % ends, ""))
    before = ngettext(
        "of %(shown)s active before", "of %(shown)s active before", now["opening_customers"]
    ) % {"shown": formatting.number(now["opening_customers"])}
    notes.append((before, opened.list_url("opening")))
    if few:
        notes.append((gettext("few customers"), ""))
    return Figure(
        _("Churn rate of the period"),
        formatting.percent(now["logo_churn"]),
        opened.list_url("lost_of_opening"),
        columns.moved_points(opened, "logo_churn"),
        notes,
        is_small=few,
    )


def _back(opened: Opened) -> Figure:
    n = opened.headline["recovered_customers"]
    told = ngettext(
        "%(shown)s customer bought again after being counted lost",
        "%(shown)s customers bought again after being counted lost",
        n,
    ) % {"shown": formatting.number(n)}
    money = columns.short(opened, opened.headline["recovered_value_cents"])
    return Figure(_("Came back"), money, opened.list_url("recovered"), notes=[(told, "")])


def _at_risk(opened: Opened) -> Figure:
    n = opened.headline["at_risk_customers"]
    told = ngettext("%(shown)s customer, yearly value", "%(shown)s customers, yearly value", n) % {
        "shown": formatting.number(n)
    }
    money = columns.short(opened, opened.headline["at_risk_value_cents"])
    return Figure(
        _("At risk now"), money, opened.list_url("at_risk"), (), [(told, "")], tone="gain"
    )


def steps(opened: Opened) -> list[Step]:
    now = opened.headline

    def count(label: Any, key: str, name: str, **more: Any) -> Step:
        return Step(label, formatting.number(now[name]), opened.list_url(key), **more)

    left = _("Left, with those won and lost inside the period")
    return [
        count(_("Customers active before the period"), "opening", "opening_customers"),
        count(
            _("of these silent for longer than their rhythm allows"),
            "lost_of_opening",
            "lost_of_opening",
        ),
        count(left, "loss", "lost_customers", is_sum=True),
        count(
            _("called lost in the period, but bought again: no loss"),
            "recovered",
            "recovered_customers",
        ),
        Step(
            _("of those who left, with a departed rep: also loss 6"),
            formatting.money(now["loss_to_departures_cents"], opened.currency),
            opened.list_url("departed"),
            note=_("Taken out once in the total of all losses"),
        ),
        count(_("At risk now: silent beyond the warning share"), "at_risk", "at_risk_customers"),
    ]


def why_range(opened: Opened) -> str:
    """How often the rule erred at the k in force; it tells of the whole company, so only to who sees it."""
    if opened.headline["method"] == METHOD:
        return churn_model.told_by(opened)
    counted = gettext("The figure is counted by a rule, not estimated.")
    k = str(opened.run.values["k"].normalize())
    snapshot = opened.shelf.last(CALIBRATION)
    if snapshot is None or k not in TRIED or not opened.sees_all:
        return counted
    told = snapshot.headline[k]
    if not told["called"]:
        return counted
    errs = ngettext(
        "How often the rule errs: of %(called)s customer called lost more than a year ago,"
        " %(returned)s bought again within a year (%(rate)s, range %(low)s – %(high)s).",
        "How often the rule errs: of %(called)s customers called lost more than a year ago,"
        " %(returned)s bought again within a year (%(rate)s, range %(low)s – %(high)s).",
        told["called"],
    ) % {
        "called": formatting.number(told["called"]),
        "returned": formatting.number(told["returned"]),
        "rate": formatting.percent(told["false_alarm"]),
        "low": formatting.percent(told["lo"]),
        "high": formatting.percent(told["hi"]),
    }
    return f"{counted} {errs}"


CHURN_SCREEN = show(
    Screen(
        report=CHURN,
        word="customers-leaving",
        beside=("calibration", "clv"),
        title=CHURN.title,
        lists=LISTS,
        strip=strip,
        steps=steps,
        explain=explain,
        left_out=(
            _(
                "Test customers; orders that were reversed in full; what was recorded after the as-of day."
                " Merged customers count once, as the one they were merged into. Deleting a customer does"
                " not remove its purchases."
            ),
        ),
        why_range=why_range,
        charts=charts,
        splits=("team", "owner", "segment", "region", "abc", "tenure_years", "one_time", "basis"),
        names={"one_time": yes_or_no, "basis": basis_names},
        companions=(COHORTS, CALIBRATION),
        computed=(CHURN, COHORTS),
        needs=_("appears after 12 months of orders are in"),
        trend="loss",
    )
)
