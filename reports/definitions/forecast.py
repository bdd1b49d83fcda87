"""The forecast: what the open deals should bring until a day, and within which range."""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from math import sqrt
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from crm.lib.money import half_up
from crm.lib.periods import day_number
from customers.knowledge import survivors
from reports.models import Evidence, Snapshot
from reports.printing import Money, money_keys
from reports.reads import DEALS
from reports.report import Dimension, Listed, Measure, Report, Run, Sum, Totals, register
from reports.report import Whole as WholeFacts
from reports.rows import deal_rows, forecast_rows, knowledge
from reports.rows.forecast_rows import HUNDREDTHS, WHOLE
from reports.snapshots.filling import insert_rows
from reports.statistics.intervals import Z
from sales.deals.stages import win_shares

PARAMETERS = ("stage_min_n", "stage_window_days")


def fill(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """Open deals as they stand at the as-of day; the period's end is the horizon."""
    vendor = connection.vendor
    expressions = ",".join(
        [
            survivors(),
            deal_rows.stands("%(since)s"),
            forecast_rows.chances(_settings(run.as_of)),
            forecast_rows.weighed(vendor),
            knowledge.teams("moment"),
        ]
    )
    insert_rows(snapshot, expressions, forecast_rows.evidence(vendor), _statement_values(run))
    return {}


def _settings(on: date) -> Iterator[tuple[int, int, int]]:
    """The usual share of wins of every stage, as a part and a whole."""
    for stage, win_share in win_shares(on).items():
        yield (stage, *win_share.as_integer_ratio())


def _statement_values(run: Run) -> dict[str, Any]:
    window = timedelta(days=run.values["stage_window_days"] - 1)
    return {
        "date": run.as_of.isoformat(),
        "day": day_number(run.as_of),
        "until": run.as_of.isoformat(),
        "until_close": run.period.end.isoformat(),
        "since": (run.as_of - window).isoformat(),
        "least": max(1, run.values["stage_min_n"]),
    }


def headline(totals: Totals, run: Run, whole: WholeFacts) -> dict[str, Any]:
    """Open and expected money with its range, which takes the deals to be independent of each other."""
    deals, undated = totals["open"], totals["undated"]
    half = Fraction(Z * sqrt(_variance(totals["spread"])))
    return {
        "deals": deals.n,
        "open_cents": deals.base_cents,
        "expected_cents": deals.cents,
        "lo_cents": max(0, half_up(deals.cents - half)),
        "hi_cents": min(deals.base_cents, half_up(deals.cents + half)),
        "undated_deals": undated.n,
        "undated_cents": undated.cents,
    }


def _variance(spread: Sum) -> Fraction:
    """In squared cents."""
    return spread.cents * WHOLE + Fraction(spread.base_cents, HUNDREDTHS)


def printed(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """The JSON of `manage.py report forecast`."""
    shown = ("open_cents", "expected_cents", "lo_cents", "hi_cents")
    rows = snapshot.evidence.filter(measure="open")
    lines = [_line(row) for row in rows.iterator(2000)]
    figures = money_keys({name: snapshot.headline[name] for name in shown})
    return figures | {"lines": sorted(lines, key=lambda line: line["opportunity_id"])}


def _line(row: Evidence) -> dict[str, Any]:
    return {
        "opportunity_id": row.line_key,
        "stage": row.facets["stage"],
        "amount": Money(row.base_cents),
        "p": float(Fraction(row.facets["p"])),
        "basis": row.facets["basis"],
        "expected": Money(row.cents),
        "overdue": bool(row.facets["overdue"]),
    }


FORECAST = register(
    Report(
        slug="forecast",
        version=1,
        title=_("Forecast"),
        question=_("How much should the open deals bring by a day?"),
        formula=_("sum of each open deal’s amount × the share of deals won from its stage"),
        parameter_names=PARAMETERS,
        measures=(
            Measure("open", _("Expected to close"), by_month=True),
            Measure("undated", _("Without an expected day")),
            Measure("spread", _("Spread of the estimate"), unit="count"),
        ),
        lists=(
            Listed("open", _("Expected to close"), ("open",), False, "deals", "expected_cents"),
            Listed(
                "undated",
                _("Without an expected day"),
                ("undated",),
                False,
                "undated_deals",
                "undated_cents",
            ),
        ),
        dimensions=(
            Dimension("owner", _("Owner"), "column"),
            Dimension("team", _("Team"), "column"),
            Dimension("stage", _("Stage")),
            Dimension("basis", _("Chance from")),
            Dimension("overdue", _("Overdue"), is_whole=True),
            Dimension("segment", _("Segment")),
            Dimension("region", _("Region")),
        ),
        fill=fill,
        headline=headline,
        printed=printed,
        every_night=True,
        reads=DEALS,
        looks_ahead=True,
    )
)
