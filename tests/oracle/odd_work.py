"""Odd reps, wages, absences and working days: edges of employment, of midnight and of minutes."""

import random
from datetime import UTC, date, datetime, time, timedelta

from tests.oracle.company_calendar import ONE_DAY, Calendar, add_months
from tests.oracle.odd_rows import FIRST, LAST, TRICKY_DAYS, some_day
from tests.oracle.tables import Row, Tables, cell

KINDS = ["call", "call", "email", "message", "meeting", "visit", "demo", "proposal", "negotiation"]
KINDS += ["admin", "internal", "training", "travel", "report", "other", "coffee", "Call"]
MINUTES = ["", "", "-1", "0", "1", "7", "30", "45", "60", "100", "480", "481", "100000"]
WAGES = ["", "0", "1000", "2000.50", "33333.33", "20000"]
CLOCK_CHANGES = [
    datetime(2024, 3, 31, 1, tzinfo=UTC),
    datetime(2024, 10, 27, 1, tzinfo=UTC),
    datetime(2024, 3, 10, 7, tzinfo=UTC),
    datetime(2024, 11, 3, 6, tzinfo=UTC),
    datetime(2024, 4, 25, 22, tzinfo=UTC),
    datetime(2024, 10, 31, 21, tzinfo=UTC),
    datetime(2025, 3, 30, 1, tzinfo=UTC),
]


def stamp(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Dice:
    """Days and instants near what matters."""

    def __init__(self, rng: random.Random, edges: list[date], calendar: Calendar) -> None:
        self.rng = rng
        self.edges = edges
        self.calendar = calendar
        self.end = min(edges[1], edges[2])
        self.count = 0

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def number(self, letter: str) -> str:
        self.count += 1
        return self.rng.choice([f"{letter}{self.count:05}", f"{letter.lower()}{self.count}"])

    def near(self, on: date) -> date:
        return on + timedelta(days=self.rng.choice([-1, 0, 0, 1]))

    def day(self) -> date:
        """Mostly a day of the period, or an edge of the run or of the calendar."""
        roll = self.rng.random()
        if roll < 0.1:
            return self.rng.choice(TRICKY_DAYS)
        if roll < 0.25:
            return self.near(self.rng.choice(self.edges))
        if roll < 0.75 and self.end >= self.edges[0]:
            return some_day(self.rng, self.edges[0], self.end)
        return some_day(self.rng, FIRST, LAST)

    def moment(self, on: date | None = None) -> int:
        """An instant of that local day: often its first, its last, or an opening of the office."""
        on = on or self.day()
        if self.chance(0.05):
            change = int(self.rng.choice(CLOCK_CHANGES).timestamp())
            return change + self.rng.choice([-3601, -3600, -1, 0, 1, 1800, 3600])
        begin = self.calendar.at(on, time(0))
        end = self.calendar.end_of(on)
        opens, closes = (
            self.calendar.at(on, t) for t in (self.calendar.opens, self.calendar.closes)
        )
        some = self.rng.randrange(begin, end)
        return self.rng.choice([some, some, begin, begin - 1, end - 1, opens, closes, closes - 1])

    def later(self, share: float, on: date, within: int = 60) -> str:
        return (
            (on + timedelta(days=self.rng.randrange(within))).isoformat()
            if self.chance(share)
            else ""
        )


class WorkMaker(Dice):
    """Everything about reps; `reps` are their references once `people` has run."""

    reps: list[str]

    def people(self, tables: Tables, params: dict[str, str]) -> None:
        rows = tables.get("reps", [])
        for row in rows:
            self.pay(row)
            if cell(row, "hire_on") and self.chance(0.5):
                self.hire(row, params)
        for _ in range(self.rng.randint(0, 4)):
            row = {"rep_id": self.number("N"), "name": "", "team": self.rng.choice(["", "East"])}
            self.pay(row)
            self.hire(row, params)
            rows.append(row)
        tables["reps"] = rows
        if self.chance(0.3):
            self.departure(tables, params)
        self.reps = [row["rep_id"] for row in rows]
        tables["rep_costs"] = [each for rep in self.reps for each in self.raises(rep)]
        tables["absences"] = [each for rep in self.reps for each in self.absences(rep)]

    def pay(self, row: Row) -> None:
        row["monthly_wage"] = self.rng.choice(WAGES)
        row["monthly_expenses"] = self.rng.choice(["", "0", "200", "99.99"])

    def hire(self, row: Row, params: dict[str, str]) -> None:
        """Hired so that the end of the ramp falls near an edge; leaves on an edge of that."""
        months = int(params.get("ramp_months", "3"))
        evaluated = self.near(self.day())
        hired = self.rng.choice([add_months(evaluated, -months), self.day(), date(2024, 1, 31)])
        left = cell(row, "leave_on")
        if left and date.fromisoformat(left) < hired:
            hired = date.fromisoformat(left) - timedelta(days=self.rng.choice([0, 1, 40]))
        row["hire_on"] = "" if self.chance(0.05) else hired.isoformat()
        if not left and self.chance(0.4):
            ramp_end = add_months(hired, months) - ONE_DAY
            choices = [hired, self.near(ramp_end), self.near(self.end), self.day()]
            row["leave_on"] = max(hired, self.rng.choice(choices)).isoformat()

    def departure(self, tables: Tables, params: dict[str, str]) -> None:
        """A leaver old enough at D for an estimate, with customers before and after; and others."""
        window = int(params.get("did_window_days", "180"))
        left = self.near(self.edges[2] - timedelta(days=window))
        leaver, stays = self.number("D"), self.number("D")
        hired = {"hire_on": "2022-01-01", "monthly_wage": "100"}
        tables["reps"] += [
            {"rep_id": leaver, "leave_on": left.isoformat(), **hired},
            {"rep_id": stays, **hired},
        ]
        for n in range(self.rng.choice([3, 8, 12])):
            customer, owner = self.number("X"), leaver if n % 3 == 0 else stays
            owner = "" if self.chance(0.08) else owner
            tables["customers"].append({"customer_id": customer})
            start = left + timedelta(days=self.rng.choice([-700, -700, -700, 1 - window, 0]))
            row = {"ownership_id": self.number("Q"), "customer_id": customer, "rep_id": owner}
            row |= {"from_on": start.isoformat(), "to_on": ""}
            tables.setdefault("ownership", []).append(row)
            for day in (left - ONE_DAY, self.near(left), self.near(left + timedelta(days=window))):
                entry = {"entry_id": self.number("X"), "customer_id": customer}
                entry |= {"date": day.isoformat(), "amount": str(self.rng.randrange(1, 900))}
                tables["revenue"].append(entry)

    def raises(self, rep: str) -> list[Row]:
        starts = {self.rng.choice([self.day(), self.day().replace(day=1)]) for _ in range(2)}
        return [
            {
                "rep_id": rep,
                "from_on": on.isoformat(),
                "monthly_wage": self.rng.choice(WAGES[1:]),
                "monthly_expenses": self.rng.choice(["", "50"]),
            }
            for on in sorted(starts)
            if self.chance(0.3)
        ]

    def absences(self, rep: str) -> list[Row]:
        first = self.day()
        span = self.rng.choice([0, 0, 1, 5, 60])
        days = {first + timedelta(days=n) for n in range(span)} | {self.day()}
        return [{"rep_id": rep, "date": on.isoformat()} for on in sorted(days)]

    def money(self, tables: Tables) -> None:
        """Costs and credited reps on the revenue there is."""
        shape = self.rng.choice(["none", "some", "some", "loss"])
        for row in tables.get("revenue", []):
            if self.reps and self.chance(0.3):
                row["rep_id"] = self.rng.choice(self.reps)
            if shape != "none" and self.chance(0.6):
                part = self.rng.choice([0, 0.3, 0.55]) if shape == "some" else 1.2
                row["cost"] = f"{float(row['amount']) * part:.3f}"

    def activities(self) -> list[Row]:
        """Some crowded days of each rep, some single records."""
        rows = []
        for rep in self.reps:
            for _ in range(self.rng.choice([0, 1, 3, 8])):
                on, crowd = self.day(), self.rng.choice([1, 1, 2, 5])
                start = self.moment(on)
                for _ in range(crowd):
                    rows.append(self.activity(rep, start))
                    start += self.rng.choice([0, 1, 29, 60, 600, 1800, 3600, 5400])
        return rows

    def activity(self, rep: str, start: int) -> Row:
        on = self.calendar.local_day(start)
        return {
            "activity_id": self.number("A"),
            "rep_id": rep,
            "kind": self.rng.choice(KINDS),
            "direction": self.rng.choice(["out", "in", ""]),
            "status": self.rng.choices(["done", "planned", "cancelled"], [90, 5, 5])[0],
            "start_at": stamp(start),
            "minutes": self.rng.choice(MINUTES),
            "recorded_on": self.later(0.1, on),
            "deleted_on": self.later(0.05, on),
        }
