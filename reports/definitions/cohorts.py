"""Who stays: customers by the month of their first purchase, and how many bought or were active later on."""

from collections.abc import Callable
from datetime import date
from itertools import accumulate
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.lib.periods import add_months, day_number, month_end
from customers.knowledge import survivors
from reports.drawing import cohort_cells
from reports.models import Snapshot
from reports.reads import PURCHASES
from reports.report import Listed, Measure, Report, Run, Sum, Totals, Way, Whole, register
from reports.rows import cohort_rows, knowledge, rhythm, standing
from reports.snapshots.filling import insert_rows
from team.models import Company

PARAMETERS = (
    "k",
    "floor_days",
    "cap_days",
    "default_interval_days",
    "gap_memory",
    "min_gaps",
    "contract_grace_days",
)


def fill(snapshot: Snapshot, run: Run) -> dict[str, Any]:
    vendor = connection.vendor
    expressions = ",".join(
        [
            survivors(),
            knowledge.purchase_steps(vendor),
            standing.covers(vendor, ("day",)),
            rhythm.typical("step"),
            rhythm.rule(),
            cohort_rows.spans(),
            cohort_rows.changes(vendor),
            cohort_rows.members(vendor),
            knowledge.owners("member"),
        ]
    )
    values = {
        **rhythm.memory_parameters(run.values),
        **rhythm.rule_parameters(run.values["k"], run.values),
        "date": run.as_of.isoformat(),
        "day": day_number(run.as_of),
        "today": Company.get().today.isoformat(),
        "grace": run.values["contract_grace_days"],
    }
    insert_rows(snapshot, expressions, cohort_rows.evidence(vendor), values)
    return {}


def headline(totals: Totals, run: Run, whole: Whole) -> dict[str, Any]:
    """`cohorts`: by month of the first purchase, how many there are, how many bought and were active later.

    Counts by month since; None for a month that is not over at the as-of day.
    """
    bought = totals.by_line_and_month("bought")
    changed = totals.by_line_and_month("active")
    if not bought:
        return {"cohorts": []}
    months = _months(min(bought), f"{run.as_of:%Y-%m}")
    over = [month for month in months if _ends_by(month, run.as_of)]
    return {
        "cohorts": [
            _cohort(months[n:], len(over) - n, bought.get(month, {}), changed.get(month, {}))
            for n, month in enumerate(months)
        ]
    }


def _cohort(
    months: list[str], complete: int, bought: dict[str, Sum], changed: dict[str, Sum]
) -> dict[str, Any]:
    """`months` from the cohort's own on; the first `complete` of them are over."""
    size = bought[months[0]].n if months[0] in bought else 0
    told = months[:complete] if size else []
    unknown = [None] * (len(months) - len(told))
    changes = (changed[month].cents if month in changed else 0 for month in told)
    return {
        "cohort": months[0],
        "customers": size,
        "bought": [bought[month].n if month in bought else 0 for month in told] + unknown,
        "active": [*accumulate(changes), *unknown],
    }


def _months(first: str, last: str) -> list[str]:
    """Months from one to another, both included, as YYYY-MM."""
    day, months = date.fromisoformat(f"{first}-01"), []
    while f"{day:%Y-%m}" <= last:
        months.append(f"{day:%Y-%m}")
        day = add_months(day, 1)
    return months


def _ends_by(month: str, as_of: date) -> bool:
    return month_end(date.fromisoformat(f"{month}-01")) <= as_of


def printed(snapshot: Snapshot, run: Run) -> list[dict[str, Any]]:
    """The JSON of `manage.py report cohorts`."""
    return [
        {
            "cohort": each["cohort"],
            "customers": each["customers"],
            "retention": [None if n is None else n / each["customers"] for n in each["bought"]],
        }
        for each in snapshot.headline["cohorts"]
    ]


def _way(key: str, label: Any, rows: Callable[[Snapshot, cohort_cells.Cell], Q]) -> Way:
    return Way(key, label, cohort_cells.cell_of, cohort_cells.told, rows)


COHORTS = register(
    Report(
        slug="cohorts",
        version=1,
        title=_("Who stays"),
        question=_(
            "Of the customers who first bought in a month, how many buy in the months after?"
        ),
        formula=_(
            "customers of a month with a purchase in a later month ÷ customers of that month"
        ),
        parameter_names=PARAMETERS,
        measures=(
            Measure("bought", _("Bought in the month"), by_month=True),
            Measure("active", _("Active at the month’s end"), by_month=True),
        ),
        lists=(
            Listed("bought", _("Bought in the month"), ("bought",)),
            Listed("joined", _("First bought in the month"), ("bought",), True),
            Listed("active", _("Became active or lost in the month"), ("active",)),
        ),
        dimensions=(),
        ways=(
            _way("bought_in", _("Bought"), cohort_cells.bought),
            _way("joined_in", _("Customers"), cohort_cells.joined),
            _way("active_in", _("Still active"), cohort_cells.active),
        ),
        fill=fill,
        headline=headline,
        printed=printed,
        reads=PURCHASES,
        needs_period=False,
        parts_by_line=True,
    )
)
