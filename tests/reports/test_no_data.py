"""What cannot be told is no 0 (R9): a dash, and what is missing; a sum over no rows stays 0."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from crm.lib.formatting import UNKNOWN
from reports.reading.known import NEEDS
from reports.screens import all_screens
from reports.screens.screen import Screen
from sales.models import Deal, DealChange
from team.models import User
from tests.reports import test_screens
from tests.reports.conftest import World
from tests.reports.pages import buys

Login = Callable[[User], Client]
LAYER = {"HX-Request": "true", "HX-Target": "layer"}
LOSSES = [screen for screen in all_screens() if screen.report.loss]
grown = test_screens.grown


def first(browser: Client, screen_or_slug: Screen | str) -> Any:
    slug = screen_or_slug if isinstance(screen_or_slug, str) else screen_or_slug.slug
    return browser.get(reverse(slug)).context["strip"][0]


def notes(figure: Any) -> list[str]:
    return [str(text) for text, _url in figure.notes]


def take(*slugs: str) -> None:
    test_screens.take_all([screen for screen in all_screens() if screen.slug in slugs])


def test_an_empty_company_reads_what_each_loss_needs(login: Login, director: User) -> None:
    """On its page, in "how it is computed" and on the losses page; no figure of a loss is ₴0."""
    test_screens.take_all()
    browser = login(director)
    for screen in LOSSES:
        figure = first(browser, screen)
        assert (figure.value, notes(figure)) == (UNKNOWN, [NEEDS[screen.report.loss]]), screen.slug
        assert not figure.url and not figure.beside
        told = browser.get(reverse(f"{screen.slug}-how"), headers=LAYER).context
        assert told["formula"] == NEEDS[screen.report.loss]
        assert "₴" not in told["layer_title"]
    page = browser.get("/losses/")
    assert {str(row.needs) for row in page.context["rows"]} == {str(one) for one in NEEDS.values()}
    assert "nothing is known yet" in page.content.decode()


def test_a_company_with_figures_reads_them(grown: None, login: Login, director: User) -> None:
    """A loss of 0 that something could be made of is 0; too few answered leads have no rate."""
    browser = login(director)
    for screen in LOSSES:
        figure = first(browser, screen)
        if screen.slug == "leakage":
            assert (figure.value, notes(figure)) == (UNKNOWN, [NEEDS[2]])
            continue
        assert any(digit in strip_tags(str(figure.value)) for digit in "0123456789"), screen.slug
        assert NEEDS[screen.report.loss] not in notes(figure)
    assert first(browser, "departures").value != UNKNOWN
    assert "nothing is known yet" not in browser.get("/losses/").content.decode()


def test_who_bought_once_has_no_expected_amount(login: Login, director: User, rep: User) -> None:
    for n in range(3):
        buys("once", f"once {n}", rep, 10_000)
    take("clv")
    figure = first(login(director), "clv")
    assert (figure.value, figure.beside, figure.url) == (UNKNOWN, (), "")
    assert notes(figure)[0] == "Not enough data: the model needs more customers."


def test_an_effect_of_no_departure_says_what_it_needs(login: Login, director: User) -> None:
    take("did")
    figure = first(login(director), "did")
    assert (figure.value, figure.beside) == (UNKNOWN, ())
    assert notes(figure) == [
        "Not enough data: needs a departure 180 days ago, 2 customers of that rep and 5 of others."
    ]


@pytest.mark.parametrize("cost", [None, 4_000])
def test_a_margin_is_told_of_known_costs_alone(
    cost: int | None, login: Login, director: User, rep: User
) -> None:
    """Without any the margin is unknown; sold at cost it is 0."""
    customer = buys("active", "one", rep, 4_000)
    customer.revenue.all().update(cost_cents=cost)
    take("margin")
    figure = first(login(director), "margin")
    assert strip_tags(str(figure.value)) == (UNKNOWN if cost is None else "₴0₴0")
    assert bool(figure.url) == (cost is not None)


def test_a_forecast_of_no_deal_is_nothing_without_a_range(login: Login, director: User) -> None:
    assert not Deal.everything.exists() and not DealChange.everything.exists()
    take("forecast")
    figure = first(login(director), "forecast")
    assert strip_tags(str(figure.value)) == "₴0₴0"
    assert list(figure.beside) == []


def test_with_orders_alone_what_people_cost_and_take_along_is_unknown(
    login: Login, world: World
) -> None:
    """Nobody was hired: ₴0 would say that every newcomer sold and that no leaver took a customer along."""
    world.order("ONLY", "2026-01-05", 100)
    world.load()
    take("new_reps", "departures", "churn")
    browser = login(User.objects.create_user("d@x.example", name="Dee", is_director=True))
    for slug, loss in (("new_reps", 5), ("departures", 6)):
        figure = first(browser, slug)
        assert (figure.value, notes(figure)) == (UNKNOWN, [NEEDS[loss]])
    assert first(browser, "churn").value != UNKNOWN


@pytest.mark.parametrize("wage", ["", "1000"])
def test_a_newcomer_without_a_wage_costs_nothing_that_is_known(
    wage: str, login: Login, world: World
) -> None:
    world.order("ONLY", "2026-01-05", 100)
    world.rep("R", wage=wage)
    world.load()
    take("new_reps")
    browser = login(User.objects.create_user("d@x.example", name="Dee", is_director=True))
    figure = first(browser, "new_reps")
    assert (figure.value == UNKNOWN, NEEDS[5] in notes(figure)) == (not wage, not wage)
