"""What tells how far odd leads came: outcomes of calls, and deals in stages of every kind, about the edges."""

from datetime import date, timedelta

from tests.oracle.odd_work import Dice, stamp
from tests.oracle.tables import Row, Tables, cell, instant

OUTCOMES = ["reached", "refused", "call_back", "no_answer", "left_word", "", "", "Домовились"]
STAGES = ["new", "qualified", "offer", "negotiation", "Переговори", "won", "lost"]


class ChainMaker(Dice):
    def records(self, tables: Tables) -> None:
        """In some companies nobody says how calls ended, or no deal names a lead."""
        leads = tables.get("leads", [])
        if self.chance(0.8):
            self.outcomes(tables, leads)
        if self.chance(0.8):
            customers = [row["customer_id"] for row in tables.get("customers", [])]
            tables["opportunities"], tables["opp_history"] = [], []
            for row in leads:
                if self.chance(0.35):
                    self.deal(tables, row, customers)

    def outcomes(self, tables: Tables, leads: list[Row]) -> None:
        for row in tables.get("activities", []):
            if cell(row, "lead_id"):
                row["outcome"] = self.rng.choice(OUTCOMES)
        for row in leads:
            if self.chance(0.2):
                tables.setdefault("activities", []).append(self.call_in(row))

    def call_in(self, lead: Row) -> Row:
        """They call themselves: no touch, but somebody was reached; also a second before the lead came."""
        created = int(instant(lead["created_at"]).timestamp())
        start = created + self.rng.choice([-1, 0, 1, 3600, 900_000])
        on = self.calendar.local_day(start)
        return {
            "activity_id": self.number("I"),
            "kind": self.rng.choice(["call", "note", "visit"]),
            "direction": "in",
            "status": self.rng.choices(["done", "planned"], [90, 10])[0],
            "start_at": stamp(start),
            "lead_id": lead["lead_id"],
            "outcome": self.rng.choice(OUTCOMES),
            "recorded_on": self.later(0.1, on),
            "deleted_on": self.later(0.1, on),
        }

    def deal(self, tables: Tables, lead: Row, customers: list[str]) -> None:
        """Made about the day of the lead, before it too; with its customer, another one or none."""
        arrived = self.calendar.local_day(int(instant(lead["created_at"]).timestamp()))
        made = arrived + timedelta(days=self.rng.choice([-1, 0, 0, 1, 20]))
        other = self.rng.choice(customers) if customers else ""
        reference = self.number("O")
        tables["opportunities"].append(
            {
                "opportunity_id": reference,
                "customer_id": self.rng.choice([cell(lead, "customer_id"), other, ""]),
                "created_on": made.isoformat(),
                "lead_id": lead["lead_id"],
            }
        )
        on = made
        for _ in range(self.rng.choice([0, 1, 1, 2, 3])):
            tables["opp_history"].append(self.change(reference, on))
            on = self.rng.choice([on, on + timedelta(days=1), max(on, self.near(self.edges[2]))])

    def change(self, deal: str, on: date) -> Row:
        return {
            "history_id": self.number("J"),
            "opportunity_id": deal,
            "changed_on": on.isoformat(),
            "stage": self.rng.choice(STAGES),
            "amount": self.rng.choice(["", "100"]),
        }
