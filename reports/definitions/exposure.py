"""Exposure: which customers rest on one person, so that they may go along when that person leaves."""

from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from crm.lib.periods import day_number
from customers.knowledge import survivors
from reports.models import Snapshot
from reports.reads import PURCHASES
from reports.report import Dimension, Listed, Measure, Report, Run, Totals, Whole, register
from reports.rows import class_rows, exposure_rows, knowledge
from reports.rows.exposure_rows import ALONE, NOBODY, SHARED
from reports.rows.work_rows import instants
from reports.snapshots.filling import insert_rows
from reports.statistics.intervals import share
from sales.models import Activity
from team.models import Company

MEASURES = (
    Measure(ALONE, _("One person")),
    Measure(SHARED, _("Two or more")),
    Measure(NOBODY, _("Nobody")),
)


def fill(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """A row per customer who bought in the window, with its net revenue of the window; class A in the base."""
    vendor, zone = connection.vendor, Company.at(run.as_of).zone
    expressions = ",".join(
        [
            survivors(),
            knowledge.purchase_steps(vendor),
            class_rows.members(vendor),
            class_rows.classes(),
            exposure_rows.spoken(zone, vendor),
            exposure_rows.standing(vendor),
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
        **instants(first_day(run), run.as_of, zone),
    }
    insert_rows(snapshot, expressions, exposure_rows.evidence(vendor), values)
    return {}


def first_day(run: Run) -> date:
    """The first day of the window in which customers bought and people spoke with them."""
    return run.as_of - timedelta(days=run.values["rfm_days"] - 1)


def headline(totals: Totals, run: Run, whole: Whole) -> dict[str, Any]:
    """By measure customers, those of class A among them, and their net revenue; shares are None of nothing."""
    figures: dict[str, Any] = {}
    for measure in MEASURES:
        told = totals[measure.key]
        figures |= {
            f"{measure.key}_customers": told.n,
            f"{measure.key}_a_customers": told.base_n,
            f"{measure.key}_cents": told.cents,
        }
    every = [totals[measure.key] for measure in MEASURES]
    figures["share_alone"] = share(figures["alone_cents"], sum(one.cents for one in every))
    figures["a_customers"] = sum(one.base_n for one in every)
    figures["share_a_shared"] = share(figures["shared_a_customers"], figures["a_customers"])
    return figures


def printed(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """The JSON of `manage.py report exposure`: by customer how many people speak with it, and who if only one."""
    found = snapshot.evidence.values_list(
        "line_key", "measure", "owner__reference", "facets", "cents"
    )
    return {
        customer: {
            "people": facets["people"],
            "rep": (rep or "(none)") if measure == ALONE else None,
            "class": facets["letter"],
            "cents": cents,
        }
        for customer, measure, rep, facets, cents in sorted(found, key=lambda row: row[0])
    }


EXPOSURE = register(
    Report(
        slug="exposure",
        version=1,
        title=_("Resting on one person"),
        question=_("Which customers would one person take along?"),
        formula=_(
            "customers who bought in the last 12 months, by how many of today's people spoke with them in that time"
        ),
        parameter_names=("rfm_days", "abc_a", "abc_b"),
        measures=MEASURES,
        lists=(
            Listed(
                ALONE, _("Rests on one person"), (ALONE,), False, "alone_customers", "alone_cents"
            ),
            Listed("alone_a", _("Of class A"), (ALONE,), True, "alone_a_customers"),
            Listed(SHARED, _("Two or more"), (SHARED,), False, "shared_customers", "shared_cents"),
            Listed("shared_a", _("Of class A"), (SHARED,), True, "shared_a_customers"),
            Listed(NOBODY, _("Nobody"), (NOBODY,), False, "nobody_customers", "nobody_cents"),
        ),
        dimensions=(
            Dimension("owner", _("Owner"), "column"),
            Dimension("team", _("Team"), "column"),
            Dimension("letter", _("Class")),
            Dimension("segment", _("Segment")),
            Dimension("region", _("Region")),
        ),
        fill=fill,
        headline=headline,
        printed=printed,
        reads=(*PURCHASES, Activity),
        needs_period=False,
        keeps_month_ends=True,
    )
)
