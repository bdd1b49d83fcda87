"""Loss 2: what did we not sell because leads were answered late or never?"""

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.db.models import Sum as SumOf
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.lib.money import half_up
from customers.models import Merge, Ownership, Revenue
from reports.models import Snapshot
from reports.printing import Money, money_keys
from reports.reads import LEADS
from reports.report import Dimension, Listed, Measure, Report, Run, Totals, Whole, register
from reports.rows.judged_leads import judged_leads
from reports.rows.lead_steps import STEPS, lead_steps, told_steps
from reports.rows.leakage_rates import CLASSES, Line, Rates, lines_of
from reports.rows.leakage_rows import insert_leads
from reports.rows.new_customers import first_purchases, insert_new_customers, norm
from reports.statistics.intervals import share
from sales.models import DealChange
from team.models import Membership

PARAMETERS = (
    "sla_hours",
    "sla_clock",
    "convert_days",
    "rate_window_days",
    "min_rate_n",
    "min_value_n",
    "norm_share",
    "new_days",
    "qualified_stages",
    "offer_stages",
)
NORM = ("available", "sales_cents", "new_sales_cents", "expected_cents", "loss_cents")
PRINTED = ("loss_cents", "lo_cents", "hi_cents", "leads", "leaked", "at_risk_cents")


def fill(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """Judge the leads, estimate rates and values by source, write the rows.

    `whole`: the sources, how conversion goes on by day since the arrival (`curve`), the norm, the steps
    from lead to customer that records tell of, and the normal rate of all sources (None of too few leads).
    """
    vendor = connection.vendor
    with judged_leads(run, run.values["rate_window_days"]) as values:
        rates = Rates(run, values)
        lines = lines_of(run, values, vendor, rates)
        with lead_steps(run, values, vendor):
            insert_leads(snapshot, lines, values, vendor)
            steps = told_steps()
        with first_purchases(values, vendor):
            insert_new_customers(snapshot, values, vendor)
            from_the_top = norm(run, values, vendor)
    return {
        "lines": {line.key: _told(line) for line in lines},
        "curve": rates.curve(),
        "norm": from_the_top,
        "steps": steps,
        "rate": rates.everywhere(),
    }


def _told(line: Line) -> dict[str, Any]:
    """What holds of a source and is no sum over its rows; exact numbers as text."""
    normal, mean = line.rate.share, line.value.mean
    loss, low, high = line.loss
    return {
        "rate": str(normal.p) if normal else None,
        "rate_lo": float(normal.low) if normal else None,
        "rate_hi": float(normal.high) if normal else None,
        "rate_n": line.rate.n,
        "rate_scope": line.rate.scope,
        "value": None if mean is None else str(mean),
        "value_n": line.value.n,
        "value_scope": line.value.scope,
        "estimable": line.is_estimable,
        "leaked": line.leaked,
        "leaked_converted": line.leaked_converted,
        "loss_cents": loss,
        "lo_cents": low,
        "hi_cents": high,
    }


def headline(totals: Totals, run: Run, whole: Whole) -> dict[str, Any]:
    """The figures of section 13 but the norm, which is of the company alone, and what the page shows beside them."""
    loss, at_risk = totals["loss"], totals["at_risk"]
    by_class = {name: totals[name].n for name in CLASSES}
    leads, junk = sum(by_class.values()), totals["junk"].n
    reported, unreported = totals["reported"].n, totals["unreported"].n
    return {
        "loss_cents": loss.cents,
        "lo_cents": loss.low_cents,
        "hi_cents": loss.high_cents,
        "leads": leads,
        "leaked": loss.n,
        "at_risk_cents": at_risk.cents,
        "at_risk_leads": at_risk.n,
        **by_class,
        "leaked_converted": loss.base_n,
        "junk": junk,
        "junk_share": share(junk, leads + junk),
        "new_customers": reported + unreported,
        "without_lead": unreported,
        **_steps(totals),
        "partial": run.is_partial,
    }


def _steps(totals: Totals) -> dict[str, int]:
    """How many leads came as far as a step or further, and how many no further."""
    stopped = [totals[step].n for step in STEPS]
    came = {f"came_{step}": sum(stopped[place:]) for place, step in enumerate(STEPS)}
    return came | {f"stopped_{step}": n for step, n in zip(STEPS, stopped, strict=True)}


def printed(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """The JSON of `manage.py report leakage`."""
    figures = {name: snapshot.headline[name] for name in PRINTED}
    unreported = {name: snapshot.headline[name] for name in ("new_customers", "without_lead")}
    return money_keys(figures) | {
        "norm": money_keys({name: snapshot.whole["norm"][name] for name in NORM}),
        "unreported": unreported,
        "lines": _lines(snapshot),
    }


def _lines(snapshot: Snapshot) -> list[dict[str, Any]]:
    sums: dict[str, dict[str, Any]] = defaultdict(dict)
    rows = snapshot.evidence.filter(measure__in=(*CLASSES, "loss", "at_risk")).order_by()
    for row in rows.values("line_key", "measure").annotate(
        n=Count("pk"),
        converted=Count("pk", filter=Q(in_base=True)),
        cents=SumOf("cents"),
        low=SumOf("low_cents"),
        high=SumOf("high_cents"),
    ):
        sums[row["line_key"]][row["measure"]] = row
    return [_line(key, sums[key], told) for key, told in sorted(snapshot.whole["lines"].items())]


def _line(key: str, sums: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    nothing = dict.fromkeys(("n", "converted", "cents", "low", "high"), 0)
    loss, at_risk = sums.get("loss", nothing), sums.get("at_risk", nothing)
    by_class = {name: sums.get(name, nothing)["n"] for name in CLASSES}
    rate, value = told["rate"], told["value"]
    return {
        "source": key,
        "leads": sum(by_class.values()),
        **by_class,
        "leaked": loss["n"],
        "leaked_converted": loss["converted"],
        "rate": None if rate is None else float(Fraction(rate)),
        "rate_n": told["rate_n"],
        "rate_scope": told["rate_scope"],
        "value": None if value is None else Money(half_up(Fraction(value))),
        "value_n": told["value_n"],
        "value_scope": told["value_scope"],
        "estimable": told["estimable"],
        "loss": Money(loss["cents"]),
        "lo": Money(loss["low"]),
        "hi": Money(loss["high"]),
        "at_risk_leads": at_risk["n"],
        "at_risk": Money(at_risk["cents"]),
    }


def _lists() -> Iterable[Listed]:
    yield Listed("loss", _("Leaked"), ("loss",), False, "leaked", "loss_cents")
    yield Listed(
        "at_risk", _("Can still be saved"), ("at_risk",), False, "at_risk_leads", "at_risk_cents"
    )
    yield Listed(
        "leaked_converted", _("Leaked, converted all the same"), ("loss",), True, "leaked_converted"
    )
    yield Listed("leads", _("All leads"), CLASSES, count="leads")
    for name, label in CLASS_NAMES:
        yield Listed(name, label, (name,), count=name)
    for place, (step, label) in enumerate(STEP_NAMES):
        yield Listed(f"came_{step}", label, STEPS[place:], count=f"came_{step}")
    for step, label in STOPPED_NAMES:
        yield Listed(f"stopped_{step}", label, (step,), count=f"stopped_{step}")
    yield Listed("junk", _("Closed as junk or duplicate"), ("junk",), count="junk")
    yield Listed(
        "new_customers", _("New customers"), ("reported", "unreported"), count="new_customers"
    )
    yield Listed(
        "unreported", _("New customers without a lead"), ("unreported",), count="without_lead"
    )


CLASS_NAMES = (
    ("timely", _("Answered in time")),
    ("late", _("Answered late")),
    ("never", _("Never answered")),
    ("pending", _("Not answered, not due yet")),
)
# How far leads came; a lead that came further counts in all steps before.
STEP_NAMES = (
    ("recorded", _("Leads recorded")),
    ("answered", _("Answered, or further")),
    ("reached", _("Reached, or further")),
    ("qualified", _("Qualified, or further")),
    ("offer", _("With an offer, or further")),
    ("won", pgettext_lazy("leads", "Won")),
)
# No further than that.
STOPPED_NAMES = (
    ("recorded", _("Stopped before an answer")),
    ("answered", _("Stopped after an answer")),
    ("reached", _("Stopped after being reached")),
    ("qualified", _("Stopped after being qualified")),
    ("offer", _("Stopped after an offer")),
)

LEAKAGE = register(
    Report(
        slug="leakage",
        version=2,
        title=_("Leads not won"),
        question=_("What did we not sell because leads were answered late or never?"),
        formula=_(
            "(leads answered late or never × share of timely answered leads that convert"
            " − those that converted all the same) × what a converted lead brings in its first year"
        ),
        parameter_names=PARAMETERS,
        measures=(
            Measure("loss", _("Leaked"), by_month=True),
            Measure("at_risk", _("Can still be saved"), by_month=True),
            *(Measure(name, label, by_month=True, unit="count") for name, label in CLASS_NAMES),
            *(Measure(step, label, unit="count") for step, label in STEP_NAMES),
            Measure("junk", _("Closed as junk or duplicate"), unit="count"),
            Measure("reported", _("New customers that a lead had told of"), unit="count"),
            Measure("unreported", _("New customers without a lead"), unit="count"),
        ),
        lists=tuple(_lists()),
        dimensions=(
            Dimension("owner", _("Owner"), "column"),
            Dimension("team", _("Team"), "column"),
            Dimension("source", _("Source")),
            Dimension("campaign", _("Campaign")),
            Dimension("channel", _("Channel")),
            Dimension("region", _("Region")),
            Dimension("class", _("Answer")),
            Dimension("band", _("Answered within")),
            Dimension("weekday", _("Weekday of arrival"), is_whole=True),
            Dimension("hour", _("Hour of arrival"), is_whole=True),
            Dimension("closed_reason", _("Closed because")),
        ),
        fill=fill,
        headline=headline,
        printed=printed,
        every_night=True,
        ripening=lambda values: int(values["convert_days"]),
        reads=(*LEADS, DealChange, Revenue, Merge, Ownership, Membership),
        loss=2,
        money_kind=_("first-year sales"),
    )
)
