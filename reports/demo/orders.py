"""Orders in each customer's rhythm, with growth and seasons; refunds, credits and late bookings."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import exp, pi, sin
from random import Random

from customers.models import Revenue
from reports.demo.loading import load_instances
from reports.demo.products import COST, assortment
from reports.demo.rates import rate_on
from reports.demo.world import Life, World

REFUNDED = 0.035  # share of orders with a part given back
REVERSED = 0.006
CREDITED = 0.002
WITHOUT_COST = 0.055
LATE = 0.015
# How far orders of one customer differ: the spread of their logarithm.
UNEVEN = 0.65
# How strongly the year is felt, and the day of the year on which it peaks.
SEASONS = {
    "Food & drink": (0.22, 335), "Farming": (0.35, 250), "Furniture": (0.12, 300), "Retail": (0.25, 340),
    "Cosmetics": (0.2, 345), "Logistics": (0.1, 320), "Industry": (0.06, 120), "Pharmacy": (0.12, 20),
}  # fmt: skip


@dataclass
class Order:
    day: date
    life: Life
    lines: list[Revenue]


def make_orders(world: World) -> None:
    random = world.random("orders")
    orders = [order for life in world.lives for order in _orders(world, life, random)]
    orders.sort(key=lambda order: (order.day, order.life.customer.reference))
    rows: list[Revenue] = []
    counts: dict[int, int] = {}
    for order in orders:
        counts[order.day.year] = counts.get(order.day.year, 0) + 1
        for row in order.lines:
            row.order_ref = f"{order.day.year % 100:02d}-{counts[order.day.year]:05d}"
            rows.append(row)
    rows.extend(_credits(world, random))
    for number, row in enumerate(rows, start=1):
        row.reference = f"RV-{number:06d}"
        row.fill_cents()
    load_instances(rows)


def _orders(world: World, life: Life, random: Random) -> Iterator[Order]:
    life.order_days = _days(world, life, random)
    for day in life.order_days:
        lines = _lines(world, life, day, random)
        lines += _given_back(world, life, lines, random)
        yield Order(day, life, lines)


def _days(world: World, life: Life, random: Random) -> list[date]:
    """Days with an order, by the customer's rhythm; never today."""
    last = min(life.last_on or world.clock.ago(1), world.clock.ago(1))
    days = [life.since]
    while not life.once:
        gap = life.gap * exp(random.gauss(0, life.noise))
        if life.pause and days[-1] <= life.pause[0] < days[-1] + timedelta(days=gap):
            gap = life.gap * life.pause[1]
        day = world.clock.workday_from(days[-1] + timedelta(days=max(2, round(gap))))
        if day > last:
            break
        days.append(day)
    if life.exact and last > days[-1]:
        if last - days[-1] < timedelta(days=life.gap / 2) and len(days) > 1:
            days.pop()
        days.append(last)
    return [day for day in days if day <= last]


def _lines(world: World, life: Life, day: date, random: Random) -> list[Revenue]:
    size = _size(world, life, day) * exp(random.gauss(-UNEVEN * UNEVEN / 2, UNEVEN))
    products = random.sample(
        assortment(life.key, life.segment), random.choices([1, 2, 3], [60, 30, 10])[0]
    )
    shares = [random.uniform(0.5, 1) for _ in products]
    step = 10 if life.currency == "UAH" else 1
    rate = rate_on(life.currency, day, world.clock.today)
    recorded_on = _recorded(world, day, random)
    rows = []
    for product, share in zip(products, shares, strict=True):
        amount = max(step, round(size * share / sum(shares) / step) * step)
        rows.append(
            Revenue(
                customer=life.customer,
                on=day,
                product=product,
                rep=world.user(life.owner_on(day)),
                amount=Decimal(amount),
                currency=life.currency,
                fx_rate=rate,
                cost=_cost(product, amount, random),
                recorded_on=recorded_on,
            )
        )
    return rows


def _size(world: World, life: Life, day: date) -> float:
    """The expected order: this year's worth by rhythm, grown or shrunk, in its season."""
    years = (world.clock.today - day).days / 365
    strength, peak = SEASONS[life.segment]
    season = 1 + strength * sin(2 * pi * (day.timetuple().tm_yday - peak) / 365 + pi / 2)
    return life.yearly * life.gap / 365 * (1 + life.growth) ** -years * season * _fading(life, day)


def _fading(life: Life, day: date) -> float:
    """Those who fade buy a little less each month of their last ten."""
    if not (life.fading and life.last_on):
        return 1.0
    months = 10 - min(10.0, (life.last_on - day).days / 30)
    return 1 - 0.055 * months


def _cost(product: str, amount: int, random: Random) -> Decimal | None:
    if random.random() < WITHOUT_COST:
        return None
    share = COST[product] * random.gauss(1, 0.07)
    return Decimal(round(amount * share * 100)) / 100


def _recorded(world: World, day: date, random: Random) -> date:
    late = random.randrange(1, 12) if random.random() < LATE else 0
    return min(day + timedelta(days=late), world.clock.ago(0))


def _given_back(world: World, life: Life, lines: list[Revenue], random: Random) -> list[Revenue]:
    """A part of a line, or the whole order, given back some days later under the same order."""
    kind = random.random()
    if kind > REFUNDED + REVERSED or life.exact:
        return []
    day = world.clock.workday_from(lines[0].on + timedelta(days=random.randrange(3, 24)))
    if day >= world.clock.today:
        return []
    if kind < REVERSED:
        return [_reverse(line, day, 100) for line in lines]
    return [_reverse(lines[0], day, random.choice([5, 10, 15, 20, 30, 50]))]


def _reverse(line: Revenue, day: date, percent: int) -> Revenue:
    share = Decimal(percent) / 100
    return Revenue(
        customer=line.customer,
        on=day,
        product=line.product,
        rep=line.rep,
        amount=-(line.amount * share).quantize(Decimal("0.01")),
        currency=line.currency,
        fx_rate=line.fx_rate,
        cost=None if line.cost is None else -(line.cost * share).quantize(Decimal("0.01")),
        recorded_on=day,
    )


def _credits(world: World, random: Random) -> Iterator[Revenue]:
    """Credits without an order, and double bookings that were taken out again."""
    buying = [life for life in world.lives if len(life.order_days) > 6 and not life.rep]
    for life in random.sample(buying, min(18, len(buying))):
        day = random.choice(life.order_days[3:])
        rate = rate_on(life.currency, day, world.clock.today)
        owner = world.user(life.owner_on(day))
        common = {
            "customer": life.customer,
            "on": day,
            "rep": owner,
            "currency": life.currency,
            "fx_rate": rate,
        }
        amount = Decimal(max(20, life.yearly * life.gap // 365 // 12))
        yield Revenue(**common, product="Bonus for the quarter", amount=-amount, recorded_on=day)
        gone_on = min(day + timedelta(days=random.randrange(2, 9)), world.clock.today)
        yield Revenue(
            **common, product="Booked twice", amount=amount * 9, recorded_on=day, deleted_on=gone_on
        )
