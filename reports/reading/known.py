"""Whether there is anything that a figure could be made of, for who reads it; else what is missing (R9, ux.md 5.4).

A sum over no rows is 0; what cannot be told at all is no 0. Two things are missing at different places: what the
whole company lacks for a loss (`needs_of`, of its snapshot), and any row at all in what somebody reads
(`missing_of`): a page of nothing but zeros says in one sentence what it is made of, and where that is entered.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from reports.models import Part, Snapshot
from reports.reading.shelf import Shelf
from reports.report import Report, Totals
from team.access import scope_of

NEEDS: Mapping[int, Any] = {
    1: _("needs orders of a year"),
    2: _("needs 30 leads answered in time, and what they bought"),
    3: _("needs campaigns with their costs and leads"),
    4: _("needs wages and logged work"),
    5: _("needs hire dates, wages and credited orders"),
    6: _("needs leave dates and owners over time"),
}
# The same of the other reports, by slug.
ALSO_NEED: Mapping[str, Any] = {
    "bridge": _("needs orders of this period or the one before"),
    "cohorts": _("needs orders"),
    "calibration": _("needs customers who fell silent more than a year ago"),
    "rfm": _("needs orders"),
    "abc": _("needs orders of the last 12 months"),
    "exposure": _("needs orders of the last 12 months"),
    "clv": _("needs orders of 100 customers, 50 of whom bought again"),
    "margin": _("needs orders with what they cost"),
    "nps": _("needs answers of customers who were asked whether they would recommend you"),
    "csat": _("needs answers of customers who were asked how satisfied they are"),
    "nps_churn": _("needs answers that are more than a year old"),
    "win_loss": _("needs deals that were won or lost"),
    "forecast": _("needs open deals with the day on which they should close"),
    "did": _("needs a departure, customers of that rep and others to compare with"),
    "speed": _("needs leads that are old enough to tell, and their answers"),
    "ledger": _("needs two losses that share customers, leads or wages"),
}
# The step of the first steps that brings it.
STEPS: Mapping[str, str] = {
    "leakage": "calls",
    "speed": "calls",
    "marketing": "campaigns",
    "time": "people",
    "new_reps": "people",
    "departures": "people",
    "did": "people",
    "nps": "answers",
    "csat": "answers",
    "nps_churn": "answers",
    "win_loss": "deals",
    "forecast": "deals",
}
ORDERS = "orders"
# What the losses that people make are made of, beside orders: with nobody hired nobody came or left in vain.
ALSO_READ = {5: ("employment", "wage"), 6: ("employment", "ownership")}
# Where no row of a report is no gap (good news, or too few to tell): those whose rows say that there could be some.
AMONG: Mapping[str, tuple[str, ...]] = {
    "new_reps": ("time",),
    "departures": ("churn",),
    "clv": ("churn",),
    "ledger": ("churn", "leakage", "marketing", "time"),
}
# The table without which a loss of an earlier day was not known, be it of a period before or a month of the trend.
BUILT_ON: Mapping[int, str] = {
    1: "revenue",
    2: "lead",
    3: "campaigncost",
    4: "wage",
    5: "wage",
    6: "revenue",
}
# Of these nothing is told by a day.
COUNTS = ("buying", "without_owner")


def step_url(step: str) -> str:
    """Where it is said how something is entered."""
    return f"{reverse('first-steps')}#{step}"


@dataclass(frozen=True)
class Missing:
    """What is missing, in words, and the step that brings it; of what is filtered away there is none."""

    text: Any
    step: str = ""

    @property
    def sentence(self) -> str:
        return f"{capfirst(str(self.text))}."

    @property
    def url(self) -> str:
        return step_url(self.step) if self.step else ""


def needs_of(report: Report, snapshot: Snapshot) -> Missing | None:
    """What the company lacks for a loss; nothing where it is known, and of what is no loss."""
    number = report.loss
    if not number or _is_known(number, snapshot):
        return None
    text = _so_many(snapshot) if number == 2 else NEEDS[number]
    return Missing(text, STEPS.get(report.slug, ORDERS))


def _so_many(snapshot: Snapshot) -> Any:
    """Of leads how many there are that were answered in time, where there are leads."""
    counts = [line["rate_n"] for line in snapshot.whole.get("lines", {}).values()]
    if not counts:
        return NEEDS[2]
    return gettext("needs %(least)s leads answered in time, and what they bought; has %(n)s") % {
        "least": formatting.number(snapshot.values["min_rate_n"]),
        "n": formatting.number(max(counts)),
    }


def _is_known(number: int, snapshot: Snapshot) -> bool:
    if number == 2:
        lines = snapshot.whole.get("lines", {}).values()
        return any(line.get("rate") is not None for line in lines)
    if number in (3, 4):
        return bool(snapshot.headline.get("cost_cents"))
    bought = snapshot.coverage.get("revenue") is not None
    return bought and all(_has_rows(snapshot, table) for table in ALSO_READ.get(number, ()))


def _has_rows(snapshot: Snapshot, table: str) -> bool:
    """Whether there was anything to be read of a table as of the snapshot's day."""
    return bool(snapshot.sources.get(table, {}).get("rows"))


def missing_of(
    report: Report, totals: Totals, shelf: Shelf, beside: Mapping[str, Totals] | None = None
) -> Missing | None:
    """What is missing where this reader has no row of a report, now or in any period that is kept.

    No query where there is a row, or one of a report `beside` it, by slug, that says as much; else one or two.
    Parts know no facets: what is narrowed by these is left as it is.
    """
    slugs = AMONG.get(report.slug, (report.slug,))
    there = [totals, *(one for slug, one in (beside or {}).items() if slug in slugs)]
    if any(_has_any(one) for one in there) or shelf.is_by_facets:
        return None
    kept = Part.objects.filter(snapshot__slug__in=slugs, snapshot__is_complete=True, n__gt=0)
    if kept.filter(shelf.rows()).exists():
        return None
    made_of = needed_by(report)
    if not shelf.sees_all and kept.exists():
        return _not_yours(made_of.text, shelf, report)
    return made_of


def needed_by(report: Report) -> Missing:
    """What a report is made of, whether it is there or not."""
    text = NEEDS[report.loss] if report.loss else ALSO_NEED[report.slug]
    return Missing(text, STEPS.get(report.slug, ORDERS))


def _has_any(totals: Totals) -> bool:
    return any(one.n for one in totals.cells.values())


def _not_yours(needs: Any, shelf: Shelf, report: Report) -> Missing:
    """Others have some of it: of whom there is none."""
    if shelf.is_narrowed:
        return Missing(gettext("nothing fits the filters"))
    own = scope_of(shelf.viewer).is_one_person
    said = (
        gettext("%(needs)s; you have none yet")
        if own
        else gettext("%(needs)s; your part of the company has none yet")
    )
    return Missing(said % {"needs": needs}, STEPS.get(report.slug, ORDERS))


def was_known(snapshot: Snapshot, number: int | None = None) -> bool:
    """Whether a snapshot of an earlier day had anything to read: of a loss what it is built on, else of any table."""
    reach = snapshot.coverage
    if number:
        return reach.get(BUILT_ON[number]) is not None
    dated = {table: day for table, day in reach.items() if table not in COUNTS}
    return not dated or any(dated.values())
