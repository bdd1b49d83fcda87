"""A company as its exchange tables: a dict of table name -> list of rows of strings.

Every cell is text exactly as it stands in the CSV; an empty cell is "". Settings are the
parsed `settings.json`. A table or a cell that is missing counts as empty.
"""

import csv
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

Row = dict[str, str]
Tables = dict[str, list[Row]]
Settings = dict[str, Any]

COLUMNS: dict[str, str] = {
    "customers": "customer_id name segment region is_test merged_into merged_on recorded_on",
    "revenue": "entry_id order_id customer_id date product rep_id amount currency fx_rate cost "
    "recorded_on deleted_on",
    "ownership": "ownership_id customer_id rep_id from_on to_on recorded_on",
    "leads": "lead_id created_at source campaign_id rep_id converted_on customer_id closed_on "
    "closed_reason deleted_on",
    "lead_ownership": "ownership_id lead_id rep_id from_on to_on",
    "activities": "activity_id rep_id kind direction status start_at minutes customer_id lead_id "
    "outcome recorded_on deleted_on",
    "campaigns": "campaign_id name channel started_on ended_on",
    "campaign_costs": "cost_id campaign_id date amount currency fx_rate recorded_on deleted_on",
    "reps": "rep_id name team hire_on leave_on monthly_wage monthly_expenses",
    "rep_costs": "rep_id from_on monthly_wage monthly_expenses",
    "absences": "rep_id date",
    "surveys": "survey_id customer_id kind score sent_on answered_on deleted_on",
    "contracts": "contract_id customer_id start_on end_on cancelled_on recorded_on deleted_on",
    "opportunities": "opportunity_id customer_id rep_id created_on lead_id",
    "opp_history": "history_id opportunity_id changed_on stage amount expected_close_on reason "
    "competitor",
}

# (table, day the fact happened); each of them may also carry recorded_on and deleted_on.
DATED = {
    "revenue": "date",
    "ownership": "from_on",
    "contracts": "start_on",
    "lead_ownership": "from_on",
    "campaign_costs": "date",
    "rep_costs": "from_on",
    "absences": "date",
    "surveys": "sent_on",
    "opportunities": "created_on",
    "opp_history": "changed_on",
}
# (table, instant the fact happened): its day is the local one.
TIMED = {"leads": "created_at", "activities": "start_at"}
# Fields that are filled in later and count as empty while their day lies ahead.
LATER = {
    "revenue": ("deleted_on",),
    "ownership": ("to_on",),
    "contracts": ("cancelled_on", "deleted_on"),
    "reps": ("hire_on", "leave_on"),
    "leads": ("converted_on", "closed_on", "deleted_on"),
    "lead_ownership": ("to_on",),
    "activities": ("deleted_on",),
    "campaign_costs": ("deleted_on",),
    "surveys": ("answered_on", "deleted_on"),
}
# What belongs to such a field and goes with it.
BELONGING = {
    "leads": {"converted_on": "customer_id", "closed_on": "closed_reason"},
    "surveys": {"answered_on": "score"},
}


def write_tables(directory: Path, tables: Tables, settings: Settings | None = None) -> None:
    """Write one CSV for each table in `tables` (also an empty one) and `settings.json`."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        with (directory / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS[name].split(), restval="")
            writer.writeheader()
            writer.writerows(rows)
    text = json.dumps(settings or {}, ensure_ascii=False, indent=1)
    (directory / "settings.json").write_text(text, encoding="utf-8")


def read_tables(directory: Path) -> tuple[Tables, Settings]:
    """Read the folder that `write_tables` wrote, or any other folder of exchange tables."""
    tables: Tables = {}
    for name in COLUMNS:
        path = directory / f"{name}.csv"
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                tables[name] = list(csv.DictReader(file))
    path = directory / "settings.json"
    settings = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return tables, settings


def cell(row: Row, column: str) -> str:
    return row.get(column) or ""


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def visible(row: Row, event_column: str, as_of: date) -> bool:
    """R2: happened and recorded by the end of `as_of`, and not deleted by then. Without a day it was so since ever."""
    event = day(cell(row, event_column)) or date.min
    recorded = day(cell(row, "recorded_on")) or event
    deleted = day(cell(row, "deleted_on"))
    return event <= as_of and recorded <= as_of and (deleted is None or deleted > as_of)


def forget_after(tables: Tables, as_of: date, settings: Settings | None = None) -> Tables:
    """Remove or blank everything that lies after `as_of`: what was in the books that evening.

    A deletion that had already happened stays. The agreed end of a contract is not a later
    event and stays too, like the day on which a deal is expected to close. Customers, reps and
    campaigns stay, because rows that remain refer to them; what refers to a lead that goes is
    loosed from it, and a deal takes its history along. `settings` name the zone.
    """
    zone = ZoneInfo((settings or {}).get("tz", "UTC"))
    kept: Tables = {}
    for name, rows in tables.items():
        before = [row for row in rows if not _is_later(name, row, as_of, zone)]
        kept[name] = [_without_later_fields(name, row, as_of) for row in before]
    return _without_lost_deals(_without_lost_leads(kept))


def instant(text: str) -> datetime:
    """An `_at` cell."""
    return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)


def _is_later(table: str, row: Row, as_of: date, zone: ZoneInfo) -> bool:
    days = [day(cell(row, "recorded_on"))]
    if table in TIMED:
        days.append(instant(row[TIMED[table]]).astimezone(zone).date())
    elif table in DATED:
        days.append(day(cell(row, DATED[table])))
    else:
        return False
    return any(each is not None and each > as_of for each in days)


def _without_later_fields(table: str, row: Row, as_of: date) -> Row:
    kept = dict(row)
    for column in LATER.get(table, ()):
        if _lies_after(cell(row, column), as_of):
            kept[column] = ""
            belonging = BELONGING.get(table, {}).get(column)
            if belonging:
                kept[belonging] = ""
    if table == "customers" and _lies_after(cell(row, "merged_on"), as_of):
        kept["merged_on"] = kept["merged_into"] = ""
    return kept


def _without_lost_leads(tables: Tables) -> Tables:
    known = {row["lead_id"] for row in tables.get("leads", [])}
    if "activities" in tables:
        tables["activities"] = [
            row if cell(row, "lead_id") in known else row | {"lead_id": ""}
            for row in tables["activities"]
        ]
    if "opportunities" in tables:
        tables["opportunities"] = [
            row if cell(row, "lead_id") in known else row | {"lead_id": ""}
            for row in tables["opportunities"]
        ]
    if "lead_ownership" in tables:
        tables["lead_ownership"] = [r for r in tables["lead_ownership"] if r["lead_id"] in known]
    return tables


def _without_lost_deals(tables: Tables) -> Tables:
    known = {row["opportunity_id"] for row in tables.get("opportunities", [])}
    if "opp_history" in tables:
        tables["opp_history"] = [r for r in tables["opp_history"] if r["opportunity_id"] in known]
    return tables


def _lies_after(text: str, as_of: date) -> bool:
    return text != "" and date.fromisoformat(text) > as_of


def by_column(rows: Iterable[Row], column: str) -> dict[str, Row]:
    return {row[column]: row for row in rows}
