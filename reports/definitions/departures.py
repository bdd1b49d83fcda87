"""Loss 6: which lost customers went with a rep who left?"""

from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from crm.lib.periods import day_number
from customers.knowledge import survivors
from reports.definitions.churn import CHURN
from reports.models import Evidence, Snapshot
from reports.printing import Money, money_keys
from reports.reads import PURCHASES
from reports.report import Dimension, Listed, Measure, Report, Run, Totals, Whole, register
from reports.rows import care_rows, departure_rows, handover_rows
from reports.snapshots.companions import companion
from reports.snapshots.filling import drafted, insert_rows
from team.models import Company


def fill(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """The departed lines of churn of the same run, told of who left; and, live, what is to be handed over."""
    vendor = connection.vendor
    churn = companion(CHURN, snapshot, run)
    values = {
        "churn": churn.pk,
        "date": run.as_of.isoformat(),
        "today": Company.get().today.isoformat(),
        "day": day_number(run.as_of),
        "start": day_number(run.period.start),
        "end": day_number(run.end),
        "handover": run.values["handover_days"],
    }
    lost = [
        survivors(),
        departure_rows.gone(vendor),
        departure_rows.successors(vendor),
        departure_rows.periods(vendor),
    ]
    insert_rows(snapshot, ",".join(lost), departure_rows.evidence(vendor), values)
    _at_stake(snapshot, run, values)
    return {}


def _at_stake(snapshot: Snapshot, run: Run, values: dict[str, Any]) -> None:
    """Customers of leavers whose hand-over is open, and those handed over who are not safe yet; each once."""
    vendor, zone = connection.vendor, Company.at(run.as_of).zone
    held = f"{survivors()},{handover_rows.drafts(vendor)}"
    watch = f"{survivors()},{care_rows.watch(vendor, zone)}"
    with (
        drafted(handover_rows.HELD, held, "SELECT * FROM held", values),
        drafted(care_rows.WATCHED, watch, "SELECT * FROM watch", values),
    ):
        read = handover_rows.expressions(vendor, zone, care_rows.WATCHED)
        rows = [
            handover_rows.evidence(vendor),
            care_rows.evidence(vendor, handover_rows.SHOWN),
        ]
        given = ",".join([survivors(), *read, care_rows.safe(vendor)])
        insert_rows(snapshot, given, " UNION ALL ".join(rows), values)


def headline(totals: Totals, run: Run, whole: Whole) -> dict[str, Any]:
    """The figures of section 13; keys ending in `_cents` are cents."""
    return {
        "loss_cents": totals["loss"].cents,
        "customers": totals["loss"].n,
        "reps": totals["leaver"].n,
        "departures_in_period": totals["departure"].n,
    }


def printed(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """The JSON of `manage.py report departures`."""
    rows = snapshot.evidence.filter(measure="loss")
    lines = [_line(row) for row in rows.iterator(2000)]
    figures = {name: snapshot.headline[name] for name in headline(Totals(), run, {})}
    return money_keys(figures) | {"lines": sorted(lines, key=lambda line: line["customer_id"])}


def _line(row: Evidence) -> dict[str, Any]:
    return {
        "customer_id": row.line_key,
        "rep_id": row.facets["departure"],
        "leave_on": row.facets["leave_on"],
        "last_purchase": row.facets["last_purchase"],
        "lost_on": row.occurred_on,
        "loss": Money(row.cents),
    }


DEPARTURES = register(
    Report(
        slug="departures",
        version=1,
        title=_("Departed reps"),
        question=_("Which lost customers went with a rep who left?"),
        formula=_(
            "customers who left after their rep did × what they bought in their last year;"
            " all of it is part of the customers leaving"
        ),
        parameter_names=CHURN.parameter_names,
        measures=(
            Measure("loss", _("Left with a departed rep"), by_month=True),
            Measure("leaver", _("Reps whose customers left")),
            Measure("departure", _("Reps who left"), unit="count"),
            Measure("to_hand_over", _("Changing hands, not safe yet"), live=True),
        ),
        lists=(
            Listed(
                "loss", _("Left with a departed rep"), ("loss",), False, "customers", "loss_cents"
            ),
            Listed("leaver", _("Reps whose customers left"), ("leaver",), count="reps"),
            Listed("departure", _("Reps who left"), ("departure",), count="departures_in_period"),
            Listed("to_hand_over", _("Changing hands, not safe yet"), ("to_hand_over",)),
        ),
        dimensions=(
            Dimension("owner", _("Departed rep"), "column"),
            Dimension("team", _("Team"), "column"),
            Dimension("segment", _("Segment")),
            Dimension("region", _("Region")),
            Dimension("departure", _("Departed rep")),
            Dimension("leave_on", _("Last day")),
            Dimension("successor", _("Taken over by")),
            Dimension("without_owner", _("Days without an owner")),
            Dimension("tenure_years", _("Years as a customer"), is_whole=True),
        ),
        fill=fill,
        headline=headline,
        printed=printed,
        # The live measure reads activities too; no revision is made because of it.
        every_night=True,
        reads=PURCHASES,
        loss=6,
        money_kind=_("yearly sales"),
    )
)
