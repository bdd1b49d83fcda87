"""What two losses count both, and the total takes out once. A part of it is wages (`reports.reading.hiding`)."""

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from reports.definitions.ledger import LEDGER, OVERLAPS
from reports.definitions.time import TIME
from reports.raw.twice import explain
from reports.reading.known import Missing
from reports.rows.margin_rate import rate_in, usable
from reports.screens import columns
from reports.screens.customers_lists import by_formula, counted, customers
from reports.screens.links import days, paid_hours
from reports.screens.parts import Figure, ListView, Shown, Step
from reports.screens.screen import Opened, Screen, show
from reports.screens.time import MONTH

TWICE = _("Counted twice")
LABELS = {
    "overlap_1_6": _("Customers lost with a rep"),
    "overlap_2_3": _("Leads both paid for and not won"),
    "overlap_4_5": _("Newcomers’ wages"),
}
PAIRS = {"overlap_1_6": (1, 6), "overlap_2_3": (2, 3), "overlap_4_5": (4, 5)}
# The lists of the revenue basis
LISTS = {measure: measure for measure in OVERLAPS}
# and of the margin basis; wages are the same on both.
ON_MARGIN = {"overlap_1_6": "margin_6", "overlap_2_3": "margin_overlap_2_3"}


def _leads(count: int) -> str:
    return ngettext("lead", "leads", count)


def _months(count: int) -> str:
    return ngettext("row (rep and month)", "rows (rep and month)", count)


def _reps(count: int) -> str:
    return ngettext("rep", "reps", count)


CUSTOMERS = (
    columns.name(_("Customer")),
    columns.reference(),
    columns.owner(_("Departed rep")),
    columns.day("lost", _("Lost on")),
    columns.money(TWICE),
)
LEADS = (
    columns.name(_("Lead")),
    columns.reference(),
    columns.owner(),
    Shown("campaign", _("Campaign"), lambda row: row.fact("campaign"), place="is-clip"),
    columns.day("arrived", _("Arrived")),
    columns.money(TWICE),
)
MONTHS = (
    columns.name(_("Rep")),
    columns.reference(),
    MONTH,
    columns.day("last", _("Last day")),
    columns.money(TWICE),
)
SLOWEST = "stoppable_4"
SLOWEST_FIRST = ("id",)
SLOW = (
    columns.name(_("Rep")),
    columns.reference(),
    Shown(
        "share",
        _("Selling, of the paid time"),
        lambda row: row.fact("share"),
        "percent",
        SLOWEST_FIRST,
        place="is-sum-cell",
    ),
    Shown("median", _("Median of the team"), lambda row: row.fact("median"), "percent"),
)


def _lists() -> tuple[ListView, ...]:
    """Those of the revenue basis have tabs; those of the margin basis are opened by its figures, and the reps who sell
    least by what can still be stopped: the ledger alone compares them with their team.
    """
    lost = _("lost with a rep: a line of loss 6 is one of loss 1")
    leads = _("the smaller of the missed sale and the money spent, lead by lead")
    wages = _("the unsold part of days that are lost whole with a newcomer")
    return (
        ListView("overlap_1_6", CUSTOMERS, customers, hint=lost),
        ListView("overlap_2_3", LEADS, _leads, hint=leads),
        ListView("overlap_4_5", MONTHS, _months, hint=wages),
        ListView("margin_6", CUSTOMERS, customers, hint=lost, has_tab=False),
        ListView("margin_overlap_2_3", LEADS, _leads, hint=leads, has_tab=False),
        ListView(
            SLOWEST,
            SLOW,
            _reps,
            hint=_(
                "reps whose share of selling is below half of their team’s median; a gap is a question"
            ),
            nobody=_("Nobody sells in less than half of the share of time usual in their team."),
            deeds=("talk",),
            has_tab=False,
            sort="share",
            opens=_("Open the months"),
            beside=days,
            of_people=True,
            title=_("Reps who sell least"),
        ),
    )


def strip(opened: Opened) -> list[Figure]:
    if opened.view.key == SLOWEST:
        return [_slowest(opened)]
    return [_shared(opened, measure) for measure in OVERLAPS]


def _slowest(opened: Opened) -> Figure:
    """How many there are: what they could have sold is not known. Beside it the loss that it could stop."""
    count, url = formatting.number(opened.totals[SLOWEST].n), opened.list_url(SLOWEST)
    return Figure(opened.title, count, url, notes=[(TIME.title, paid_hours(opened))])


def _shared(opened: Opened, measure: str) -> Figure:
    """What two losses share on the revenue basis; beside it the same on that of the margin."""
    missing = _missing(opened, measure)
    if missing is not None:
        return Figure(LABELS[measure], formatting.UNKNOWN, notes=[(missing.text, missing.url)])
    cents = opened.headline[f"{measure}_cents"]
    beside = [gettext("counted")] if cents is not None else []
    value, url = columns.short(opened, cents), opened.list_url(measure)
    return Figure(LABELS[measure], value, url, beside, _notes(opened, measure))


def _missing(opened: Opened, measure: str) -> Missing | None:
    """What one of the two losses needs: of a loss that cannot be told nothing can be counted twice."""
    return next((opened.untold[n] for n in PAIRS[measure] if n in opened.untold), None)


def _notes(opened: Opened, measure: str) -> list[tuple[Any, str]]:
    if opened.headline[f"{measure}_cents"] is None:
        return [(gettext("told to directors"), "")]
    if measure not in ON_MARGIN or not _has_margin(opened):
        return []
    name = ON_MARGIN[measure]
    money = columns.short(opened, opened.headline[f"{name}_cents"])
    return [(format_html(gettext("on the margin basis {}"), money), opened.list_url(name))]


def _has_margin(opened: Opened) -> bool:
    return usable(rate_in(opened.snapshot.whole))


def words(opened: Opened) -> str:
    """The sum that the total of the losses is less by; what is not told is in no sum."""
    if opened.view.key == SLOWEST:
        return gettext(
            "Of each rep the minutes of selling ÷ those of the paid time; here is whose share is below half of the"
            " median of their team."
        )
    parts = _told(opened, LISTS)
    if not parts:
        return by_formula(opened)
    told = [
        formatting.money(cents, opened.currency) for cents in (*parts.values(), sum(parts.values()))
    ]
    *summands, whole = told
    return gettext(
        "The total is the sum of the six losses less what two of them count both: %(parts)s = %(sum)s."
    ) % {"parts": " + ".join(summands), "sum": whole}


def _told(opened: Opened, lists: Mapping[str, str]) -> dict[str, int]:
    """Cents of the pairs that can be told, each by its list on one basis."""
    found = {
        measure: opened.headline[f"{name}_cents"]
        for measure, name in lists.items()
        if _missing(opened, measure) is None
    }
    return {measure: cents for measure, cents in found.items() if cents is not None}


def steps(opened: Opened) -> list[Step]:
    """Of each basis what is taken out and its sum."""
    if opened.view.key == SLOWEST:
        slowest = _slowest(opened)
        return [Step(slowest.label, slowest.value, slowest.url)]
    found = _taken_out(opened, LISTS, _("Taken out of the total"))
    if _has_margin(opened):
        rate = formatting.percent(rate_in(opened.snapshot.whole))
        whole = format_lazy(_("Taken out of the total on the margin basis ({rate})"), rate=rate)
        found += _taken_out(opened, LISTS | ON_MARGIN, whole)
    return found


def _taken_out(opened: Opened, lists: Mapping[str, str], label: Any) -> list[Step]:
    """A step for each list and their sum."""
    told = _told(opened, lists)
    whole = sum(told.values()) if told else None
    adds_up = formatting.adds_up(told.values(), whole or 0)

    def written(cents: int | None) -> Any:
        return formatting.UNKNOWN if cents is None else formatting.money(cents, opened.currency)

    return [
        *(
            Step(LABELS[measure], written(told.get(measure)), opened.list_url(name))
            for measure, name in lists.items()
        ),
        Step(label, written(whole), is_sum=True, note="" if adds_up else formatting.rounded_note()),
    ]


LEDGER_SCREEN = show(
    Screen(
        report=LEDGER,
        word="counted-twice",
        title=TWICE,
        lists=_lists(),
        strip=strip,
        steps=steps,
        words=words,
        explain=explain,
        why_range=counted,
        splits=("owner", "team"),
    )
)
