"""Laws of loss-reports.md section 12 that concern churn, on a company of many odd customers."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.reports.conftest import World, churn, lost

pytestmark = pytest.mark.thorough

YEAR = ("2025-01-01", "2025-12-31", "2025-12-31")


def _company(world: World, fx: int = 1) -> None:
    """60 customers with rhythms, refunds, contracts and owners; the same numbers every time."""
    dice = random.Random(7)
    for rep in ("ann", "bob", "cyd"):
        world.rep(rep, team=rep.upper(), leave="2025-04-30" if rep == "cyd" else "")
    for number in range(60):
        name, rhythm = f"K{number:02}", dice.choice([9, 20, 31, 60, 90])
        day = date(2023, 6, 1) + timedelta(days=dice.randrange(400))
        until = date(2024, 9, 1) + timedelta(days=dice.randrange(500))
        while day < until:
            amount = Decimal(dice.randrange(1, 90_000)) / 100
            world.order(name, day.isoformat(), amount, fx_rate=fx, order_id=f"{name}-{day}")
            if dice.random() < 0.1:
                back = day + timedelta(days=dice.randrange(40))
                world.order(name, back.isoformat(), -amount, fx_rate=fx, order_id=f"{name}-{day}")
            day += timedelta(days=max(1, round(rhythm * dice.uniform(0.5, 2))))
        if any(row["customer_id"] == name for row in world.rows["revenue"]):
            world.owned(name, dice.choice(["ann", "bob", "cyd"]), "2023-01-01")
            if dice.random() < 0.2:
                world.contract(name, "2024-01-01", dice.choice(["2025-02-28", ""]))


@pytest.fixture
def company(world: World) -> World:
    _company(world)
    world.load()
    return world


def _cents(text: str) -> int:
    return round(Decimal(text) * 100)


def test_the_headline_is_the_sum_of_its_lines(company: World) -> None:
    report = churn(*YEAR)
    assert report["lost_customers"] == len(report["lines"]) > 10
    assert _cents(report["loss"]) == sum(_cents(line["loss"]) for line in report["lines"])
    gone = [line for line in report["lines"] if line["departure"]]
    assert _cents(report["loss_to_departures"]) == sum(_cents(line["loss"]) for line in gone) > 0
    assert _cents(report["loss_to_departures"]) <= _cents(report["loss"])


def test_two_halves_have_the_lines_of_the_whole(company: World) -> None:
    whole = lost(churn(*YEAR))
    first = lost(churn("2025-01-01", "2025-06-30", "2025-12-31"))
    second = lost(churn("2025-07-01", "2025-12-31", "2025-12-31"))
    assert not first.keys() & second.keys()
    assert first | second == whole


def test_doubling_every_rate_doubles_the_money_and_nothing_else(world: World) -> None:
    _company(world)
    world.load()
    once = churn(*YEAR)
    for rows in world.rows.values():
        rows.clear()
    _company(world, fx=2)
    world.load(replace=True)
    twice = churn(*YEAR)
    for key in ("loss", "at_risk_value", "recovered_value", "loss_to_departures"):
        assert _cents(twice[key]) == 2 * _cents(once[key])
    for key in (
        "lost_customers",
        "logo_churn",
        "revenue_churn",
        "recovered_customers",
        "active_at_end",
    ):
        assert twice[key] == once[key]
    assert lost(twice) == lost(once)


def test_the_order_of_rows_is_irrelevant(company: World) -> None:
    once = churn(*YEAR)
    for rows in company.rows.values():
        rows.reverse()
    company.load(replace=True)
    assert churn(*YEAR) == once


def test_the_rollup_and_the_rows_tell_the_same(company: World) -> None:
    """As of a day before the last rows the roll-up is doubted; without any later row it is believed."""
    early = churn("2024-01-01", "2024-12-31", "2024-12-31")
    company.rows["revenue"] = [
        row for row in company.rows["revenue"] if row["date"] <= "2024-12-31"
    ]
    company.load(replace=True)
    assert churn("2024-01-01", "2024-12-31", "2024-12-31") == early
