"""Who was employed when and what a day of theirs cost (sections 6 and 7), in exact cents."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tests.oracle.company_calendar import Calendar
from tests.oracle.tables import Row, Tables, cell, day


@dataclass(frozen=True)
class Pay:
    """By month, in cents."""

    wage: Fraction
    expenses: Fraction


@dataclass(frozen=True)
class Rep:
    reference: str
    hired: date
    left: date | None
    """Last day employed, if it is past by D."""
    absent: set[date]
    base: Pay
    changes: dict[date, Pay]

    def pay(self, on: date) -> Pay:
        """The row of rep_costs in force that day, else what the rep's own row says."""
        since = [start for start in self.changes if start <= on]
        return self.changes[max(since)] if since else self.base

    def employed(self, on: date) -> bool:
        return self.hired <= on and (self.left is None or on <= self.left)

    def daily_wage(self, on: date, calendar: Calendar) -> Fraction:
        return self.pay(on).wage / calendar.working_days_of_month(on)

    def daily_expenses(self, on: date, calendar: Calendar) -> Fraction:
        return self.pay(on).expenses / calendar.working_days_of_month(on)


def reps_known(tables: Tables, as_of: date) -> list[Rep]:
    """Everybody hired by D, by reference; nobody knows when the others were employed."""
    reps = []
    for row in sorted(tables.get("reps", []), key=lambda row: row["rep_id"]):
        hired, left = day(cell(row, "hire_on")), day(cell(row, "leave_on"))
        if hired is None or hired > as_of:
            continue
        own = [r for r in tables.get("rep_costs", []) if r["rep_id"] == row["rep_id"]]
        reps.append(
            Rep(
                row["rep_id"],
                hired,
                left if left is not None and left <= as_of else None,
                _absences(tables, row["rep_id"], as_of),
                _pay(row),
                {date.fromisoformat(each["from_on"]): _pay(each) for each in own},
            )
        )
    return reps


def _absences(tables: Tables, rep: str, as_of: date) -> set[date]:
    days = {
        date.fromisoformat(row["date"])
        for row in tables.get("absences", [])
        if row["rep_id"] == rep
    }
    return {on for on in days if on <= as_of}


def _pay(row: Row) -> Pay:
    """An empty cell is nothing."""
    wage, expenses = cell(row, "monthly_wage") or "0", cell(row, "monthly_expenses") or "0"
    return Pay(Fraction(wage) * 100, Fraction(expenses) * 100)
