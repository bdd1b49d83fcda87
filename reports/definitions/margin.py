"""The profit structure: revenue and margin by customer, product, rep, segment and region."""

from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from customers.knowledge import survivors
from reports.drawing.margin_view import SPLITS, margins_by
from reports.models import Snapshot
from reports.printing import money_keys
from reports.reads import PURCHASES
from reports.report import Dimension, Listed, Measure, Report, Run, Totals, Whole, register
from reports.rows import margin_rows
from reports.snapshots.filling import insert_rows
from reports.statistics.intervals import share

NONE = "(none)"


def fill(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """Every revenue row of the period is in exactly one row of `costed` or `uncosted`."""
    expressions = ",".join([survivors(), margin_rows.told(), margin_rows.measured()])
    values = {
        "date": run.as_of.isoformat(),
        "start_on": run.period.start.isoformat(),
        "end_on": run.end.isoformat(),
    }
    insert_rows(snapshot, expressions, margin_rows.evidence(connection.vendor), values)
    return {}


def headline(totals: Totals, run: Run, whole: Whole) -> dict[str, Any]:
    """`coverage` is the part of the revenue whose cost is known; a rate is None of nothing."""
    costed, uncosted, below = totals["costed"], totals["uncosted"], totals["below_cost"]
    revenue = costed.base_cents + uncosted.base_cents
    return {
        "revenue_cents": revenue,
        "costed_revenue_cents": costed.base_cents,
        "margin_cents": costed.cents,
        "margin_rate": share(costed.cents, costed.base_cents),
        "coverage": share(costed.base_cents, revenue),
        "below_cost_cents": below.cents,
        "partial": run.is_partial,
    }


def printed(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """The JSON of `manage.py report margin`: by customer."""
    return printed_by(snapshot, run, SPLITS[0])


def printed_by(snapshot: Snapshot, run: Run, by: str) -> dict[str, Any]:
    """The JSON of `manage.py report margin --by`: figures by value, in order of the values."""
    found = margins_by(snapshot.evidence.all(), by)
    return {
        each.value or NONE: money_keys(
            {
                "revenue_cents": each.revenue_cents,
                "costed_revenue_cents": each.costed_cents,
                "margin_cents": each.margin_cents,
                "margin_rate": each.margin_rate,
            }
        )
        for each in sorted(found, key=lambda one: one.value or NONE)
    }


MARGIN = register(
    Report(
        slug="margin",
        version=1,
        title=_("Profit structure"),
        question=_("Which customers, products and reps bring the margin, and which cost it?"),
        formula=_("(revenue − cost) ÷ revenue, over the rows whose cost is known"),
        parameter_names=(),
        measures=(
            Measure("costed", _("Revenue with a known cost")),
            Measure("uncosted", _("Revenue without a cost")),
            Measure("below_cost", _("Sold below cost")),
        ),
        lists=(
            Listed("costed", _("Revenue with a known cost"), ("costed",), money="margin_cents"),
            Listed("uncosted", _("Revenue without a cost"), ("uncosted",)),
            Listed("below_cost", _("Sold below cost"), ("below_cost",), money="below_cost_cents"),
        ),
        dimensions=(
            Dimension("owner", _("Rep"), "column"),
            Dimension("team", _("Team"), "column"),
            Dimension("product", _("Product")),
            Dimension("segment", _("Segment")),
            Dimension("region", _("Region")),
        ),
        fill=fill,
        headline=headline,
        printed=printed,
        reads=PURCHASES,
        splits=SPLITS,
        printed_by=printed_by,
    )
)
