"""Revenue lines in each customer's rhythm, in the order of their days; contracts and surveys."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from random import Random

from crm.lib.periods import day_number, day_of
from customers.models import Contract, Revenue, Survey
from reports.demo.clock import Clock
from reports.demo.large.crowd import Crowd
from reports.demo.large.size import LargeSize
from reports.demo.loading import Row, load
from reports.demo.products import COST
from reports.demo.rates import rate_on

# Lines of ten customers, on and on: most buy seldom, a few carry the house. 60 in all, 6 on average.
LINES = [1, 1, 2, 2, 3, 4, 5, 6, 8, 28]
GAPS = [7, 14, 21, 30, 30, 30, 45, 60, 91]
LEFT = 0.2
REFUNDED = 0.02
CURRENCIES = ["UAH"] * 8 + ["EUR", "CNY"]


def make_money(clock: Clock, size: LargeSize, crowd: Crowd, first: int, random: Random) -> None:
    load(
        Revenue,
        [
            "reference", "order_ref", "customer_id", "on", "product", "rep_id", "amount", "currency", "fx_rate", "cost",
            "cents", "cost_cents", "recorded_on",
        ],
        _lines(clock, size, crowd, first, random),
    )  # fmt: skip
    load(
        Contract,
        ["reference", "customer_id", "start_on", "end_on", "recorded_on"],
        _contracts(clock, size, first, random),
    )
    load(
        Survey,
        ["reference", "customer_id", "kind", "score", "sent_on", "answered_on", "recorded_on"],
        _surveys(clock, size, first, random),
    )


def _lines(
    clock: Clock, size: LargeSize, crowd: Crowd, first: int, random: Random
) -> Iterator[Row]:
    rates = {currency: _rates(clock, size, currency) for currency in set(CURRENCIES)}
    products, today = list(COST), day_number(clock.today)
    for number, (day, customer) in enumerate(_purchases(clock, size, random), start=1):
        currency = CURRENCIES[customer % len(CURRENCIES)]
        rate = rates[currency][today - day]
        product = products[(customer + number % 3) % len(products)]
        amount = random.randrange(200, 90_000) if currency == "UAH" else random.randrange(20, 4_000)
        if random.random() < REFUNDED:
            amount = -amount // 5
        cost = None if number % 19 == 0 else round(amount * COST[product])
        on = day_of(day)
        yield (
            f"RV-{number:07d}", f"{on.year % 100}-{number:07d}", first + customer, on, product,
            crowd.owner_of(customer), amount, currency, Decimal(rate) / 10_000, cost, _cents(amount, rate),
            None if cost is None else _cents(cost, rate), on,
        )  # fmt: skip


def _purchases(clock: Clock, size: LargeSize, random: Random) -> list[tuple[int, int]]:
    """Integer day and number of the customer of every line, oldest first."""
    today = day_number(clock.today)
    earliest = today - size.months * 31
    days: list[tuple[int, int]] = []
    for customer in range(size.customers):
        gap = random.choice(GAPS)
        last = today - (
            random.randrange(4 * gap, 900)
            if random.random() < LEFT
            else random.randrange(1, gap + 1)
        )
        for back in range(LINES[customer % len(LINES)]):
            day = last - round(back * gap * random.uniform(0.85, 1.15))
            days.append((max(earliest, day), customer))
    days.sort()
    return days[: size.revenue_lines]


def _rates(clock: Clock, size: LargeSize, currency: str) -> list[int]:
    """Ten-thousandths of a hryvnia, by days before today."""
    back = size.months * 31 + 1
    return [int(rate_on(currency, clock.ago(days), clock.today) * 10_000) for days in range(back)]


def _cents(amount: int, rate: int) -> int:
    """R5 in whole numbers: amount * rate / 10,000 * 100, halves away from zero."""
    cents = (abs(amount) * rate + 50) // 100
    return cents if amount >= 0 else -cents


def _contracts(clock: Clock, size: LargeSize, first: int, random: Random) -> Iterator[Row]:
    for number in range(size.contracts):
        start = clock.ago(random.randrange(200, 900))
        end = start + timedelta(days=365) if number % 3 == 0 else None
        yield f"CT-{number + 1:06d}", first + number * 17 % size.customers, start, end, start


def _surveys(clock: Clock, size: LargeSize, first: int, random: Random) -> Iterator[Row]:
    for number in range(size.surveys):
        kind = "nps" if number % 3 else "csat"
        sent = clock.ago(random.randrange(15, 900))
        answered = random.random() < 0.45
        score = random.choice([6, 7, 8, 9, 9, 10]) if kind == "nps" else random.choice([3, 4, 4, 5])
        yield (
            f"SU-{number + 1:06d}", first + number * 31 % size.customers, kind, score if answered else None, sent,
            sent + timedelta(days=3) if answered else None, sent,
        )  # fmt: skip
