"""Loss 3: how much of what we spent went to prospects that nobody worked?"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from crm.lib.money import half_up
from crm.lib.periods import day_number, day_start, end_of
from crm.lib.sql import instant_text
from customers.knowledge import survivors
from customers.models import Merge, Revenue
from reports.models import Snapshot
from reports.printing import Money, money_keys
from reports.reads import LEADS
from reports.report import Dimension, Listed, Measure, Report, Run, Sum, Totals, Whole, register
from reports.rows import lead_rows, marketing_rows
from reports.rows.marketing_lines import lines_of, winners
from reports.snapshots.filling import drafted, insert_rows, totals_of
from sales.models import CampaignCost
from team.models import Company, Membership

PARAMETERS = ("min_touches", "touch_days")
PRINTED = ("loss_cents", "cost_cents", "spent_without_leads_cents")
SPENT = ("loss", "worked", "pending", "without_leads")


def fill(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """Sort the leads, share the costs out over them, write the rows; `whole` tells of each campaign."""
    vendor, company = connection.vendor, Company.at(run.as_of)
    values = _values(run, company)
    expressions = ",".join(
        [
            survivors(),
            lead_rows.endings(vendor),
            lead_rows.leads(vendor, company.zone),
            marketing_rows.worked(vendor, company.zone),
            marketing_rows.costs(),
        ]
    )
    with drafted("worked_lead", expressions, marketing_rows.shared(), values):
        rows = f"{marketing_rows.costs()},{marketing_rows.details(vendor)}"
        insert_rows(snapshot, rows, marketing_rows.evidence(vendor), values)
        with winners(values, vendor, company.zone):
            insert_rows(
                snapshot, marketing_rows.details(vendor), marketing_rows.won(vendor), values
            )
            return {"lines": lines_of(values, vendor)}


def _values(run: Run, company: Company) -> dict[str, Any]:
    return {
        **{name: run.values[name] for name in PARAMETERS},
        "date": run.as_of.isoformat(),
        "day": day_number(run.as_of),
        "from": run.period.start.isoformat(),
        "to": run.end.isoformat(),
        "start": day_number(run.period.start),
        "end": day_number(run.end),
        "first_at": instant_text(day_start(run.period.start, company.zone)),
        "until_at": instant_text(end_of(run.as_of, company.zone)),
    }


def headline(totals: Totals, run: Run, whole: Whole) -> dict[str, Any]:
    """The figures of section 13, and what the page shows beside them; `pending_cents` can still be stopped."""
    spent = {measure: totals[measure] for measure in SPENT}
    leads = sum(spent[measure].n for measure in ("loss", "worked", "pending"))
    return {
        "loss_cents": spent["loss"].cents,
        "cost_cents": sum(each.base_cents for each in spent.values()),
        "spent_without_leads_cents": spent["without_leads"].cents,
        "worked_cents": spent["worked"].base_cents,
        "pending_cents": spent["pending"].cents,
        "leads": leads,
        "unworked": spent["loss"].n,
        "worked": spent["worked"].n,
        "pending": spent["pending"].n,
        "campaigns_without_leads": spent["without_leads"].n,
        "won_customers": totals["won"].n,
        "won_cents": totals["won"].cents,
        "costs": totals["cost"].n,
        "booked_cents": totals["cost"].cents,
        "partial": run.is_partial,
    }


def printed(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """The JSON of `manage.py report marketing`."""
    losses = snapshot.parts.filter(measure="loss")
    lost: dict[str, Sum] = totals_of(losses).by_line("loss")
    figures = {name: snapshot.headline[name] for name in PRINTED}
    lines = [
        _line(key, line, lost.get(key, Sum()).cents)
        for key, line in sorted(snapshot.whole["lines"].items())
    ]
    return money_keys(figures) | {"lines": lines}


def _line(key: str, line: Mapping[str, Any], loss: int) -> dict[str, Any]:
    return {
        "campaign_id": key,
        "cost": Money(line["cost_cents"]),
        **{name: line[name] for name in ("leads", "unworked", "pending", "converted", "customers")},
        "cost_per_lead": cost_per(line, "leads"),
        "cost_per_customer": cost_per(line, "customers"),
        "loss": Money(loss),
    }


def cost_per(line: Mapping[str, Any], counted: str) -> Money | None:
    """What one of the campaign's leads or customers cost; None of none."""
    n = line[counted]
    return Money(half_up(Fraction(line["cost_cents"], n))) if n else None


MARKETING = register(
    Report(
        slug="marketing",
        version=1,
        title=_("Marketing waste"),
        question=_("How much of what we spent went to prospects that nobody worked?"),
        formula=_("cost of a campaign × its leads that nobody worked ÷ all its leads"),
        parameter_names=PARAMETERS,
        measures=(
            Measure("loss", _("Not worked"), by_month=True),
            Measure("pending", _("Can still be worked"), by_month=True),
            Measure("worked", _("Worked"), by_month=True),
            Measure("without_leads", _("Spent without any lead"), by_month=True),
            Measure("cost", _("Costs of campaigns")),
            Measure("won", _("Customers they brought")),
        ),
        lists=(
            Listed("loss", _("Not worked"), ("loss",), False, "unworked", "loss_cents"),
            Listed(
                "pending", _("Can still be worked"), ("pending",), False, "pending", "pending_cents"
            ),
            Listed("worked", _("Worked"), ("worked",), count="worked"),
            Listed("leads", _("All leads"), ("loss", "worked", "pending"), count="leads"),
            Listed(
                "without_leads",
                _("Spent without any lead"),
                ("without_leads",),
                False,
                "campaigns_without_leads",
                "spent_without_leads_cents",
            ),
            Listed("spent", _("What was spent on each"), SPENT),
            Listed("cost", _("Costs of campaigns"), ("cost",), False, "costs", "booked_cents"),
            Listed(
                "won", _("Customers they brought"), ("won",), False, "won_customers", "won_cents"
            ),
        ),
        dimensions=(
            Dimension("owner", _("Owner"), "column"),
            Dimension("team", _("Team"), "column"),
            Dimension("campaign", _("Campaign")),
            Dimension("channel", _("Channel")),
            Dimension("source", _("Source")),
            Dimension("region", _("Region")),
            Dimension("touches", _("Touches in time"), is_whole=True),
            Dimension("closed_reason", _("Closed because")),
        ),
        fill=fill,
        headline=headline,
        printed=printed,
        every_night=True,
        ripening=lambda values: int(values["touch_days"]),
        reads=(*LEADS, CampaignCost, Merge, Membership, Revenue),
        parts_by_line=True,
        loss=3,
        money_kind=_("money spent"),
    )
)
