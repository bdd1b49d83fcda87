"""Companies in which every customer stands on a limit: a day before it, on it, or a day after.

Floor and cap are equal, so the threshold is known beforehand whatever the gaps are.
"""

import random
from datetime import date, timedelta

from tests.oracle.tables import Row, Tables

YEAR = 365


def limit_params(rng: random.Random) -> dict[str, str]:
    silence = rng.choice(["10", "30", "45"])
    return {
        "floor_days": silence,
        "cap_days": silence,
        "contract_grace_days": rng.choice(["0", "7", "30"]),
        "departure_grace_days": rng.choice(["0", "15", "90"]),
        "handover_days": rng.choice(["0", "20", "60"]),
        "warn_ratio": rng.choice(["0.1", "0.67", "0.5", "1"]),
    }


class LimitMaker:
    """Customers around one day of knowledge; each wears what it is about in its reference."""

    def __init__(
        self, rng: random.Random, from_: date, to: date, as_of: date, params: dict[str, str]
    ) -> None:
        self.rng = rng
        self.from_, self.end, self.as_of = from_, min(to, as_of), as_of
        self.silence = int(params["floor_days"])
        self.warned_after = round(float(params["warn_ratio"]) * self.silence)
        self.grace = int(params["contract_grace_days"])
        self.leave_grace = int(params["departure_grace_days"])
        self.handover = int(params["handover_days"])
        self.tables: Tables = {
            name: [] for name in ("customers", "revenue", "ownership", "contracts", "reps")
        }

    def company(self, size: int) -> Tables:
        makers = (
            self.nearly_warned,
            self.nearly_lost,
            self.nearly_returned,
            self.nearly_false_alarm,
            self.nearly_covered,
            self.nearly_taken_along,
            self.nearly_taken_by_two,
            self.merged_owners,
        )
        for n in range(size):
            maker = self.rng.choice(makers)
            maker(f"{maker.__name__}-{n}")
        return self.tables

    def near(self, on: date, days: int = 0) -> date:
        return on + timedelta(days=days + self.rng.choice([-1, 0, 1]))

    def add(self, table: str, **row: str | date) -> None:
        self.tables[table].append({column: str(value) for column, value in row.items()})

    def bought(self, customer: str, *purchase_days: date) -> None:
        if not any(row["customer_id"] == customer for row in self.tables["customers"]):
            self.add("customers", customer_id=customer)
        for on in purchase_days:
            entry = f"E{len(self.tables['revenue'])}"
            amount = str(self.rng.randrange(1, 1000))
            self.add("revenue", entry_id=entry, customer_id=customer, date=on, amount=amount)

    def rep(self, name: str, leave_on: date) -> str:
        self.add("reps", rep_id=name, hire_on="2020-01-01", leave_on=leave_on)
        return name

    def owned(self, customer: str, rep: str, from_on: date, to_on: date | None = None) -> None:
        reference = f"W{len(self.tables['ownership']):04}"
        row: Row = {"ownership_id": reference, "customer_id": customer, "rep_id": rep}
        self.add("ownership", **row, from_on=from_on, to_on=to_on or "")

    def lost_in_period(self, customer: str) -> tuple[date, date]:
        """One purchase, lost on a day of the period: (last purchase, lost on)."""
        lost_on = self.from_ + timedelta(days=self.rng.randrange((self.end - self.from_).days + 1))
        last = lost_on - timedelta(days=self.silence + 1)
        self.bought(customer, last)
        return last, lost_on

    def nearly_warned(self, customer: str) -> None:
        self.bought(customer, self.near(self.as_of, -self.warned_after))

    def nearly_lost(self, customer: str) -> None:
        edge = self.rng.choice([self.from_, self.end, self.as_of])
        last = self.near(edge, -self.silence - 1)
        # The annual value starts 364 days before the last purchase.
        self.bought(customer, last, self.near(last, -YEAR))

    def nearly_returned(self, customer: str) -> None:
        last, lost_on = self.lost_in_period(customer)
        self.bought(customer, self.near(lost_on), self.near(last, -YEAR))

    def nearly_false_alarm(self, customer: str) -> None:
        called = self.near(self.as_of, -YEAR - self.rng.choice([0, 200]))
        last = called - timedelta(days=self.silence + 1)
        self.bought(customer, last, min(self.near(called, YEAR), self.as_of))

    def nearly_covered(self, customer: str) -> None:
        """The last purchase about the end of cover, or cover and grace about an edge."""
        last, _ = self.lost_in_period(customer)
        edge = self.rng.choice([self.from_, self.end, self.as_of])
        cover = self.rng.choice([self.near(last), self.near(edge, -self.grace - 1)])
        column = self.rng.choice(["end_on", "cancelled_on"])
        start = self.rng.choice([min(last, cover) - timedelta(days=50), self.near(self.from_, -1)])
        contract = {"contract_id": f"K-{customer}", "customer_id": customer, column: cover}
        self.add("contracts", **contract, start_on=start)

    def nearly_taken_along(self, customer: str) -> None:
        last, lost_on = self.lost_in_period(customer)
        left = self.rng.choice(
            [self.near(lost_on), self.near(last, -self.leave_grace), lost_on, last]
        )
        rep = self.rep(f"R-{customer}", left)
        if self.rng.random() < 0.3:
            self.owned(customer, rep, self.near(left))
            return
        given = self.near(left, -self.handover)
        self.owned(customer, rep, min(left, given) - timedelta(days=100), given)
        self.owned(customer, self.rep(f"S-{customer}", self.near(left)), given)

    def nearly_taken_by_two(self, customer: str) -> None:
        last, _ = self.lost_in_period(customer)
        names = [f"R{letter}-{customer}" for letter in "aB"]
        self.rng.shuffle(names)
        for n, name in enumerate(names):
            start = last + timedelta(days=n - 30)
            end = None if n else last + timedelta(days=n - 29)
            self.owned(customer, self.rep(name, self.near(last)), start, end)

    def merged_owners(self, customer: str) -> None:
        """Up to three parties become one, whose owners began on nearly the same day."""
        last, lost_on = self.lost_in_period(customer)
        for letter in self.rng.sample("abc", self.rng.choice([1, 2, 2])):
            other = f"{customer}-{letter}"
            self.bought(other, self.near(last, -self.silence))
            self.tables["customers"][-1] |= {
                "merged_into": customer,
                "merged_on": str(self.rng.choice([lost_on, self.near(self.as_of)])),
            }
            self.owned(other, self.rep(f"R-{other}", self.near(lost_on)), self.near(last))
        if self.rng.random() < 0.5:
            self.owned(customer, self.rep(f"R-{customer}", lost_on), self.near(last))
