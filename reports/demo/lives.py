"""How each customer lives: when it came, how often and how much it buys, and when it stops."""

import re
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import TypeVar

from customers.models import Customer
from reports.demo.chosen import chosen_lives
from reports.demo.names import chinese, ukrainian, western
from reports.demo.world import Life, World

Key = TypeVar("Key")
TESTS = 3
TWINS = 3
# days between orders: how many customers of a hundred
RHYTHMS = {7: 5, 10: 6, 14: 14, 21: 17, 30: 27, 45: 14, 60: 9, 91: 8}
MIDDLE_GAP = 22
REGIONS = {"Kyiv": 18, "Centre": 16, "North": 9, "West": 26, "South": 14, "East": 13}
# Shares of customers that leave in a year by themselves, besides those that go with a rep.
LEAVING_A_YEAR = 0.058
ONCE = 16
TRIED = 12
CAME_BACK = 22


def draw_lives(world: World) -> None:
    """All customers of the company; the chosen ones first."""
    random = world.random("lives")
    world.lives = chosen_lives(world.clock)
    world.names.update(life.name for life in world.lives)
    for firm, segment in ukrainian.LONG:
        world.lives.append(_draw(world, random, (firm, segment, "uk", "")))
    while len(world.lives) < world.size.customers - TESTS - TWINS:
        world.lives.append(_draw(world, random, _new_firm(world, random)))
    _some_buy_once(world, random)
    _some_come_back(world, random)
    _some_only_try(world)
    world.lives.extend(_twins(world, random))
    world.lives.extend(_test_lives(world))


def _new_firm(world: World, random: Random) -> tuple[str, str, str, str]:
    """Name, segment, country and (abroad) place of a firm that is not there yet."""
    while True:
        firm = draw_firm(random)
        if firm[0] not in world.names:
            world.names.add(firm[0])
            return firm


def draw_firm(random: Random) -> tuple[str, str, str, str]:
    """Name, segment, country and (abroad) place."""
    kind = random.random()
    if kind < 0.13:
        name, segment, place = chinese.firm(random)
        return name, segment, "cn", place
    if kind < 0.21:
        name, segment, place = western.english_firm(random)
        return name, segment, "en", place
    if kind < 0.25:
        name, segment, place = western.german_firm(random)
        return name, segment, "de", place
    name, segment = ukrainian.firm(random)
    return name, segment, "uk", ""


def _draw(world: World, random: Random, firm: tuple[str, str, str, str]) -> Life:
    name, segment, country, place = firm
    region = {"cn": "Asia", "en": "Europe", "de": "Europe"}.get(country) or _weighted(
        random, REGIONS
    )
    currency = {"cn": "CNY", "en": "EUR", "de": "EUR"}.get(country, "UAH")
    # log-normal: most are small, a few carry the house; hryvnia a year
    yearly = min(2_900_000, max(24_000, int(random.lognormvariate(12.05, 0.95))))
    rate = {"CNY": 6, "EUR": 49}.get(currency, 1)
    life = Life(
        key=f"c{len(world.lives)}",
        name=name,
        country=country,
        segment=segment,
        region=region,
        place=place or ukrainian.place(random, region),
        currency=currency,
        since=_first_day(world, random),
        gap=_weighted(random, RHYTHMS),
        yearly=yearly // rate,
        growth=random.gauss(0.06, 0.12),
        noise=random.uniform(0.1, 0.33),
    )
    # who orders often orders no less each time
    life.yearly = life.yearly * MIDDLE_GAP // life.gap
    _perhaps_leaves(world, life, random)
    return life


def _first_day(world: World, random: Random) -> date:
    """Before half of them the company was small: 45 of 100 came in its first two years here."""
    months = random.uniform(43, 66) if random.random() < 0.45 else random.uniform(0.6, 43)
    return world.clock.workday_from(world.clock.ago(int(months * 30.4)))


def _perhaps_leaves(world: World, life: Life, random: Random) -> None:
    years = random.expovariate(LEAVING_A_YEAR)
    last_on = life.since + timedelta(days=int(years * 365) + 45)
    if last_on < world.clock.ago(5):
        life.last_on = last_on
        life.fading = random.random() < 0.5


def _some_buy_once(world: World, random: Random) -> None:
    young = _young(world, 36)
    for life in random.sample(young, min(ONCE, len(young) // 4)):
        life.once, life.last_on = True, None


def _some_come_back(world: World, random: Random) -> None:
    """Silent for more than three times their rhythm, and then back."""
    steady = [
        life
        for life in world.lives
        if not life.rep and life.last_on is None and not life.once and 14 <= life.gap <= 45
        and life.since < world.clock.months_ago(40)
    ]  # fmt: skip
    for life in random.sample(steady, min(CAME_BACK, len(steady) // 4)):
        paused_on = world.clock.ago(random.randrange(170, 1150))
        life.pause = (paused_on, random.uniform(3.3, 4.2))


def _some_only_try(world: World) -> None:
    """A few orders, then nothing: some leave at once and most never, which models of buying need to tell apart."""
    random = world.random("tries")
    young = [
        life
        for life in _young(world, 36)
        if not life.once and life.last_on is None and life.pause is None
        and life.since < world.clock.months_ago(9)
    ]  # fmt: skip
    for life in random.sample(young, min(TRIED, len(young) // 4)):
        life.last_on = life.since + timedelta(days=int(life.gap * random.uniform(1.5, 4.5)))


def _young(world: World, months: int) -> list[Life]:
    first = world.clock.months_ago(months)
    return [life for life in world.lives if not life.rep and life.since > first]


def _twins(world: World, random: Random) -> list[Life]:
    """Customers entered a second time, by another spelling; they are merged after a few orders."""
    steady = [
        life for life in world.lives if life.since < world.clock.months_ago(36) and "«" in life.name
    ]
    twins = []
    for life in random.sample(
        [life for life in steady if not life.rep and not life.last_on], TWINS
    ):
        since = world.clock.workday_from(world.clock.ago(random.randrange(250, 800)))
        twins.append(
            replace(
                life,
                key=f"twin-{life.key}",
                name=re.sub(r"[«»„“]", "", life.name),
                since=since,
                last_on=since + timedelta(days=life.gap * 3),
                pause=None,
                owners=[],
                contacts=[],
                order_days=[],
                customer=Customer(),
            )
        )
    return twins


def _test_lives(world: World) -> list[Life]:
    names = ["ТЕСТ ТОВ «Перевірка обміну»", "Test customer, do not ship", "测试客户"]
    return [
        Life(
            key=f"test{number}", name=name, country="uk", segment="Retail", region="Centre", place="Dnipro",
            currency="UAH", since=world.clock.workday_from(world.clock.ago(420 + 90 * number)), gap=30, yearly=12000,
            is_test=True,
        )
        for number, name in enumerate(names)
    ]  # fmt: skip


def _weighted(random: Random, weights: dict[Key, int]) -> Key:
    return random.choices(list(weights), weights=list(weights.values()))[0]
