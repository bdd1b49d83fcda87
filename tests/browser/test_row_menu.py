"""The menu of a row, by right click and by ".": the acts of the keys in words."""

from collections.abc import Callable
from typing import Any

import pytest

from customers.models import Customer
from customers.ownership import assign
from team.models import Company, User

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
MENU = "[role=menu]"


@pytest.fixture
def row(rep: User) -> Customer:
    customer = Customer.everything.create(name="Alpha Ltd", place="Odesa")
    assign([customer.pk], rep, on=Company.get().today, by=rep)
    return customer


@pytest.mark.parametrize("dark", [False, True])
def test_right_click_offers_what_the_keys_do(
    visit: Callable[..., Any], rep: User, row: Customer, dark: bool
) -> None:
    visitor = visit(rep, dark=dark)
    page = visitor.open("/customers/")
    page.locator("tr[data-row] .is-sum-cell").first.click(button="right")
    menu = page.locator(MENU)
    told = [text.split("\n")[0] for text in menu.locator("button:visible").all_inner_texts()]
    assert told == ["Open it", "Log call", "New task", "Select it"]
    assert visitor.findings() == []
    menu.get_by_text("Select it").click()
    assert page.locator("tr[data-row] :checked").count() == 1
    assert menu.count() == 0
    page.locator("tr[data-row] .is-sum-cell").first.click(button="right")
    menu.get_by_text("Log call").click()
    page.locator("dialog form[data-call]").get_by_text("Alpha Ltd").first.wait_for()
    assert visitor.complaints == []


def test_by_keys_alone_and_back(visit: Callable[..., Any], rep: User, row: Customer) -> None:
    visitor = visit(rep)
    page = visitor.open("/customers/")
    page.keyboard.press("j")
    page.keyboard.press("Period")
    menu = page.locator(MENU)
    focused = "document.activeElement.textContent.trim()"
    assert page.evaluate(focused).startswith("Open it")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(focused).startswith("Select it")
    page.keyboard.press("Escape")
    assert menu.count() == 0
    assert page.evaluate(focused) == "Alpha Ltd"
    page.keyboard.press("Period")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/tasks/new/?customer={row.pk}*")
    assert visitor.complaints == []


def test_links_keep_the_menu_of_the_browser_and_keys_that_are_off_stay_off(
    visit: Callable[..., Any], rep: User, row: Customer
) -> None:
    visitor = visit(rep)
    page = visitor.open("/customers/")
    page.locator("[data-row-link]").first.click(button="right")
    assert page.locator(MENU).count() == 0
    rep.shortcuts = False
    rep.save()
    page.goto(page.url)
    page.locator("[data-row-link]").first.focus()
    page.keyboard.press("Period")
    assert page.locator(MENU).count() == 0
    page.locator("tr[data-row] .is-sum-cell").first.click(button="right")
    assert page.locator(MENU).count() == 1
