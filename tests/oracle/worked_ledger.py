"""The ledger: each worked example alone, and leads and newcomers that are lost twice."""

from decimal import Decimal
from typing import Any

from tests.oracle.cases import Case
from tests.oracle.tables import Row, Tables
from tests.oracle.work_cases import KYIV
from tests.oracle.worked_departures import three_leavers
from tests.oracle.worked_leakage import hundred_leads
from tests.oracle.worked_marketing import CAMPAIGN, cost, march_campaign
from tests.oracle.worked_new_reps import newcomer, seven_newcomers
from tests.oracle.worked_time import rep

NUMBERS = ("1", "2", "3", "4", "5", "6")
PAIRS = ("1&6", "2&3", "4&5")


def basis(total: Any, overlaps: dict[str, Any] | None = None, **losses: Any) -> dict[str, Any]:
    """Losses as L1=..., overlaps by pair; what is not named is nothing. Text keeps the cents."""
    return {
        "losses": dict.fromkeys(NUMBERS, 0) | {key[1:]: value for key, value in losses.items()},
        "overlaps": dict.fromkeys(PAIRS, 0) | (overlaps or {}),
        "total": total,
    }


def leads_of_a_campaign() -> Tables:
    """The forty unanswered leads came from a campaign of 600,000; one sale cost 60,000."""
    tables = hundred_leads()
    for row in tables["leads"][60:]:
        row["campaign_id"] = "M"
    sale = next(r for r in tables["revenue"] if r["date"] == "2025-06-15")
    sale["cost"] = "60000"
    tables["campaigns"] = [CAMPAIGN]
    tables["campaign_costs"] = [cost(1, "2025-03-01", "600000")]
    return tables


def evaluated_in_april() -> Tables:
    """Hired on 16 January at 2,200 a month, evaluated on 15 April; the line of April has 22 days."""
    person: Row = newcomer("N", hire_on="2025-01-16", wage="2200", monthly_expenses="0")
    return {"reps": [person, rep("other", "0")]}


def _ledger(
    name: str, tables: Tables, days: tuple[str, str, str], expected: dict[str, Any]
) -> Case:
    typed = {"margin_basis": None, "margin_rate": None, "partial": False} | expected
    return Case(name, tables, *days, typed, slug="ledger", settings=KYIV)


YEAR = ("2025-01-01", "2025-12-31", "2025-12-31")

LEDGER = [
    _ledger(
        "newcomers' wages are not lost twice",
        seven_newcomers(),
        ("2025-01-01", "2025-03-31", "2025-03-31"),
        {
            "revenue_basis": basis(
                # The seller 6,000.00 and the worker 3 x 1,958.33 remain beside the five.
                Decimal("44874.99"),
                {"4&5": Decimal("29997.92")},
                L4=Decimal("41872.91"),
                L5=33000,
            ),
        },
    ),
    _ledger(
        "only the days up to the evaluation are lost twice",
        evaluated_in_april(),
        ("2025-04-01", "2025-04-30", "2025-04-30"),
        {
            # 23 days of January have 12 left, February 20, March 21, April 11 of 22.
            "revenue_basis": basis(
                Decimal("7747.83"),
                {"4&5": 1100},
                L4=2200,
                L5=Decimal("6647.83"),
            ),
        },
    ),
    _ledger(
        "a lead is lost once: by the sale or by its marketing",
        leads_of_a_campaign(),
        YEAR,
        {
            "as_of": "2025-12-31",
            "from": "2025-01-01",
            "to": "2025-12-31",
            "margin_rate": 0.4,
            "revenue_basis": basis(1000000, {"2&3": 600000}, L2=1000000, L3=600000),
            "margin_basis": basis(600000, {"2&3": 400000}, L2=400000, L3=600000),
        },
    ),
    _ledger(
        "departures are part of churn",
        three_leavers(),
        YEAR,
        {"revenue_basis": basis(900000, {"1&6": 900000}, L1=900000, L6=900000)},
    ),
    _ledger(
        "marketing waste without a rate of leakage",
        march_campaign(),
        ("2025-03-01", "2025-03-31", "2025-06-30"),
        {"revenue_basis": basis(30000, L3=30000)},
    ),
    _ledger(
        "nothing is known, half a month",
        {},
        ("2025-03-01", "2025-03-31", "2025-03-15"),
        {"revenue_basis": basis(0), "partial": True},
    ),
]
