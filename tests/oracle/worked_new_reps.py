"""Loss 5: the worked example and the edges of evaluation, result and record."""

from datetime import date, timedelta
from typing import Any

from tests.oracle.cases import Case, company
from tests.oracle.tables import Row, Tables
from tests.oracle.work_cases import KYIV
from tests.oracle.worked_time import did, rep

QUARTER = [date(2025, 1, 1) + timedelta(days=n) for n in range(90)]
WORKING = [on.isoformat() for on in QUARTER if on.weekday() < 5]


def newcomer(reference: str, **columns: str) -> Row:
    paid = {"wage": "2000", "monthly_expenses": "200", "hire_on": "2025-01-01"}
    return rep(reference, **(paid | columns))


def seven_newcomers() -> Tables:
    """Five without sales, one of them with one call in February; one works; one sells."""
    reps = [newcomer(f"N{n}") for n in range(1, 6)] + [newcomer("S"), newcomer("W")]
    rows = [did(0, "N1", "2025-02-10T08:00:00Z", "call", "10")]
    rows += [did(n, "W", f"{on}T08:00:00Z", "call", "10") for n, on in enumerate(WORKING, 1)]
    sale = {
        "entry_id": "E1",
        "customer_id": "A",
        "date": "2025-02-03",
        "rep_id": "S",
        "amount": "100",
    }
    return company(more_revenue=[sale], reps=reps, activities=rows)


def _one(name: str, tables: Tables, line: dict[str, Any] | None, **more: Any) -> Case:
    """One newcomer N in the first half of 2025."""
    return Case(
        name,
        tables,
        more.pop("from_", "2025-01-01"),
        more.pop("to", "2025-06-30"),
        more.pop("as_of", "2025-06-30"),
        more.pop("expected", {}),
        {} if line is None else {"N": line},
        more,
        "new_reps",
        KYIV,
    )


def sold(amount: str, on: str) -> Row:
    row = {"entry_id": "E1", "customer_id": "A", "rep_id": "N", "amount": amount}
    return row | {"date": on}


LOST = {"counted": True, "wage": 6000.00, "expenses": 600.00, "loss": 6600.00}

NEW_REPS = [
    Case(
        "five of seven newcomers without result or record",
        seven_newcomers(),
        "2025-01-01",
        "2025-03-31",
        "2025-03-31",
        {
            "loss": 33000.00,
            "wages": 30000.00,
            "expenses": 3000.00,
            "reps": 5,
            "evaluated": 7,
            "no_result_but_worked": 1,
            "in_progress": 0,
        },
        {
            **{
                f"N{n}": {
                    "rep_id": f"N{n}",
                    "hire_on": "2025-01-01",
                    "evaluated_on": "2025-03-31",
                    "working_days": 64,
                    "result": 0.00,
                    "activities": int(n == 1),
                    "no_result": True,
                    "no_record": True,
                    **LOST,
                }
                for n in range(1, 6)
            },
            "S": {"result": 100.00, "no_result": False, "counted": False, "loss": 0.00},
            "W": {"activities": 64, "no_record": False, "counted": False, "wage": 6000.00},
        },
        slug="new_reps",
        settings=KYIV,
    ),
    Case(
        "the day before they are evaluated",
        seven_newcomers(),
        "2025-01-01",
        "2025-03-31",
        "2025-03-30",
        {"loss": 0.00, "evaluated": 0, "reps": 0, "in_progress": 7},
        {},
        slug="new_reps",
        settings=KYIV,
    ),
    Case(
        "without regard to records the one who worked counts too",
        seven_newcomers(),
        "2025-01-01",
        "2025-03-31",
        "2025-03-31",
        {"loss": 39600.00, "reps": 6},
        None,
        {"require_no_record": "false"},
        "new_reps",
        KYIV,
    ),
    _one(
        "hired on 30 November, evaluated before the end of February",
        company(reps=[newcomer("N", hire_on="2024-11-30")]),
        {"evaluated_on": "2025-02-27", "hire_on": "2024-11-30", "counted": True},
    ),
    _one(
        "left within the ramp",
        company(reps=[newcomer("N", leave_on="2025-02-28")]),
        {"evaluated_on": "2025-02-28", "wage": 4000.00, "expenses": 400.00, "loss": 4400.00},
    ),
    _one(
        "leaves after the day of knowledge",
        company(reps=[newcomer("N", leave_on="2025-02-28")]),
        None,
        as_of="2025-02-27",
        expected={"in_progress": 1},
    ),
    _one(
        "sold on the day of evaluation",
        company(more_revenue=[sold("0.01", "2025-03-31")], reps=[newcomer("N")]),
        {"result": 0.01, "no_result": False, "loss": 0.00},
    ),
    _one(
        "sold the day after",
        company(more_revenue=[sold("100", "2025-04-01")], reps=[newcomer("N")]),
        {"result": 0.00, "no_result": True, **LOST},
    ),
    _one(
        "sold exactly the least result",
        company(more_revenue=[sold("100", "2025-03-31")], reps=[newcomer("N")]),
        {"result": 100.00, "no_result": True, **LOST},
        min_result="100",
    ),
    _one(
        "absences are paid and need no record",
        company(reps=[newcomer("N")], absences=[{"rep_id": "N", "date": on} for on in WORKING[1:]]),
        {"working_days": 1, "no_record": True, **LOST},
    ),
    _one(
        "nobody knows when they were hired",
        company(reps=[newcomer("N", hire_on="")]),
        None,
        expected={"in_progress": 0},
    ),
    _one(
        "paid by a row without expenses",
        company(
            reps=[newcomer("N")],
            rep_costs=[{"rep_id": "N", "from_on": "2025-02-01", "monthly_wage": "2000"}],
        ),
        {"wage": 6000.00, "expenses": 200.00, "loss": 6200.00},
    ),
]
