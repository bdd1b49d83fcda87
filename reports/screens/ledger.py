"""What two losses count both, and the total therefore takes out once. A part of it is wages: for directors."""

from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from reports.definitions.ledger import LEDGER, OVERLAPS
from reports.raw.other import of_nothing
from reports.screens import columns
from reports.screens.customers_lists import counted, customers
from reports.screens.parts import Figure, ListView, Shown, Step
from reports.screens.screen import Opened, Screen, show
from reports.screens.time import MONTH

TWICE = _("Counted twice")
LABELS = {
    "overlap_1_6": _("Customers lost with a rep"),
    "overlap_2_3": _("Leads both paid for and not won"),
    "overlap_4_5": _("Newcomers’ wages"),
}


def _leads(count: int) -> str:
    return ngettext("lead", "leads", count)


def _months(count: int) -> str:
    return ngettext("month of a rep", "months of reps", count)


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


def _lists() -> tuple[ListView, ...]:
    """Those of the revenue basis have tabs; those of the margin basis are opened by its figures."""
    lost = _("lost with a rep: a line of loss 6 is one of loss 1")
    leads = _("the smaller of the missed sale and the money spent, lead by lead")
    wages = _("the unsold part of days that are lost whole with a newcomer")
    return (
        ListView("overlap_1_6", CUSTOMERS, customers, hint=lost),
        ListView("overlap_2_3", LEADS, _leads, hint=leads),
        ListView("overlap_4_5", MONTHS, _months, hint=wages),
        ListView("margin_6", CUSTOMERS, customers, hint=lost, has_tab=False),
        ListView("margin_overlap_2_3", LEADS, _leads, hint=leads, has_tab=False),
    )


def strip(opened: Opened) -> list[Figure]:
    return [
        Figure(
            LABELS[measure],
            columns.short(opened, opened.headline[f"{measure}_cents"]),
            opened.list_url(measure),
            [gettext("counted")],
        )
        for measure in OVERLAPS
    ]


def words(opened: Opened) -> str:
    """The sum that the total of the losses is less by."""
    parts = [opened.headline[f"{measure}_cents"] for measure in OVERLAPS]
    told = [formatting.money(cents, opened.currency) for cents in (*parts, sum(parts))]
    return gettext(
        "The total is the sum of the six losses less what two of them count both:"
        " %(departed)s + %(leads)s + %(wages)s = %(sum)s."
    ) % dict(zip(("departed", "leads", "wages", "sum"), told, strict=True))


def steps(opened: Opened) -> list[Step]:
    def taken_out(measure: str) -> Step:
        cents = opened.headline[f"{measure}_cents"]
        return Step(
            LABELS[measure], formatting.money(cents, opened.currency), opened.list_url(measure)
        )

    whole = sum(opened.headline[f"{measure}_cents"] for measure in OVERLAPS)
    together: Any = formatting.money(whole, opened.currency)
    return [
        *(taken_out(measure) for measure in OVERLAPS),
        Step(_("Taken out of the total"), together, is_sum=True),
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
        explain=of_nothing,
        why_range=counted,
        splits=("owner", "team"),
        for_directors=True,
    )
)
