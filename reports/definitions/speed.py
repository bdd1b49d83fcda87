"""How fast leads were answered, and what became of them: conversion by response band (loss-reports section 4)."""

from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from customers.models import Merge, Revenue
from reports.models import Snapshot
from reports.reads import LEADS
from reports.report import Dimension, Listed, Measure, Report, Run, Totals, Whole, register
from reports.rows import judged_leads
from reports.snapshots.filling import insert_rows
from reports.statistics.intervals import share, wilson
from team.models import Membership

PARAMETERS = ("sla_hours", "sla_clock", "convert_days")
BANDS = (
    ("<=1h", _("Within an hour")),
    ("<=24h", _("Within a day")),
    (">24h", _("Later")),
    ("never", _("Never")),
)


def fill(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """A row for each valid lead of the period whose horizon is over; in the base: converted within it."""
    vendor = connection.vendor
    with judged_leads.judged_leads(run) as values:
        rows = judged_leads.rows("band", "lead_detail", "valid = 1 AND mature = 1")
        insert_rows(snapshot, judged_leads.details(vendor), rows, values)
    return {}


def headline(totals: Totals, run: Run, whole: Whole) -> dict[str, Any]:
    """By band: leads, how many converted, the share with its interval."""
    return {band: _rates(totals, band) for band, _label in BANDS}


def _rates(totals: Totals, band: str) -> dict[str, Any]:
    leads = totals[band]
    low, high = wilson(leads.base_n, leads.n)
    return {
        "leads": leads.n,
        "converted": leads.base_n,
        "rate": share(leads.base_n, leads.n),
        "lo": low,
        "hi": high,
    }


def printed(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """The JSON of `manage.py report speed`."""
    shown = ("leads", "converted", "rate")
    return {band: {name: snapshot.headline[band][name] for name in shown} for band, _label in BANDS}


SPEED = register(
    Report(
        slug="speed",
        version=1,
        title=_("Speed of the answer"),
        question=_("How many leads convert, by how fast they were answered?"),
        formula=_("leads that converted in time ÷ leads answered that fast"),
        parameter_names=PARAMETERS,
        measures=tuple(Measure(band, label, unit="count") for band, label in BANDS),
        lists=tuple(Listed(band, label, (band,)) for band, label in BANDS),
        dimensions=(
            Dimension("owner", _("Owner"), "column"),
            Dimension("team", _("Team"), "column"),
            Dimension("source", _("Source")),
            Dimension("campaign", _("Campaign")),
            Dimension("channel", _("Channel")),
            Dimension("region", _("Region")),
            Dimension("weekday", _("Weekday of arrival"), is_whole=True),
            Dimension("hour", _("Hour of arrival"), is_whole=True),
        ),
        fill=fill,
        headline=headline,
        printed=printed,
        # revenue for the marks of test customers, whose leads are left out
        every_night=True,
        ripening=lambda values: int(values["convert_days"]),
        reads=(*LEADS, Merge, Membership, Revenue),
    )
)
