"""Loss 4: the worked example and the edges of minutes, days and months."""

from typing import Any

from tests.oracle.cases import Case, company
from tests.oracle.tables import Row, Tables
from tests.oracle.work_cases import KYIV

APRIL = [f"2025-04-{n:02}" for n in range(1, 31) if (n + 1) % 7 not in (6, 0)]
assert len(APRIL) == 22


def rep(reference: str, wage: str = "20000", hire_on: str = "2024-01-01", **columns: str) -> Row:
    return {"rep_id": reference, "hire_on": hire_on, "monthly_wage": wage, **columns}


def did(number: int, rep_id: str, start_at: str, kind: str, minutes: str, **columns: str) -> Row:
    return {
        "activity_id": f"A{number:05}",
        "rep_id": rep_id,
        "kind": kind,
        "status": "done",
        "start_at": start_at,
        "minutes": minutes,
        **columns,
    }


def ten_reps() -> Tables:
    """Each April day a meeting 10:00 for 100 minutes and a call 11:30 for 70: union 160 of 480."""
    reps = [rep(f"R{n:02}") for n in range(1, 11)]
    rows: list[Row] = []
    for each in reps:
        for on in APRIL:
            rows.append(did(len(rows), each["rep_id"], f"{on}T07:00:00Z", "meeting", "100"))
            rows.append(did(len(rows), each["rep_id"], f"{on}T08:30:00Z", "call", "70"))
    return company(reps=reps, activities=rows)


def one_day(*done: tuple[str, str, str], **tables: list[Row]) -> Tables:
    """A rep of 22,000 a month, so 1,000.00 a day; activities of Tuesday 1 April 2025."""
    rows = [did(n, "R", *each) for n, each in enumerate(done)]
    return company(reps=[rep("R", "22000")], activities=rows, **tables)


def _day(name: str, tables: Tables, minutes: int, loss: float, low: float, **line: Any) -> Case:
    typed = {"selling_minutes": minutes, "cost": 1000.00, "loss": loss, "loss_lo": low, **line}
    return Case(
        name,
        tables,
        "2025-04-01",
        "2025-04-01",
        "2025-04-30",
        {"cost": 1000.00, "loss": loss, "loss_lo": low},
        {"R 2025-04": typed},
        slug="time",
        settings=KYIV,
    )


NINE = "2025-04-01T06:00:00Z"

TIME = [
    Case(
        "ten reps sell a third of April",
        ten_reps(),
        "2025-04-01",
        "2025-04-30",
        "2025-04-30",
        {
            "loss": 133333.30,
            "loss_lo": 133333.30,
            "cost": 200000.00,
            "share": 0.3333333,
            "logged_share": 1,
        },
        {
            f"R{n:02} 2025-04": {
                "rep_id": f"R{n:02}",
                "month": "2025-04",
                "working_days": 22,
                "logged_days": 22,
                "available_minutes": 10560,
                "selling_minutes": 3520,
                "share": 0.3333333,
                "cost": 20000.00,
                "loss": 13333.33,
                "loss_lo": 13333.33,
            }
            for n in range(1, 11)
        },
        slug="time",
        settings=KYIV,
    ),
    _day("no record at all", one_day(), 0, 1000.00, 1000.00, logged_days=0, share=0),
    _day("half a day", one_day((NINE, "meeting", "240")), 240, 500.00, 500.00, logged_days=1),
    _day("parallel calls", one_day((NINE, "call", "48"), (NINE, "call", "48")), 48, 900.0, 900.0),
    _day("an imputed visit", one_day((NINE, "visit", "")), 90, 812.50, 812.50),
    _day("negative minutes of a call", one_day((NINE, "call", "-5")), 10, 979.17, 979.17),
    _day("no minutes are no minutes", one_day((NINE, "call", "0")), 0, 1000.0, 1000.0),
    _day("a huge demo", one_day((NINE, "demo", "100000")), 480, 0.00, 0.00, share=1),
    _day("training sells nothing", one_day((NINE, "training", "240")), 0, 1000.0, 1000.0),
    _day("an unknown kind is other", one_day((NINE, "Call", "240")), 0, 1000.0, 1000.0),
    _day(
        "seconds count and are floored once",
        one_day((NINE, "call", "1"), ("2025-04-01T06:00:30Z", "call", "1")),
        1,
        997.92,
        997.92,
    ),
    _day(
        "over midnight it belongs to its first day",
        one_day(("2025-04-01T20:00:00Z", "negotiation", "240")),
        240,
        500.00,
        500.00,
    ),
    _day(
        "begun before local midnight it belongs to the day before",
        one_day(("2025-03-31T20:59:59Z", "negotiation", "240")),
        0,
        1000.0,
        1000.0,
    ),
    Case(
        "unlogged days like the logged one",
        one_day((NINE, "meeting", "240")),
        "2025-04-01",
        "2025-04-02",
        "2025-04-30",
        {"loss": 1500.00, "loss_lo": 1000.00, "cost": 2000.00, "share": 0.25, "logged_share": 0.5},
        {"R 2025-04": {"working_days": 2, "logged_days": 1, "share": 0.25}},
        slug="time",
        settings=KYIV,
    ),
    Case(
        "minutes on days off count too",
        one_day(("2025-04-05T06:00:00Z", "meeting", "240")),
        "2025-04-01",
        "2025-04-06",
        "2025-04-30",
        {"loss": 3500.00, "loss_lo": 0.00, "cost": 4000.00, "logged_share": 0},
        {"R 2025-04": {"working_days": 4, "logged_days": 0, "selling_minutes": 240}},
        slug="time",
        settings=KYIV,
    ),
    Case(
        "a quarter is accepted as work",
        one_day((NINE, "meeting", "240")),
        "2025-04-01",
        "2025-04-01",
        "2025-04-30",
        {"loss": 250.00, "loss_lo": 250.00},
        None,
        {"allowance_share": "0.25"},
        "time",
        KYIV,
    ),
    Case(
        "absent, not yet hired, already left: no line",
        company(
            reps=[
                rep("absent"),
                rep("hired", hire_on="2025-04-02"),
                rep("left", leave_on="2025-03-31"),
                rep("unknown", hire_on=""),
                rep("works", "22000", leave_on="2025-04-01"),
            ],
            absences=[{"rep_id": "absent", "date": "2025-04-01"}],
        ),
        "2025-04-01",
        "2025-04-01",
        "2025-04-30",
        {"cost": 1000.00, "loss": 1000.00},
        {"works 2025-04": {"working_days": 1}},
        slug="time",
        settings=KYIV,
    ),
    Case(
        "a raise within the month, a holiday",
        one_day(rep_costs=[{"rep_id": "R", "from_on": "2025-04-03", "monthly_wage": "44000"}]),
        "2025-04-01",
        "2025-04-04",
        "2025-04-30",
        {"cost": 5238.10, "share": 0, "logged_share": 0},
        {"R 2025-04": {"working_days": 3, "available_minutes": 1440, "loss": 5238.10}},
        slug="time",
        settings=KYIV | {"holidays": ["2025-04-01"]},
    ),
    Case(
        "nobody",
        {},
        "2025-04-01",
        "2025-04-30",
        "2025-04-30",
        {"loss": 0.00, "cost": 0.00, "share": None, "logged_share": None},
        {},
        slug="time",
        settings=KYIV,
    ),
]
