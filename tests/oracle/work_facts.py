"""Leads, activities and money rows as they stood at the end of a day (R2, R5, R7, section 4)."""

from dataclasses import dataclass
from datetime import date

from tests.oracle.company_calendar import Calendar, moment_of
from tests.oracle.knowledge import Knowledge, base_cents, cents_of
from tests.oracle.tables import Row, Tables, cell, day, visible

OUTWARD = ("call", "email", "message")
EITHER_WAY = ("meeting", "visit", "demo")
NOT_VALID = ("junk", "duplicate")


@dataclass(frozen=True)
class Activity:
    reference: str
    rep: str
    kind: str
    direction: str
    start: int
    on: date
    minutes: int | None
    lead: str

    def reaches_out(self) -> bool:
        """Of a kind and direction that can be a touch."""
        return self.kind in EITHER_WAY or (self.kind in OUTWARD and self.direction == "out")


@dataclass(frozen=True)
class Lead:
    reference: str
    created: int
    on: date
    source: str
    campaign: str
    converted_on: date | None
    customer: str | None
    """The party it became, with merges followed."""
    closed_on: date | None
    closed_reason: str
    touches: list[Activity]

    @property
    def valid(self) -> bool:
        return self.closed_on is None or self.closed_reason not in NOT_VALID

    @property
    def response(self) -> int | None:
        return self.touches[0].start if self.touches else None

    def converts_after(self) -> int | None:
        return None if self.converted_on is None else (self.converted_on - self.on).days

    def converts_within(self, days: int) -> bool:
        after = self.converts_after()
        return after is not None and 0 <= after <= days


@dataclass(frozen=True)
class Booked:
    """A revenue row in base cents."""

    on: date
    rep: str
    cents: int
    cost: int | None


def done_activities(tables: Tables, calendar: Calendar, as_of: date) -> list[Activity]:
    """What was done and recorded by then, in the order of the clock."""
    found = []
    for row in tables.get("activities", []):
        start = moment_of(row["start_at"])
        on = calendar.local_day(start)
        if cell(row, "status") != "done" or not visible(row | {"on": on.isoformat()}, "on", as_of):
            continue
        minutes = int(cell(row, "minutes")) if cell(row, "minutes") else None
        found.append(
            Activity(
                row["activity_id"],
                cell(row, "rep_id"),
                cell(row, "kind"),
                cell(row, "direction"),
                start,
                on,
                minutes,
                cell(row, "lead_id"),
            )
        )
    return sorted(found, key=lambda each: (each.start, each.reference))


def local_start(row: Row, calendar: Calendar) -> tuple[int, date]:
    """When an activity began: as a second, and its local day."""
    start = moment_of(row["start_at"])
    return start, calendar.local_day(start)


def leads_known(tables: Tables, calendar: Calendar, known: Knowledge) -> list[Lead]:
    """Every visible lead that is not of a test customer, by reference."""
    activities = done_activities(tables, calendar, known.as_of)
    leads = []
    for row in sorted(tables.get("leads", []), key=lambda row: row["lead_id"]):
        lead = _lead(row, calendar, known, activities)
        if lead is not None:
            leads.append(lead)
    return leads


def _lead(
    row: Row, calendar: Calendar, known: Knowledge, activities: list[Activity]
) -> Lead | None:
    created = moment_of(row["created_at"])
    on = calendar.local_day(created)
    if not visible(row | {"on": on.isoformat()}, "on", known.as_of):
        return None
    converted_on = _by(row, "converted_on", known.as_of)
    closed_on = _by(row, "closed_on", known.as_of)
    customer = cell(row, "customer_id") if converted_on else ""
    if customer in known.left_out:
        return None
    return Lead(
        row["lead_id"],
        created,
        on,
        cell(row, "source"),
        cell(row, "campaign_id"),
        converted_on,
        known.survivors[customer] if customer else None,
        closed_on,
        cell(row, "closed_reason") if closed_on else "",
        [
            each
            for each in activities
            if each.lead == row["lead_id"] and each.start >= created and each.reaches_out()
        ],
    )


def booked_rows(tables: Tables, known: Knowledge) -> list[Booked]:
    """Every visible revenue row that is not of a test customer."""
    return [
        Booked(
            date.fromisoformat(row["date"]), cell(row, "rep_id"), base_cents(row), _cost_cents(row)
        )
        for row in tables.get("revenue", [])
        if row["customer_id"] not in known.left_out and visible(row, "date", known.as_of)
    ]


def _cost_cents(row: Row) -> int | None:
    if not cell(row, "cost"):
        return None
    return cents_of(row["cost"], cell(row, "fx_rate"))


def _by(row: Row, column: str, as_of: date) -> date | None:
    """R2: a day that lies ahead counts as empty."""
    on = day(cell(row, column))
    return on if on is not None and on <= as_of else None
