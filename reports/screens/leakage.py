"""Loss 2 on its page: which leads were answered late or never, and what was not sold because of it."""

from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from reports.definitions.leakage import LEAKAGE
from reports.definitions.marketing import MARKETING
from reports.definitions.speed import SPEED
from reports.raw.leads import leaked
from reports.reading.evidence import rows
from reports.reading.standing import still_open
from reports.rows.lead_steps import STEPS
from reports.rows.leakage_rates import CLASSES
from reports.screens import columns
from reports.screens.lead_names import NAMES, weekday_names
from reports.screens.lead_splits import split_columns
from reports.screens.leakage_charts import charts
from reports.screens.links import response_goal
from reports.screens.parts import Figure, ListView, Row, Shown, Step
from reports.screens.screen import Opened, Screen, show
from reports.statistics.intervals import FEW, share

CLASS_WORDS = {
    "timely": _("in time"),
    "late": _("late"),
    "never": _("never"),
    "pending": _("not yet, not due"),
}


def _answered(row: Row) -> Any:
    seconds = row.fact("answered_after")
    return None if seconds is None else seconds // 60


def _noun(count: int) -> str:
    return ngettext("lead", "leads", count)


def _customers(count: int) -> str:
    return ngettext("customer", "customers", count)


ANSWER = Shown("class", _("Answer"), lambda row: CLASS_WORDS.get(row.fact("class"), ""))
AFTER = Shown(
    "after", _("First answer after"), _answered, "minutes", place="is-fact", empty=_("never")
)
SOURCE = Shown("source", _("Source"), lambda row: row.fact("source"), place="is-clip", spare=True)
CAMPAIGN = Shown("campaign", _("Campaign"), lambda row: row.fact("campaign"), only_in_file=True)


def _columns(money: Any = None, *, wanted: bool = False) -> tuple[Shown, ...]:
    return (
        columns.name(_("Lead")),
        columns.reference(),
        columns.owner(),
        columns.day("arrived", _("Arrived")),
        ANSWER,
        AFTER,
        SOURCE,
        CAMPAIGN,
        *([columns.money(money)] if money else []),
        columns.next_step(wanted=wanted),
    )


def _list(key: str, **more: Any) -> ListView:
    return ListView(key, _columns(), _noun, has_tab=False, sort="arrived", **more)


CUSTOMERS = (
    columns.name(_("Customer")),
    columns.reference(),
    columns.owner(),
    columns.day("first", _("First purchase")),
    columns.next_step(),
)
LISTS = (
    ListView(
        "loss",
        _columns(_("Expected sales")),
        _noun,
        hint=_("answered late or never, and old enough to tell; ranked by what was missed"),
        nobody=_("Every lead that is old enough was answered in time."),
        deeds=("answer", "assign"),
        of=_("not sold"),
    ),
    ListView(
        "at_risk",
        _columns(_("Expected sales"), wanted=True),
        _noun,
        hint=_("answered late or not yet, and young enough to be won"),
        nobody=_("No young lead waits beyond its time."),
        deeds=("answer", "assign"),
        of=_("to be won"),
    ),
    ListView(
        "unreported",
        CUSTOMERS,
        _customers,
        hint=_("first bought in the period, without any lead that led to them"),
        sort="first",
    ),
    ListView("junk", _columns(), _noun, sort="arrived"),
    *(_list(key) for key in ("leads", *CLASSES, "leaked_converted")),
    *(_list(f"came_{step}") for step in STEPS),
    *(_list(f"stopped_{step}") for step in STEPS[:-1]),
    ListView("new_customers", CUSTOMERS, _customers, has_tab=False, sort="first"),
)


def strip(opened: Opened) -> list[Figure]:
    return [_lost(opened), _late(opened), _at_risk(opened), _junk(opened), _unreported(opened)]


def _lost(opened: Opened) -> Figure:
    now = opened.headline
    ends = gettext("probably %(ends)s") % {
        "ends": formatting.money_range(now["lo_cents"], now["hi_cents"])
    }
    count = ngettext("%(n)s lead", "%(n)s leads", now["leaked"]) % {
        "n": formatting.number(now["leaked"])
    }
    notes = [(count, ""), (gettext("first-year sales"), "")]
    return columns.ripening_loss(opened, _("Expected sales not made"), ends, notes)


def _late(opened: Opened) -> Figure:
    now = opened.headline
    slow = now["late"] + now["never"]
    late, never = (formatting.number(now[name]) for name in ("late", "never"))
    return Figure(
        _("Answered late or never"),
        formatting.percent(share(slow, now["leads"])),
        opened.list_url("leads"),
        [],
        [
            (gettext("%(n)s late") % {"n": late}, opened.list_url("late")),
            (gettext("%(n)s never") % {"n": never}, opened.list_url("never")),
            (
                gettext("of %(n)s") % {"n": formatting.number(now["leads"])},
                opened.list_url("leads"),
            ),
        ],
        is_small=now["leads"] < FEW,
    )


def _at_risk(opened: Opened) -> Figure:
    n = opened.headline["at_risk_leads"]
    seen = rows(opened.snapshot, opened.viewer, ["at_risk"]).filter(opened.shelf.rows())
    standing = still_open(seen, opened.viewer).count() if n else 0
    if standing == n:
        told = ngettext("%(n)s lead can still be won", "%(n)s leads can still be won", n)
    else:
        told = gettext("%(open)s of %(n)s leads can still be won; the rest is won or closed")
    told %= {"n": formatting.number(n), "open": formatting.number(standing)}
    money = columns.short(opened, opened.headline["at_risk_cents"])
    return Figure(
        _("At risk now"), money, opened.list_url("at_risk"), notes=[(told, "")], tone="gain"
    )


def _junk(opened: Opened) -> Figure:
    now = opened.headline
    told = gettext("%(n)s leads, which no figure counts") % {"n": formatting.number(now["junk"])}
    return Figure(
        _("Closed as junk or duplicate"),
        formatting.percent(now["junk_share"]),
        opened.list_url("junk"),
        notes=[(told, "")],
        is_small=now["leads"] + now["junk"] < FEW,
    )


def _unreported(opened: Opened) -> Figure:
    now = opened.headline
    told = ngettext("of %(n)s new customer", "of %(n)s new customers", now["new_customers"]) % {
        "n": formatting.number(now["new_customers"])
    }
    return Figure(
        _("New customers without a lead"),
        formatting.number(now["without_lead"]),
        opened.list_url("unreported"),
        notes=[(told, opened.list_url("new_customers"))],
    )


def words(opened: Opened) -> str:
    now = opened.headline
    return gettext(
        "%(leaked)s leads were answered late or never and are old enough to tell; %(won)s of them became"
        " customers all the same. Had they converted as often as those answered in time of the same source,"
        " they would have brought %(loss)s more in their first year."
    ) % {
        "leaked": formatting.number(now["leaked"]),
        "won": formatting.number(now["leaked_converted"]),
        "loss": formatting.money(now["loss_cents"], opened.currency),
    }


def steps(opened: Opened) -> list[Step]:
    now = opened.headline

    def count(label: Any, key: str, **more: Any) -> Step:
        return Step(label, formatting.number(now[key]), opened.list_url(key), **more)

    return [
        count(_("Leads that arrived in the period"), "leads"),
        count(_("answered in time"), "timely"),
        count(_("answered late"), "late"),
        count(_("never answered, and due"), "never"),
        count(_("not answered, not due yet"), "pending"),
        Step(
            _("Late or never, and old enough to tell"),
            formatting.number(now["leaked"]),
            opened.list_url("loss"),
            is_sum=True,
        ),
        count(_("of these converted all the same: taken off"), "leaked_converted"),
        *_from_the_top(opened),
    ]


def _from_the_top(opened: Opened) -> list[Step]:
    """The cross-check is of the whole company."""
    norm = opened.snapshot.whole.get("norm") or {}
    if not opened.sees_all or not norm.get("available"):
        return []
    told = gettext(
        "new customers brought %(new)s; %(share)s of all sales would be %(expected)s"
    ) % {
        "new": formatting.money(norm["new_sales_cents"], opened.currency),
        "share": formatting.percent(opened.run.values["norm_share"]),
        "expected": formatting.money(norm["expected_cents"], opened.currency),
    }
    money = formatting.money(norm["loss_cents"], opened.currency)
    return [Step(_("The same from the top"), money, opened.list_url("new_customers"), note=told)]


def why_range(opened: Opened) -> str:
    return gettext(
        "How many would have converted is estimated from the leads answered in time; the range is the 95%"
        " interval of that share. Leads that looked better may have been answered first, so the figure says"
        " what was expected, not what was certain."
    )


LEAKAGE_SCREEN = show(
    Screen(
        report=LEAKAGE,
        word="leads-not-won",
        title=_("Leads not won"),
        lists=LISTS,
        strip=strip,
        steps=steps,
        words=words,
        explain=leaked,
        left_out=(
            _(
                "Leads closed as junk or duplicates, leads of test customers, what was recorded after the day."
            ),
        ),
        why_range=why_range,
        charts=charts,
        splits=(
            "source",
            "owner",
            "campaign",
            "week",
            "channel",
            "team",
            "region",
            "band",
            "weekday",
            "hour",
        ),
        split="source",
        split_measures=(*CLASSES, *STEPS, "loss"),
        split_columns=split_columns,
        links=response_goal,
        names=NAMES | {"weekday": weekday_names},
        companions=(SPEED, MARKETING),
        computed=(LEAKAGE, SPEED),
        trend="loss",
        estimated=True,
        needs=_("needs 30 leads with their answers, and what they bought"),
        icon="user-question",
    )
)
