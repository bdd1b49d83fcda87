"""Loss 1: which customers did we lose in the period, and how much did they buy per year?"""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from crm.lib.money import half_up
from crm.lib.periods import day_number
from customers.knowledge import survivors
from reports.modelling import churn_model
from reports.models import Evidence, Snapshot
from reports.printing import Money, broken_number, money_keys
from reports.reads import PURCHASES
from reports.report import Dimension, Listed, Measure, Report, Run, Totals, Whole, register
from reports.rows import churn_rows, class_rows, knowledge, rhythm, standing
from reports.snapshots.filling import insert_rows
from reports.statistics.intervals import share, wilson
from team.models import Company

PARAMETERS = (
    "churn_method",
    "k",
    "floor_days",
    "cap_days",
    "default_interval_days",
    "gap_memory",
    "min_gaps",
    "value_days",
    "contract_grace_days",
    "warn_ratio",
    "departure_grace_days",
    "handover_days",
    "rfm_days",
    "abc_a",
    "abc_b",
    "p_lost",
    "bgnbd_min_customers",
    "bgnbd_min_repeaters",
)


def fill(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """Write the rows of every measure in one statement, by the rule or by the model."""
    values = statement_values(run)
    with churn_model.judging(run, values) as judged:
        evidence = churn_rows.evidence(connection.vendor, judged.by_model)
        told = {**values, **judged.values}
        insert_rows(snapshot, expressions(judged.by_model), evidence, told, reads="detail")
    return judged.whole


def expressions(by_model: bool) -> str:
    """Everything up to `detail`; `by_model` within `churn_model.judging`."""
    vendor = connection.vendor
    return ",".join(
        [
            survivors(),
            knowledge.purchase_steps(vendor),
            standing.covers(vendor),
            standing.wanted_purchases(by_model),
            rhythm.typical("wanted"),
            rhythm.rule(),
            *([churn_model.told()] if by_model else []),
            standing.states(by_model),
            churn_rows.amounts(vendor),
            churn_rows.departures(vendor),
            churn_rows.details(vendor, by_model),
        ]
    )


def statement_values(run: Run) -> dict[str, Any]:
    """The whole numbers of the statement; a ratio becomes a part and a whole."""
    values = run.values
    rule = rhythm.rule_parameters(values["k"], values)
    warn_part, warn_whole = values["warn_ratio"].as_integer_ratio()
    return {
        **rule,
        **rhythm.memory_parameters(values),
        "date": run.as_of.isoformat(),
        "today": Company.get().today.isoformat(),
        "day": day_number(run.as_of),
        "end": day_number(run.end),
        "before": day_number(run.before),
        "start": day_number(run.period.start),
        "least_days": min(values["floor_days"], values["cap_days"]),
        "cap_days": values["cap_days"],
        "value_days": values["value_days"],
        "grace": values["contract_grace_days"],
        "warn_parts": warn_part,
        "warn_day_parts": rule["day_parts"] * warn_whole,
        "departure_grace": values["departure_grace_days"],
        "handover": values["handover_days"],
        "class_days": values["rfm_days"],
        **class_rows.borders(values),
    }


def headline(totals: Totals, run: Run, whole: Whole) -> dict[str, Any]:
    """The figures of section 13. Keys ending in `_cents` are cents, rates are shares of one or None."""
    loss = totals["loss"]
    opening = totals["active"] + totals["inactive"] + loss
    low, high = wilson(loss.base_n, opening.base_n)
    expected, error = _expected(totals, whole)
    return {
        "loss_cents": loss.cents,
        "lost_customers": loss.n,
        "average_value_cents": half_up(Fraction(loss.cents, loss.n)) if loss.n else None,
        "opening_customers": opening.base_n,
        "lost_of_opening": loss.base_n,
        "logo_churn": share(loss.base_n, opening.base_n),
        "logo_churn_lo": low,
        "logo_churn_hi": high,
        "revenue_churn": share(loss.base_cents, opening.base_cents),
        "active_at_end": totals["active"].n,
        "at_risk_customers": totals["at_risk"].n,
        "at_risk_value_cents": totals["at_risk"].cents,
        "recovered_customers": totals["recovered"].n,
        "recovered_value_cents": totals["recovered"].cents,
        "loss_to_departures_cents": totals["departed"].cents,
        "method": whole.get("method", "rule"),
        "expected_loss_cents": expected,
        "expected_loss_se_cents": error,
        "partial": run.is_partial,
    }


def _expected(totals: Totals, whole: Whole) -> tuple[int | None, int | None]:
    """Cents, with their standard error; None under the rule, which expects nothing."""
    if whole.get("method") != churn_model.METHOD:
        return None, None
    expected = totals["expected"]
    return expected.cents, half_up(Fraction(math.sqrt(expected.base_cents)) * whole["value_unit"])


def printed(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """The JSON of `manage.py report churn`."""
    parts = rhythm.parts_of(run.values["k"])
    rows = snapshot.evidence.filter(measure="loss").select_related("owner")
    lines = [_line(row, parts) for row in rows.iterator(2000)]
    figures = {name: snapshot.headline[name] for name in headline(Totals(), run, {})}
    return money_keys(figures) | {"lines": sorted(lines, key=lambda line: line["customer_id"])}


def _line(row: Evidence, parts: int) -> dict[str, Any]:
    facets = row.facets
    return {
        "customer_id": row.line_key,
        "lost_on": row.occurred_on,
        "last_purchase": facets["last_purchase"],
        "purchases": facets["purchases"],
        "typical": Decimal(facets["typical_halves"]) / 2,
        "threshold": Decimal(facets["threshold_parts"]) / parts,
        "basis": facets["basis"],
        "p_alive": broken_number(facets.get("p_alive")),
        "in_opening_base": row.in_base,
        "one_time": bool(facets["one_time"]),
        "owner": row.owner.reference if row.owner else "(none)",
        "departure": facets["departure"],
        "loss": Money(row.cents),
    }


CHURN = register(
    Report(
        slug="churn",
        version=1,
        title=_("Customers leaving"),
        question=_(
            "Which old customers did we lose in the period, and how much did they buy per year?"
        ),
        formula=_(
            "customers silent for longer than their own rhythm allows"
            " × what they bought in their last year"
        ),
        parameter_names=PARAMETERS,
        measures=(
            Measure("loss", _("Left"), by_month=True),
            Measure("departed", _("Left with a departed rep")),
            Measure("recovered", _("Came back"), by_month=True),
            Measure("at_risk", _("At risk now")),
            Measure("active", _("Active at the end")),
            Measure("inactive", _("Active before, neither left nor active at the end")),
            Measure("expected", _("Expected loss")),
        ),
        lists=(
            Listed(
                "at_risk",
                _("At risk now"),
                ("at_risk",),
                False,
                "at_risk_customers",
                "at_risk_value_cents",
            ),
            Listed("loss", _("Left"), ("loss",), False, "lost_customers", "loss_cents"),
            Listed(
                "recovered",
                _("Came back"),
                ("recovered",),
                False,
                "recovered_customers",
                "recovered_value_cents",
            ),
            Listed(
                "departed",
                _("Left with a departed rep"),
                ("departed",),
                money="loss_to_departures_cents",
            ),
            Listed("active", _("Active at the end"), ("active",), count="active_at_end"),
            Listed(
                "opening",
                _("Active before the period"),
                ("active", "inactive", "loss"),
                True,
                "opening_customers",
            ),
            Listed(
                "lost_of_opening",
                _("Active before the period, left in it"),
                ("loss",),
                True,
                "lost_of_opening",
            ),
            Listed("expected", _("Expected loss"), ("expected",), money="expected_loss_cents"),
        ),
        dimensions=(
            Dimension("owner", _("Owner"), "column"),
            Dimension("team", _("Team"), "column"),
            Dimension("segment", _("Segment")),
            Dimension("region", _("Region")),
            Dimension("abc", _("Class before")),
            Dimension("tenure_years", _("Years as a customer"), is_whole=True),
            Dimension("one_time", _("Bought once"), is_whole=True),
            Dimension("basis", _("Told by")),
            Dimension("departure", _("Departed rep")),
        ),
        fill=fill,
        headline=headline,
        printed=printed,
        every_night=True,
        reads=PURCHASES,
        loss=1,
        money_kind=_("yearly sales"),
    )
)
