"""Words to build the leads, touches and days of a worked case."""

from tests.oracle.cases import company
from tests.oracle.tables import Row, Settings, Tables

KYIV: Settings = {
    "tz": "Europe/Kyiv",
    "base_currency": "UAH",
    "workdays": [0, 1, 2, 3, 4],
    "holidays": [],
    "work_start": "09:00",
    "work_end": "18:00",
}


def lead(reference: str, created_at: str, source: str = "web", **columns: str) -> Row:
    return {"lead_id": reference, "created_at": created_at, "source": source, **columns}


def call(reference: str, lead_id: str, start_at: str, **columns: str) -> Row:
    """A done call out of ten minutes."""
    return {
        "activity_id": reference,
        "rep_id": "R",
        "kind": "call",
        "direction": "out",
        "status": "done",
        "start_at": start_at,
        "minutes": "10",
        "lead_id": lead_id,
        **columns,
    }


def worked_company(revenue: list[tuple[str, str, str]], **tables: list[Row]) -> Tables:
    """A company with one rep R who does everything."""
    rows = company(revenue, **tables)
    rows["reps"] = rows["reps"] or [{"rep_id": "R", "hire_on": "2020-01-01", "monthly_wage": "0"}]
    return rows
