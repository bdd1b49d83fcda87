"""What the leads of a source cost and brought stands beside what was missed of them."""

from collections.abc import Callable
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from team.models import User
from tests.reports.conftest import World
from tests.reports.pages import day, night

Login = Callable[[User], Client]
# behind leads, won, share won and first answer; no deal tells of the qualified
SPENT, REVENUE, PER_UNIT = 4, 5, 6


def at(on: date) -> str:
    return f"{on}T09:00:00Z"


@pytest.fixture
def sources(world: World) -> None:
    """A campaign's leads of a fair, of which one became a customer, its lead of a shop, and one of no campaign."""
    world.rep("ann", hire="2020-01-01")
    world.cost("autumn", str(day(210)), "900")
    won = {"converted_on": str(day(200)), "customer_id": "Buyer"}
    world.lead(at(day(201)), "ann", source="fair", campaign_id="autumn", **won)
    world.lead(at(day(201)), "ann", source="fair", campaign_id="autumn")
    world.lead(at(day(201)), "ann", source="shop", campaign_id="autumn")
    world.lead(at(day(201)), "ann", source="web")
    # what it bought before it came again as a lead was not brought by it
    for ago, amount in ((260, "1000"), (200, "300"), (100, "150.40")):
        world.order("Buyer", str(day(ago)), amount)
    world.load()
    night("leakage", "speed", "marketing")


def cells(browser: Client, **words: str) -> dict[str, list[dict[str, object]]]:
    page = browser.get(reverse("leakage"), {"split": "source"} | words)
    told = {row["label"]: row["cells"] for row in page.context["split_rows"]}
    return told | {"all": page.context["split_total"]}


def test_the_money_of_a_source(sources: None, login: Login, director: User) -> None:
    told = cells(login(director))
    texts = {
        name: [str(row[at]["text"]) for at in (SPENT, REVENUE, PER_UNIT)]
        for name, row in told.items()
    }
    assert {name: [row[at]["value"] for at in (SPENT, REVENUE)] for name, row in told.items()} == {
        "Trade fair": [60_000, 45_040],
        "shop": [30_000, 0],
        "Web form": [None, None],
        "all": [90_000, 45_040],
    }
    # 450.40 / 600 = 0.7507, 450.40 / 900 = 0.5004
    assert [texts[name][2] for name in ("Trade fair", "all")] == ["0.8", "0.5"]
    assert "—" in texts["Web form"][0] and "—" in texts["Web form"][2]


def test_it_opens_in_the_marketing_report(sources: None, login: Login, director: User) -> None:
    browser = login(director)
    spent, revenue = (cells(browser)["Trade fair"][at] for at in (SPENT, REVENUE))
    for cell, total in ((spent, "₴600"), (revenue, "₴450")):
        address = urlsplit(str(cell["url"]))
        assert address.path == reverse("marketing")
        assert parse_qs(address.query)["source"] == ["fair"]
        page = browser.get(f"{address.path}?{address.query}")
        assert total in page.content.decode().split('id="rows"')[1]
    assert cells(browser)["Web form"][SPENT]["url"] == ""


def test_where_it_is_not_told_alike_lateness_stands(
    sources: None, login: Login, director: User
) -> None:
    """A lead's owner is that of the day it was due: what it cost is told of the owner it came to."""
    page = login(director).get(reverse("leakage"), {"split": "owner"})
    labels = [str(column.label) for column in page.context["split_columns"]]
    assert "Spent" not in labels
    assert "Late or never" in labels
