"""ABC: which customers carry the revenue of the last year."""

from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from crm.lib.periods import day_number
from customers.knowledge import survivors
from reports.models import Snapshot
from reports.reads import PURCHASES
from reports.report import Dimension, Listed, Measure, Report, Run, Totals, Whole, register
from reports.rows import class_rows, knowledge
from reports.snapshots.filling import insert_rows
from team.models import Company

LETTERS = ("A", "B", "C")
PARAMETERS = ("rfm_days", "abc_a", "abc_b")


def fill(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """A row per customer in its class, with the net revenue of the window."""
    vendor = connection.vendor
    expressions = ",".join(
        [
            survivors(),
            knowledge.purchase_steps(vendor),
            class_rows.members(vendor),
            class_rows.classes(),
            knowledge.owners("member"),
        ]
    )
    values = {
        "date": run.as_of.isoformat(),
        "day": day_number(run.as_of),
        "today": Company.get().today.isoformat(),
        # no median is read
        "memory": 0,
        "window": run.values["rfm_days"],
        **class_rows.borders(run.values),
    }
    insert_rows(snapshot, expressions, class_rows.class_evidence(vendor), values)
    return {}


def headline(totals: Totals, run: Run, whole: Whole) -> dict[str, Any]:
    """By class: customers and their net revenue of the window."""
    figures: dict[str, Any] = {}
    for letter in LETTERS:
        figures |= {
            f"{letter}_customers": totals[letter].n,
            f"{letter}_cents": totals[letter].cents,
        }
    return figures


def printed(snapshot: Snapshot, run: Run) -> dict[str, str]:
    """The JSON of `manage.py report abc`: the class by customer."""
    return dict(sorted(snapshot.evidence.values_list("line_key", "measure").iterator(2000)))


ABC = register(
    Report(
        slug="abc",
        version=1,
        title=_("Customers by revenue"),
        question=_("Which customers carry our revenue?"),
        formula=_("share of all revenue that larger customers bring: below 80 % A, below 95 % B"),
        parameter_names=PARAMETERS,
        measures=tuple(Measure(letter, letter) for letter in LETTERS),
        lists=tuple(
            Listed(letter, letter, (letter,), False, f"{letter}_customers", f"{letter}_cents")
            for letter in LETTERS
        ),
        dimensions=(
            Dimension("owner", _("Owner"), "column"),
            Dimension("team", _("Team"), "column"),
            Dimension("segment", _("Segment")),
            Dimension("region", _("Region")),
        ),
        fill=fill,
        headline=headline,
        printed=printed,
        reads=PURCHASES,
        needs_period=False,
    )
)
