"""Odd leads, touches and campaigns: on the second of the due, on edges of the ripe day."""

import random
from datetime import date, timedelta
from fractions import Fraction

from tests.oracle.company_calendar import Calendar
from tests.oracle.odd_rows import FIRST, LAST, some_day
from tests.oracle.odd_work import Dice, stamp
from tests.oracle.rules import rules_of
from tests.oracle.tables import Row, Tables

SOURCES = ["", "web", "web", "Web", "fair", "ярмарок", "展会", 'zz, "q"']
REASONS = ["lost", "disqualified", "junk", "duplicate", ""]


class LeadMaker(Dice):
    def __init__(
        self,
        rng: random.Random,
        edges: list[date],
        calendar: Calendar,
        params: dict[str, str],
        reps: list[str],
    ) -> None:
        super().__init__(rng, edges, calendar)
        self.count = 50000
        self.rules = rules_of({}, params)
        self.reps = reps
        self.named: list[str] = []
        self.silent = rng.choice([0.2, 0.4, 0.6])

    def campaigns(self, tables: Tables) -> None:
        self.named = [self.number("M") for _ in range(self.rng.choice([0, 1, 3]))]
        tables["campaigns"] = [
            {"campaign_id": each, "name": "", "channel": self.rng.choice(["", "ads"])}
            for each in self.named
        ]
        tables["campaign_costs"] = [
            self.cost(each) for each in self.named for _ in range(self.rng.choice([0, 1, 2, 4]))
        ]
        if self.chance(0.25):
            tables["campaign_costs"] += [self.cost("") for _ in range(self.rng.choice([1, 2]))]

    def cost(self, campaign: str) -> Row:
        on = self.day()
        rate = self.rng.choice(["", "", "41.2345", "0.005"])
        return {
            "cost_id": self.number("K"),
            "campaign_id": campaign,
            "date": on.isoformat(),
            "amount": self.rng.choice(["0", "-50", "100", "9999.99", "10.005", "60000", "1"]),
            "currency": "USD" if rate else "",
            "fx_rate": rate,
            "recorded_on": self.later(0.1, on),
            "deleted_on": self.later(0.1, on),
        }

    def leads(self, tables: Tables) -> None:
        """Few, many, or more than thirty of one source of which few convert."""
        rng = self.rng
        customers = [row["customer_id"] for row in tables.get("customers", [])]
        sources = rng.sample(SOURCES, 4)
        crowd = self.chance(0.4)
        converting = 0.15 if crowd else rng.choice([0.1, 0.4, 0.7])
        tables["leads"], tables["lead_ownership"] = [], []
        for _ in range(rng.randint(45, 70) if crowd else rng.choice([0, 1, 5, 15, 30])):
            row = self.lead(sources[0] if crowd and self.chance(0.85) else rng.choice(sources))
            on = self.calendar.local_day(self.created)
            touches = self.touches(row["lead_id"])
            if self.chance(converting if touches else converting / 3):
                self.convert(row, on, customers)
                tables.setdefault("revenue", []).extend(self.first_orders(row))
            if self.chance(0.3):
                row["closed_on"] = self.rng.choice(
                    [on, self.near(on), self.later_day(on)]
                ).isoformat()
                row["closed_reason"] = rng.choice(REASONS)
            elif self.chance(0.03):
                row["closed_reason"] = "junk"
            row["deleted_on"] = self.later(0.07, on)
            tables["leads"].append(row)
            tables.setdefault("activities", []).extend(touches)
            tables["lead_ownership"] += self.ownership(row["lead_id"], on)
        if self.chance(0.35):
            self.neglect(tables)
        if self.chance(0.3):
            del tables["lead_ownership"]

    def neglect(self, tables: Tables) -> None:
        """Leads of the period, all mature: some timely that buy, others forgotten; one campaign."""
        ripe = self.edges[2] - self.rules.days("convert_days")
        if min(ripe, self.end) < self.edges[0]:
            return
        campaign, source = self.rng.choice(self.named or [""]), self.rng.choice(["", "harvest"])
        if campaign:
            paid = {"cost_id": self.number("K"), "campaign_id": campaign, "amount": "777.77"}
            tables["campaign_costs"].append(paid | {"date": self.edges[0].isoformat()})
        timely = self.rng.choice([3, 6, 31])
        for n in range(timely + self.rng.choice([1, 3, 20])):
            on = some_day(self.rng, self.edges[0], min(ripe, self.end))
            row = self.lead(source, on) | {"campaign_id": campaign}
            tables["leads"].append(row)
            if n < timely:
                tables["activities"].append(self.touch(row["lead_id"], self.created))
            if n < timely / 3:
                customer = self.number("B")
                row |= {"converted_on": on.isoformat(), "customer_id": customer}
                tables["customers"].append({"customer_id": customer})
                tables["revenue"] += self.first_orders(row)

    def lead(self, source: str, on: date | None = None) -> Row:
        # Created so that it is just mature, just ripe, or just in the window, or anywhere.
        span = self.rng.choice(["convert_days", "touch_days", "rate_window_days"])
        edge = self.near(self.edges[2] - self.rules.days(span))
        on = on or (edge if self.chance(0.2) and FIRST <= edge <= LAST else self.day())
        self.created = self.moment(on)
        return {
            "lead_id": self.number("L"),
            "created_at": stamp(self.created),
            "source": source,
            "campaign_id": self.rng.choice([*self.named, *self.named, ""]),
            "rep_id": self.rng.choice([*self.reps, ""]),
        }

    def convert(self, row: Row, on: date, customers: list[str]) -> None:
        """Within the horizon, on its last day, a day later, before creation; at times of nobody."""
        horizon = self.rules.days("convert_days")
        some = on + timedelta(days=self.rng.randrange(max(1, horizon.days)))
        won = self.rng.choice(
            [some, some, self.near(on + horizon), self.near(on), self.later_day(on)]
        )
        row["converted_on"] = "" if self.chance(0.03) else won.isoformat()
        # A handful of customers, so that several leads lead to one.
        if customers and self.chance(0.9):
            row["customer_id"] = self.rng.choice(customers[: self.rng.choice([3, 100])])

    def first_orders(self, row: Row) -> list[Row]:
        """What the new customer buys: about the edges of its first year too."""
        if not row["converted_on"] or "customer_id" not in row or self.chance(0.3):
            return []
        won = date.fromisoformat(row["converted_on"])
        after = self.rng.sample([-1, 0, 0, 1, 30, 364, 365], 3)
        return [
            {
                "entry_id": self.number("V"),
                "customer_id": row["customer_id"],
                "date": (won + timedelta(days=n)).isoformat(),
                "amount": self.rng.choice(["100", "0.05", "999.995", "25000", "-30"]),
            }
            for n in after
        ]

    def later_day(self, on: date) -> date:
        return some_day(self.rng, on, max(on, LAST))

    def ownership(self, lead: str, on: date) -> list[Row]:
        if not self.reps or self.chance(0.5):
            return []
        moved = on + timedelta(days=self.rng.choice([0, 1, 20]))
        row = {"lead_id": lead, "from_on": on.isoformat(), "to_on": ""}
        first = row | {
            "ownership_id": self.number("P"),
            "rep_id": self.rng.choice([*self.reps, ""]),
        }
        if self.chance(0.6):
            return [first]
        second = row | {
            "ownership_id": self.number("P"),
            "rep_id": self.rng.choice([*self.reps, ""]),
        }
        return [first | {"to_on": moved.isoformat()}, second | {"from_on": moved.isoformat()}]

    def touches(self, lead: str) -> list[Row]:
        if self.chance(self.silent):
            return []
        first = self.first_touch()
        rows = [self.touch(lead, first)]
        last_day = self.calendar.local_day(self.created) + self.rules.days("touch_days")
        for _ in range(self.rng.choice([0, 0, 1, 2, 3])):
            ripe = self.calendar.end_of(last_day)
            later = first + self.rng.choice([0, 1, 3600, 86400, 400000])
            rows.append(self.touch(lead, self.rng.choice([later, later, ripe - 1, ripe])))
        return rows

    def first_touch(self) -> int:
        """At once, an hour or a day later to the second, on the due, about the end of D."""
        due = self.due()
        exact = [0, -1, 3600, 3601, 86400, 86401, 600]
        some = self.created + self.rng.choice(exact)
        edge = self.calendar.end_of(self.edges[2]) - self.rng.choice([0, 1])
        about_due = due + self.rng.choice([-1, 0, 1])
        return self.rng.choice([some, some, about_due, about_due, about_due, edge])

    def due(self) -> int:
        seconds = self.rules.number("sla_hours") * 3600
        due: Fraction | None = self.created + seconds
        if self.rules.text("sla_clock") == "working":
            due = self.calendar.after_working(self.created, seconds)
        return int(due or self.created)

    def touch(self, lead: str, start: int) -> Row:
        on = self.calendar.local_day(start)
        return {
            "activity_id": self.number("T"),
            "rep_id": self.rng.choice([*self.reps, ""]),
            "kind": self.rng.choice(
                ["call", "call", "email", "message", "meeting", "demo", "travel"]
            ),
            "direction": self.rng.choices(["out", "in", ""], [85, 10, 5])[0],
            "status": self.rng.choices(["done", "planned", "cancelled"], [90, 5, 5])[0],
            "start_at": stamp(start),
            "minutes": self.rng.choice(["", "5", "30"]),
            "lead_id": lead,
            "recorded_on": self.later(0.06, on),
            "deleted_on": self.later(0.04, on),
        }
