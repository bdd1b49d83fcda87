"""Laws of loss-reports.md section 12 that concern leads, on a market of many odd ones."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.reports.conftest import World
from tests.reports.leads import taken, told

pytestmark = pytest.mark.thorough

YEAR = ("2025-01-01", "2025-12-31", "2025-12-31")
FEW = {"min_rate_n": 3, "min_value_n": 2}


def _market(world: World, fx: int = 1) -> None:
    """90 leads of three sources and campaigns, called, closed and won at random; the same every time."""
    dice = random.Random(11)
    for rep in ("ann", "bob"):
        world.rep(rep, team=rep.upper())
    for name in ("fair", "mail", "idle"):
        world.cost(name, "2025-02-01", dice.randrange(100, 99_999) / 100)
    for number in range(90):
        on = date(2025, 1, 5) + timedelta(days=dice.randrange(330))
        won = dice.random() < 0.35
        values: dict[str, Any] = {}
        if won:
            customer, day = f"K{number:02}", on + timedelta(days=dice.randrange(60))
            amount = Decimal(dice.randrange(1, 900_000)) / 100
            world.order(customer, str(day), amount, fx_rate=fx)
            values = {"converted_on": day, "customer_id": customer}
        elif dice.random() < 0.3:
            closing = on + timedelta(days=dice.randrange(40))
            values = {"closed_on": closing, "closed_reason": dice.choice(["junk", "lost"])}
        lead = world.lead(
            f"{on}T{dice.randrange(24):02}:30:00Z", dice.choice(["", "ann", "bob"]),
            source=dice.choice(["web", "ads", ""]), campaign_id=dice.choice(["fair", "mail", ""]),
            **values,
        )  # fmt: skip
        for _ in range(dice.randrange(4)):
            later = on + timedelta(days=dice.choice([0, 1, 1, 5, 40]))
            world.touch("ann", f"{later}T23:45:00Z", lead_id=lead)


@pytest.fixture
def market(world: World) -> World:
    _market(world)
    world.load()
    return world


def _cents(text: str) -> int:
    return round(Decimal(text) * 100)


def _sum(report: Any, key: str) -> int:
    return sum(_cents(line[key]) for line in report["lines"])


def test_headlines_are_the_sums_of_their_lines(market: World) -> None:
    leakage = told("leakage", *YEAR, **FEW)
    for key in ("loss", "lo", "hi", "at_risk"):
        assert _cents(leakage[key]) == _sum(leakage, key)
    assert _cents(leakage["loss"]) > 0 < _cents(leakage["at_risk"])
    assert _cents(leakage["lo"]) <= _cents(leakage["loss"]) <= _cents(leakage["hi"])
    for line in leakage["lines"]:
        assert line["leads"] == sum(line[name] for name in ("timely", "late", "never", "pending"))
        assert line["leaked"] + line["at_risk_leads"] == line["late"] + line["never"]
    marketing = told("marketing", *YEAR)
    assert _cents(marketing["loss"]) == _sum(marketing, "loss") > 0
    assert _cents(marketing["cost"]) == _sum(marketing, "cost")


def test_no_more_is_wasted_than_was_spent(market: World) -> None:
    marketing = told("marketing", *YEAR)
    for line in marketing["lines"]:
        assert _cents(line["loss"]) <= _cents(line["cost"])
    figures = taken("marketing", *YEAR).headline
    parts = ("loss_cents", "worked_cents", "spent_without_leads_cents")
    in_parts = sum(figures[name] for name in parts)
    # shares of the cost are cut to whole cents; pending leads are what is between
    assert abs(figures["cost_cents"] - in_parts - figures["pending_cents"]) < 90


def test_two_halves_have_the_leads_of_the_whole(market: World) -> None:
    halves = (("2025-01-01", "2025-06-30"), ("2025-07-01", "2025-12-31"))
    whole = told("leakage", *YEAR, **FEW)
    parts = [told("leakage", *half, "2025-12-31", **FEW) for half in halves]
    assert sum(part["leads"] for part in parts) == whole["leads"]
    assert sum(part["leaked"] for part in parts) == whole["leaked"]
    speed = told("speed", *YEAR)
    for band in speed:
        halved = (told("speed", *half, "2025-12-31")[band]["leads"] for half in halves)
        assert sum(halved) == speed[band]["leads"]


def test_doubling_every_rate_doubles_leakage_and_no_waste(world: World) -> None:
    _market(world)
    world.load()
    leakage, marketing = told("leakage", *YEAR, **FEW), told("marketing", *YEAR)
    for rows in world.rows.values():
        rows.clear()
    _market(world, fx=2)
    world.load(replace=True)
    twice = told("leakage", *YEAR, **FEW)
    for once, doubled in zip(leakage["lines"], twice["lines"], strict=True):
        # a value is rounded once, so that twice it may differ by a cent
        for key in ("loss", "lo", "hi", "at_risk"):
            assert abs(_cents(doubled[key]) - 2 * _cents(once[key])) <= 1
        for key in ("rate", "leads", "leaked", "leaked_converted", "value_n"):
            assert doubled[key] == once[key]
    assert told("marketing", *YEAR) == marketing


@pytest.mark.parametrize("slug", ["leakage", "speed", "marketing"])
def test_the_order_of_rows_is_irrelevant(market: World, slug: str) -> None:
    once = told(slug, *YEAR)
    for rows in market.rows.values():
        rows.reverse()
    market.load(replace=True)
    assert told(slug, *YEAR) == once
