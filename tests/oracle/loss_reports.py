"""Every report of the second calculation by its slug, and what tells its lines apart."""

from collections.abc import Callable
from datetime import date
from typing import Any

from tests.oracle.cases import Case
from tests.oracle.churn import churn
from tests.oracle.departures import departures, did
from tests.oracle.leakage import leakage, speed
from tests.oracle.ledger import ledger
from tests.oracle.marketing import marketing
from tests.oracle.new_reps import new_reps
from tests.oracle.selling_time import time

REPORTS: dict[str, Callable[..., Any]] = {
    "churn": churn,
    "leakage": leakage,
    "speed": speed,
    "marketing": marketing,
    "time": time,
    "new_reps": new_reps,
    "departures": departures,
    "did": did,
    "ledger": ledger,
}
LINE_ID = {
    "churn": ("customer_id",),
    "leakage": ("source",),
    "marketing": ("campaign_id",),
    "time": ("rep_id", "month"),
    "new_reps": ("rep_id",),
    "departures": ("customer_id",),
}


def run_case(case: Case) -> Any:
    dates = (date.fromisoformat(each) for each in (case.from_, case.to, case.as_of))
    return REPORTS[case.slug](case.tables, case.settings, *dates, case.params)


def line_id(slug: str, line: dict[str, Any]) -> str:
    """What a case calls the line: its id, or both halves of it with a space between."""
    return " ".join(line[key] for key in LINE_ID[slug])
