"""Odd companies for the further reports: surveys, deals, costs; and companies of many buyers.

`odd_firm` is a company of `odd_company` with more tables and columns. Deals close in odd ways: they
are opened again, closed twice, closed on the day they were made. `odd_buyers` has enough repeat
buyers for the fitted model.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.odd_companies import Odd, odd_company
from tests.oracle.odd_rows import FIRST, LAST, Maker, is_dayless, some_day
from tests.oracle.tables import Row, Tables

STAGES = ["new", "offer", "Переговори", "询价", "not in the settings"]
PROBABILITIES = [0, 0.1, 0.25, 0.5, 0.333333, 1]
REASONS = ["", "", "price", "ціна", "timing", "no, thanks"]
SCORES = {"nps": [0, 1, 5, 6, 6, 7, 8, 8, 9, 9, 10, 10], "csat": [1, 2, 3, 3, 4, 4, 5]}
PARAMS = {
    "rfm_days": ["1", "30", "90", "200"],
    "abc_a": ["0.5", "0.7", "0.8"],
    "abc_b": ["0.8", "0.9", "0.95", "1"],
    "stage_min_n": ["1", "2", "3", "5", "20"],
    "stage_window_days": ["30", "90", "200"],
}


def odd_firm(rng: random.Random) -> Odd:
    """One company with surveys, deals and costs, and one run over it."""
    odd = odd_company(rng)
    if rng.random() < 0.15:
        # Long enough for answers that were followed for a year.
        from_, to = some_day(rng, FIRST, date(2024, 3, 1)), some_day(rng, date(2025, 1, 1), LAST)
        odd = odd._replace(from_=from_, to=to, as_of=some_day(rng, to, LAST))
    maker = DealMaker(rng, odd)
    tables = dict(odd.tables)
    tables["revenue"] = [maker.with_costs(row) for row in tables["revenue"]]
    tables["surveys"] = [row for customer in maker.customer_ids for row in maker.surveys(customer)]
    tables["opportunities"], tables["opp_history"] = maker.deals(rng.choice([0, 1, 3, 10, 25]))
    if rng.random() < 0.1:
        for name in rng.choice([("surveys",), ("opportunities", "opp_history")]):
            del tables[name]
    for name in ("surveys", "opportunities", "opp_history"):
        rng.shuffle(tables.get(name, []))
    named = rng.sample(STAGES[:-1], rng.randrange(len(STAGES)))
    settings = {
        **odd.settings,
        "stage_probability": {stage: rng.choice(PROBABILITIES) for stage in named},
    }
    chosen = {name: rng.choice(some) for name, some in PARAMS.items() if rng.random() < 0.4}
    return odd._replace(tables=tables, settings=settings, params={**odd.params, **chosen})


class DealMaker(Maker):
    """Adds to a company what the further reports read."""

    def __init__(self, rng: random.Random, odd: Odd) -> None:
        super().__init__(rng, [odd.from_, odd.to, odd.as_of])
        self.odd = odd
        self.customer_ids = [row["customer_id"] for row in odd.tables["customers"]]
        self.rep_ids = [row["rep_id"] for row in odd.tables.get("reps", [])]
        self.answers_from = some_day(rng, FIRST, odd.as_of)

    def a_rep(self) -> str:
        return self.rng.choice(self.rep_ids) if self.rep_ids and self.chance(0.6) else ""

    def with_costs(self, row: Row) -> Row:
        """A refund mostly gives its cost back; some costs are unknown, some above the price."""
        amount = Decimal(row["amount"])
        share = self.rng.choice(["0.5", "0.77", "1", "1.3", "0", ""])
        cost = f"{(amount * Decimal(share)).normalize():f}" if share else ""
        return {**row, "rep_id": self.a_rep(), "cost": cost}

    # Surveys

    def surveys(self, customer: str) -> list[Row]:
        return [self.survey(customer) for _ in range(self.rng.choice([0, 0, 1, 1, 2, 4]))]

    def survey(self, customer: str) -> Row:
        bought = [r["date"] for r in self.odd.tables["revenue"] if r["customer_id"] == customer]
        sent = self.day()
        if bought and self.chance(0.4):
            sent = date.fromisoformat(self.rng.choice(bought)) + timedelta(days=3)
        # Answers of one customer often fall on one day, so that ties are met.
        answered = self.rng.choice([sent, self.answers_from, self.day()])
        kind = self.rng.choice(["nps", "nps", "csat"])
        has_answer = self.chance(0.75)
        return {
            "survey_id": self.number("S"),
            "customer_id": customer,
            "kind": kind,
            "score": str(self.rng.choice(SCORES[kind])) if has_answer else "",
            "sent_on": "" if has_answer and self.chance(0.04) else sent.isoformat(),
            "answered_on": max(sent, answered).isoformat() if has_answer else "",
            "deleted_on": self.later(0.08, sent),
        }

    # Deals

    def deals(self, size: int) -> tuple[list[Row], list[Row]]:
        opportunities: list[Row] = []
        history: list[Row] = []
        for _ in range(size):
            self.deal(opportunities, history, self.stages())
        if self.chance(0.3):
            stage = self.rng.choice(STAGES)
            for _ in range(self.rng.choice([19, 20, 21, 28])):
                closed = self.rng.choice(["won", "lost"])
                self.deal(opportunities, history, [stage, closed], quick=True)
            self.deal(opportunities, history, [stage])
        return opportunities, history

    def stages(self) -> list[str]:
        some = [self.rng.choice(STAGES) for _ in range(self.rng.choice([0, 1, 1, 2, 3]))]
        ending = self.rng.choice(
            [
                [],
                [],
                ["won"],
                ["lost"],
                ["lost", "lost"],
                ["lost", "won", "won"],
                ["won", self.rng.choice(STAGES)],
                ["lost", self.rng.choice(STAGES), "lost"],
            ]
        )
        return some + ending

    def deal(
        self,
        opportunities: list[Row],
        history: list[Row],
        stages: list[str],
        *,
        quick: bool = False,
    ) -> None:
        rng = self.rng
        reference = self.number("D")
        has_customer = bool(self.customer_ids) and self.chance(0.85)
        on = self.odd.as_of - timedelta(days=rng.randrange(200)) if quick else self.day()
        created = on + timedelta(days=rng.choice([-30, -1, 0, 0, 0, 0, 0, 3]))
        opportunities.append(
            {
                "opportunity_id": reference,
                "customer_id": rng.choice(self.customer_ids) if has_customer else "",
                "rep_id": self.a_rep(),
                "created_on": "" if is_dayless(reference) else created.isoformat(),
            }
        )
        for stage in stages:
            history.append(self.change(reference, on, stage))
            on += timedelta(days=rng.choice([0, 0, 1, 5, 30, 91]))

    def change(self, deal: str, on: date, stage: str) -> Row:
        rng = self.rng
        close = rng.choice([self.day(), *self.edges, on + timedelta(days=30), None])
        amount = rng.choice(["", "0", "10.005", "1000", f"{rng.randrange(1, 99999)}.5"])
        return {
            "history_id": self.number("H"),
            "opportunity_id": deal,
            "changed_on": on.isoformat(),
            "stage": stage,
            "amount": amount,
            "expected_close_on": close.isoformat() if close else "",
            "reason": rng.choice(REASONS) if stage == "lost" or self.chance(0.1) else "",
            "competitor": rng.choice(["", "", "Acme"]) if stage == "lost" else "",
        }


# Buyers for the model

BUYERS_FROM = date(2023, 11, 1)


def odd_buyers(rng: random.Random) -> Odd:
    """120 to 200 customers who buy at random rates until they leave, 50 repeaters at least."""
    while True:
        odd = _buyers(rng)
        days: dict[str, set[str]] = {}
        contracts = {row["customer_id"] for row in odd.tables["contracts"]}
        for row in odd.tables["revenue"]:
            if row["date"] <= odd.as_of.isoformat() and row["customer_id"] not in contracts:
                days.setdefault(row["customer_id"], set()).add(row["date"])
        # Room for the test customers and the merged ones, who do not count by themselves.
        if len(days) >= 115 and sum(len(each) > 1 for each in days.values()) >= 65:
            return odd


def _buyers(rng: random.Random) -> Odd:
    as_of = some_day(rng, date(2025, 3, 1), LAST)
    from_ = as_of - timedelta(days=rng.choice([27, 90, 200]))
    to = as_of + timedelta(days=rng.choice([0, 0, -10, 30]))
    size = rng.randint(120, 200)
    often, leaving = rng.uniform(4, 9), rng.uniform(1, 2)
    tables: Tables = {"customers": [], "revenue": [], "contracts": [], "ownership": [], "reps": []}
    for n in range(size):
        customer: Row = {"customer_id": f"B{n:03}", "is_test": "1" if rng.random() < 0.02 else ""}
        if n < size - 3 and rng.random() < 0.03:
            customer["merged_into"] = f"B{rng.randint(n + 1, n + 3):03}"
            customer["merged_on"] = some_day(rng, BUYERS_FROM, LAST).isoformat()
        tables["customers"].append(customer)
        spent = 200 / rng.gammavariate(3.5, 1)
        for on in _buying(rng, often, leaving):
            tables["revenue"].append(_purchase(rng, customer["customer_id"], on, spent))
        if rng.random() < 0.05:
            tables["contracts"].append(_contract(rng, customer["customer_id"]))
    for number, row in enumerate(tables["revenue"]):
        row["entry_id"] = f"E{number:05}"
    for rows in tables.values():
        rng.shuffle(rows)
    params = {"churn_method": "bgnbd"}
    if rng.random() < 0.4:
        params["p_lost"] = rng.choice(["0.3", "0.7", "0.8"])
    return Odd(tables, {"tz": "Europe/Kyiv", "base_currency": "UAH"}, from_, to, as_of, params)


def _buying(rng: random.Random, often: float, leaving: float) -> Iterator[date]:
    """Purchases at a rate of one's own; after each, one's own chance to leave."""
    on = some_day(rng, BUYERS_FROM, date(2024, 11, 30))
    rate = rng.gammavariate(1.0, 1 / often) / 7
    chance = rng.betavariate(0.5, leaving)
    while on <= LAST:
        yield on
        if rng.random() < chance:
            return
        on += timedelta(days=1 + int(rng.expovariate(rate)) if rate > 1e-4 else 10000)


def _purchase(rng: random.Random, customer: str, on: date, spent: float) -> Row:
    amount = f"{max(1.0, rng.gammavariate(2, spent / 2)):.2f}"
    recorded = on + timedelta(days=rng.choice([0, 0, 0, 40]))
    return {
        "customer_id": customer,
        "date": on.isoformat(),
        "amount": amount,
        "recorded_on": recorded.isoformat() if rng.random() < 0.1 else "",
    }


def _contract(rng: random.Random, customer: str) -> Row:
    start = some_day(rng, BUYERS_FROM, LAST)
    end = start + timedelta(days=rng.choice([30, 90, 365]))
    return {
        "contract_id": f"K-{customer}",
        "customer_id": customer,
        "start_on": start.isoformat(),
        "end_on": end.isoformat() if rng.random() < 0.8 else "",
    }
