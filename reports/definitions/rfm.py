"""RFM: when customers last bought, how often and for how much, as segments with an act each."""

from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from crm.lib.periods import day_number
from customers.knowledge import survivors
from reports.models import Evidence, Snapshot
from reports.printing import Money
from reports.reads import PURCHASES
from reports.report import Dimension, Listed, Measure, Report, Run, Totals, Whole, register
from reports.rows import class_rows, knowledge
from reports.snapshots.filling import insert_rows
from team.models import Company

# In the order in which one acts: those first who were good and fell silent.
SEGMENTS = {
    "at_risk": _("Good, fell silent"),
    "champions": _("Champions"),
    "loyal": _("Loyal"),
    "potential": _("Could become loyal"),
    "attention": _("Need attention"),
    "recent": _("Recent"),
    "fading": _("Fading"),
    "sleeping": _("Sleeping"),
    "low": _("Small, fell silent"),
}
LAPSED = _("Bought nothing in the year")


def fill(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """A row per customer in its segment, with the net revenue of the window."""
    vendor = connection.vendor
    expressions = ",".join(
        [
            survivors(),
            knowledge.purchase_steps(vendor),
            class_rows.members(vendor),
            class_rows.scores(),
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
    }
    insert_rows(snapshot, expressions, class_rows.score_evidence(vendor), values)
    return {}


def headline(totals: Totals, run: Run, whole: Whole) -> dict[str, Any]:
    """By segment: customers and their net revenue of the window; `lapsed` bought nothing in it."""
    figures: dict[str, Any] = {}
    for name in (*SEGMENTS, "lapsed"):
        figures |= {f"{name}_customers": totals[name].n, f"{name}_cents": totals[name].cents}
    return figures


def printed(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """The JSON of `manage.py report rfm`: scores and segment by customer."""
    rows = snapshot.evidence.exclude(measure="lapsed")
    lines = {row.line_key: _line(row) for row in rows.iterator(2000)}
    return {
        "customers": dict(sorted(lines.items())),
        "lapsed": snapshot.headline["lapsed_customers"],
    }


def _line(row: Evidence) -> dict[str, Any]:
    facets = row.facets
    return {
        "recency": facets["recency"],
        "frequency": facets["frequency"],
        "monetary": Money(row.cents),
        "R": facets["R"],
        "F": facets["F"],
        "M": facets["M"],
        "segment": row.measure,
    }


RFM = register(
    Report(
        slug="rfm",
        version=1,
        title=_("Recency, frequency, money"),
        question=_("Who are our best customers, and which of them fall silent?"),
        formula=_("scores from 1 to 5 of the last purchase, of purchase days and of revenue"),
        parameter_names=("rfm_days",),
        measures=(
            *(Measure(name, label) for name, label in SEGMENTS.items()),
            Measure("lapsed", LAPSED),
        ),
        lists=(
            *(
                Listed(name, label, (name,), False, f"{name}_customers", f"{name}_cents")
                for name, label in SEGMENTS.items()
            ),
            Listed("lapsed", LAPSED, ("lapsed",), False, "lapsed_customers", "lapsed_cents"),
        ),
        dimensions=(
            Dimension("owner", _("Owner"), "column"),
            Dimension("team", _("Team"), "column"),
            Dimension("R", _("Recency"), is_whole=True),
            Dimension("F", _("Frequency"), is_whole=True),
            Dimension("M", _("Money"), is_whole=True),
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
