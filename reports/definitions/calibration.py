"""How often the rule errs: of customers called lost, how many bought again within a year, for several k."""

from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from crm.lib.periods import day_number
from crm.lib.sql import date_sql, json_object_sql
from customers.knowledge import survivors
from reports.models import Snapshot
from reports.reads import PURCHASES
from reports.report import Listed, Measure, Report, Run, Totals, Whole, register
from reports.rows import knowledge, rhythm, standing
from reports.snapshots.filling import insert_rows
from reports.statistics.intervals import share, wilson
from team.models import Company

TRIED = ("2", "2.5", "3", "4", "5")
YEAR = 365
PARAMETERS = ("floor_days", "cap_days", "default_interval_days", "gap_memory", "min_gaps")


def fill(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """A row per k and call that is at least a year old; in the base: bought again within a year of it."""
    vendor = connection.vendor
    moments = f"(SELECT DISTINCT customer_id, {date_sql('day', vendor)} AS on_date FROM call)"
    expressions = ",".join(
        [
            survivors(),
            knowledge.purchase_steps(vendor),
            standing.covers(vendor, ("day",)),
            _wanted(),
            rhythm.typical("wanted"),
            _calls(),
            knowledge.owners(moments),
        ]
    )
    insert_rows(snapshot, expressions, _evidence(vendor), _statement_values(run))
    return {}


def _wanted() -> str:
    """Purchases that a call more than a year ago may have followed, of customers without a contract."""
    return f"""
wanted AS (
    SELECT s.* FROM step s LEFT JOIN cover c ON c.customer_id = s.customer_id
    WHERE c.customer_id IS NULL AND s.day + %(least_days)s + 1 <= %(day)s - {YEAR}
        AND (s.next_day IS NULL OR s.next_day > s.day + %(least_days)s + 1)
)"""


def _calls() -> str:
    """`call`: the purchases of `paced` once for each k by which the customer was called lost."""
    tried = " UNION ALL ".join(
        f"SELECT 'k={k}' AS measure, customer_id, day, next_day,"
        f" {rhythm.lost_day(_name(k))} AS lost_day FROM paced"
        for k in TRIED
    )
    return f"""
tried AS ({tried}),
call AS (
    SELECT * FROM tried
    WHERE lost_day <= %(day)s - {YEAR} AND (next_day IS NULL OR next_day > lost_day)
)"""


def _evidence(vendor: str) -> str:
    days = {"last_purchase": "k.day", "next_purchase": "k.next_day"}
    facets = {name: date_sql(day, vendor) for name, day in days.items()}
    return f"""
SELECT k.measure, c.reference AS line_key, 'customer' AS subject_type,
    k.customer_id AS subject_id, a.rep_id AS owner_id, a.team_id,
    {date_sql("k.lost_day", vendor)} AS occurred_on, 0 AS cents,
    0 AS low_cents, 0 AS high_cents,
    k.next_day IS NOT NULL AND k.next_day <= k.lost_day + {YEAR} AS in_base,
    0 AS base_cents,
    {json_object_sql(facets, vendor)} AS facets
FROM call k JOIN customers_customer c ON c.id = k.customer_id
LEFT JOIN answered a ON a.customer_id = k.customer_id AND a.on_date = {date_sql("k.day", vendor)}"""


def _statement_values(run: Run) -> dict[str, Any]:
    rules: dict[str, Any] = {}
    for k in TRIED:
        rules |= rhythm.rule_parameters(Decimal(k), run.values, _name(k))
    return {
        **rules,
        **rhythm.memory_parameters(run.values),
        "date": run.as_of.isoformat(),
        "day": day_number(run.as_of),
        "today": Company.get().today.isoformat(),
        "least_days": min(run.values["floor_days"], run.values["cap_days"]),
    }


def _name(k: str) -> str:
    return "_" + k.replace(".", "_")


def headline(totals: Totals, run: Run, whole: Whole) -> dict[str, Any]:
    """By k: how many were called lost, how many of them returned, the share with its interval."""
    return {k: _rates(totals, k) for k in TRIED}


def _rates(totals: Totals, k: str) -> dict[str, Any]:
    calls = totals[f"k={k}"]
    low, high = wilson(calls.base_n, calls.n)
    return {
        "called": calls.n,
        "returned": calls.base_n,
        "false_alarm": share(calls.base_n, calls.n),
        "lo": low,
        "hi": high,
    }


def printed(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    """The JSON of `manage.py report calibration`."""
    shown = ("called", "returned", "false_alarm")
    return {k: {name: snapshot.headline[k][name] for name in shown} for k in TRIED}


def _called_after(k: str) -> str:
    places = 1 if "." in k else 0
    return gettext("after %(k)s intervals") % {"k": formatting.number(Decimal(k), places)}


called_after = lazy(_called_after, str)

CALIBRATION = register(
    Report(
        slug="calibration",
        version=1,
        title=_("How often the rule errs"),
        question=_("Of the customers once called lost, how many bought again within a year?"),
        formula=_("customers who bought again within 365 days of the call ÷ customers called lost"),
        parameter_names=PARAMETERS,
        measures=tuple(Measure(f"k={k}", called_after(k)) for k in TRIED),
        lists=tuple(Listed(f"k={k}", called_after(k), (f"k={k}",)) for k in TRIED),
        dimensions=(),
        fill=fill,
        headline=headline,
        printed=printed,
        reads=PURCHASES,
        needs_period=False,
    )
)
