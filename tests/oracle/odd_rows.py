"""The rows of one odd company: everything that tends to go wrong, much more often than in life."""

import random
import zlib
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.tables import Row, Tables

FIRST, LAST = date(2023, 11, 1), date(2025, 9, 30)
TRICKY_DAYS = [
    date(2024, 2, 28),
    date(2024, 2, 29),
    date(2024, 3, 1),
    date(2023, 12, 31),
    date(2024, 1, 31),
    date(2024, 3, 31),
    date(2024, 10, 27),
    date(2024, 12, 31),
    date(2025, 2, 28),
    date(2025, 3, 30),
    date(2025, 4, 30),
]
RULE_DISTANCES = [0, 0, 1, 10, 14, 15, 21, 30, 31, 60, 61, 90, 91, 120, 180, 181, 361, 365, 366]
NAMES = [
    "C{}",
    "c{}",
    "00{}",
    "0{}",
    "{}",
    "Клієнт {}",
    "клієнт {}",
    "Їжак-{}",
    "客户{}",
    "北京 {}",
    "Big  Customer {}",
    "a,b;{}",
    '"quoted" {}',
    "O'Neil/{}",
    "é{}",
    "É{}",
    "ß{}",
    "ZZ-{}_x",
    "z{}",
]
RATES = ["", "1", "41.2345", "0.005", "7.1", "0.13255", "43.50505", "1.00005", "0.9"]


def some_day(rng: random.Random, first: date, last: date) -> date:
    return first + timedelta(days=rng.randrange((last - first).days + 1))


def is_dayless(reference: str) -> bool:
    """Whether a row has no first day, so that it was so since ever: told by its name, without a draw."""
    return zlib.crc32(reference.encode()) % 11 == 0


class Maker:
    """Holds the dice and the days of the run, around which facts like to fall."""

    def __init__(self, rng: random.Random, edges: list[date]) -> None:
        self.rng = rng
        self.edges = edges
        self.count = 0
        # Days a rule apart, which all kinds of facts share, so that limits are met exactly.
        anchor = some_day(rng, date(2024, 1, 1), date(2024, 10, 1))
        self.shared_days = [anchor + timedelta(days=n) for n in RULE_DISTANCES]

    def usual(self) -> Tables:
        rng = self.rng
        customers = self.customers(rng.randint(5, 40))
        reps = self.reps(rng.randint(0, 5))
        tables: Tables = {"customers": customers, "reps": reps, "revenue": []}
        tables["ownership"], tables["contracts"] = [], []
        for row in customers:
            reference = row["customer_id"]
            tables["revenue"] += self.orders(reference)
            tables["ownership"] += self.ownership(reference, reps)
            if self.chance(0.25):
                tables["contracts"] += self.contracts(reference)
        if self.chance(0.1):
            del tables[rng.choice(["ownership", "contracts"])]
        return tables

    def empty(self) -> Tables:
        return {"customers": [], "revenue": [], "ownership": [], "contracts": [], "reps": []}

    def single(self) -> Tables:
        entry = self.revenue_row("only", self.number("E"), "", self.edges[0], Decimal("0.01"))
        return {"customers": [{"customer_id": "only"}], "revenue": [entry]}

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def number(self, letter: str) -> str:
        self.count += 1
        return self.rng.choice([f"{letter}{self.count:04}", f"{letter.lower()}{self.count}"])

    def day(self) -> date:
        """Any day, quite often an edge of the run or of the calendar, or one of the shared days."""
        roll = self.rng.random()
        if roll < 0.08:
            return self.rng.choice(TRICKY_DAYS)
        if roll < 0.16:
            return self.rng.choice(self.edges) + timedelta(days=self.rng.choice([-1, 0, 1]))
        if roll < 0.45:
            return self.rng.choice(self.shared_days)
        return some_day(self.rng, FIRST, LAST)

    def later(self, share: float, on: date, pick: Callable[[], date] | None = None) -> str:
        """With that share a day not before `on`, else empty."""
        if not self.chance(share):
            return ""
        return max(on, pick() if pick else self.day()).isoformat()

    # Parties

    def customers(self, size: int) -> list[Row]:
        numbers = self.rng.sample(range(1, 200), size)
        references = sorted({self.rng.choice(NAMES).format(n // 2) for n in numbers})
        self.rng.shuffle(references)
        rows = [self.customer(reference) for reference in references]
        merges = self.rng.choice([0, 0.1, 0.4])
        for n, row in enumerate(rows[:-1]):
            if self.chance(merges):
                # Only into later ones, so that chains arise but no circle.
                row["merged_into"] = self.rng.choice(rows[n + 1 : n + 4])["customer_id"]
                row["merged_on"] = self.day().isoformat()
        return rows

    def customer(self, reference: str) -> Row:
        return {
            "customer_id": reference,
            "name": self.rng.choice(["", f"Name of {reference}"]),
            "segment": self.rng.choice(["", "retail", "опт"]),
            "region": self.rng.choice(["", "Київ", "上海"]),
            "is_test": self.rng.choices(["", "0", "1"], [60, 30, 8])[0],
            "recorded_on": self.rng.choice(["", "", "", FIRST.isoformat()]),
        }

    def reps(self, size: int) -> list[Row]:
        leave_days = [min(self.day(), self.day()) for _ in range(2)]
        rows = []
        for _ in range(size):
            # Some leave on the same day, so that the tie of two departures is met.
            leave = self.rng.choice([*leave_days, self.day()]) if self.chance(0.6) else None
            rows.append(
                {
                    "rep_id": self.number("R"),
                    "name": "",
                    "team": self.rng.choice(["", "North"]),
                    "hire_on": "" if self.chance(0.2) else "2020-01-01",
                    "leave_on": leave.isoformat() if leave else "",
                    "monthly_wage": "1000",
                    "monthly_expenses": "",
                }
            )
        return rows

    def ownership(self, customer: str, reps: list[Row]) -> list[Row]:
        rows: list[Row] = []
        start = min(self.day(), self.day(), self.day()) - timedelta(days=120)
        while reps and self.chance(0.85):
            lasting = start + timedelta(days=self.rng.choice([0, 1, 30, 60, 200, 400]))
            end = self.rng.choice([lasting, max(start, self.day())])
            is_open = self.chance(0.4)
            rows.append(
                {
                    "ownership_id": self.number("W"),
                    "customer_id": customer,
                    "rep_id": "" if self.chance(0.12) else self.rng.choice(reps)["rep_id"],
                    "from_on": start.isoformat(),
                    "to_on": "" if is_open else end.isoformat(),
                    "recorded_on": self.later(0.1, start),
                }
            )
            if is_open:
                break
            start = end + timedelta(days=self.rng.choice([0, 0, 1, 45]))
        if rows and is_dayless(rows[0]["ownership_id"]):
            rows[0]["from_on"] = ""
        return rows

    def contracts(self, customer: str) -> list[Row]:
        rows = []
        for _ in range(self.rng.choice([1, 1, 2])):
            start = self.day()
            term = start + timedelta(days=self.rng.choice([0, 30, 89, 364]))
            end = self.rng.choice([term, max(start, self.day())])
            rows.append(
                {
                    "contract_id": (reference := self.number("K")),
                    "customer_id": customer,
                    "start_on": "" if is_dayless(reference) else start.isoformat(),
                    "end_on": "" if self.chance(0.3) else end.isoformat(),
                    "cancelled_on": self.later(0.3, start),
                    "recorded_on": self.later(0.15, start),
                    "deleted_on": self.later(0.1, start),
                }
            )
        return rows

    # Money

    def orders(self, customer: str) -> list[Row]:
        if self.chance(0.08):
            return []
        rng = self.rng
        rows: list[Row] = []
        on, rhythm = self.day(), rng.choice([0, 2, 7, 10, 20, 45, 91])
        for _ in range(rng.choice([1, 1, 2, 3, 4, 5, 8, 15])):
            rows += self.order(customer, min(on, LAST))
            on += timedelta(days=max(0, rhythm + rng.choice([-3, -1, 0, 0, 0, 1, 5, 40])))
            if self.chance(0.08):
                on = self.rng.choice(self.shared_days)
        return rows

    def order(self, customer: str, on: date) -> list[Row]:
        rng = self.rng
        # A few order numbers are shared between customers: an order belongs to one customer only.
        named = rng.choice([self.number("O"), self.number("O"), "shared", "Ü 7"])
        reference = "" if self.chance(0.3) else named
        amount = self.amount()
        lines = [(on, amount)]
        if self.chance(0.1):
            lines.append((on + timedelta(days=rng.choice([0, 0, 3])), self.amount()))
        paid = sum((each for _, each in lines), Decimal(0))
        refund = rng.choices(
            [None, -paid, -amount / 2, -paid - 1, Decimal("-0.01")], [80, 8, 6, 2, 2]
        )[0]
        if refund is not None:
            # Sometimes the credit note bears an earlier day than the invoice.
            lines.append((on + timedelta(days=rng.choice([-5, 0, 1, 14, 60])), refund))
        rng.shuffle(lines)
        rate = rng.choices(RATES, [30, 5, 3, 1, 2, 2, 2, 2, 2])[0]
        return [
            self.revenue_row(customer, self.number("E"), reference, min(day, LAST), money, rate)
            for day, money in lines
        ]

    def amount(self) -> Decimal:
        rng = self.rng
        return rng.choice(
            [
                Decimal(rng.randrange(1, 100000)) / 100,
                Decimal(rng.randrange(1, 2000)) / 200,
                Decimal("10.005"),
                Decimal("100"),
                Decimal("0.004"),
                Decimal("25000"),
                Decimal("0"),
            ]
        )

    def recorded(self, on: date) -> str:
        if self.chance(0.03):
            # Entered ahead of its day.
            return (on - timedelta(days=20)).isoformat()
        return self.later(0.1, on, lambda: on + timedelta(days=self.rng.randrange(90)))

    def revenue_row(
        self, customer: str, entry: str, order: str, on: date, amount: Decimal, rate: str = ""
    ) -> Row:
        return {
            "entry_id": entry,
            "order_id": order,
            "customer_id": customer,
            "date": on.isoformat(),
            "product": self.rng.choice(["", "tea", "чай", "茶"]),
            "amount": f"{amount:f}",
            "currency": "" if rate == "" else self.rng.choice(["USD", "CNY"]),
            "fx_rate": rate,
            "cost": "",
            "recorded_on": self.recorded(on),
            "deleted_on": self.later(0.06, on),
        }
