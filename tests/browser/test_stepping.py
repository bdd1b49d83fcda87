"""J and K on a record step through the list that it was opened from, by keys, mouse and thumb."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from customers.models import Customer
from customers.ownership import assign
from sales.models import Activity
from team.models import Company, User

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def silent(rep: User) -> list[Customer]:
    today = Company.get().today
    rows = []
    for n, name in enumerate(
        ("Northgate Dairy Co.", "ТОВ «Карпатська Кава»", "苏州明华电子有限公司")
    ):
        row = Customer.everything.create(
            name=name,
            purchases=9,
            at_risk_on=today - timedelta(days=1),
            lost_on=today + timedelta(days=22),
            last_purchase_on=today - timedelta(days=41),
            annual_cents=1000 - n,
        )
        assign([row.pk], rep, on=today, by=rep)
        rows.append(row)
    return rows


def _stands(page: Any, place: str) -> None:
    """The page of that place is there, and its keys work."""
    page.get_by_role("link", name=place).wait_for()
    page.wait_for_load_state("networkidle")


def test_from_the_list_to_the_third_and_a_call_on_the_way(
    visit: Callable[..., Any], rep: User, silent: list[Customer]
) -> None:
    visitor = visit(rep)
    page = visitor.open("/customers/?state=at-risk")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    _stands(page, "At risk, 1 of 3")
    assert visitor.findings() == []
    page.keyboard.press("j")
    _stands(page, "At risk, 2 of 3")
    # a call logged there leads back to the same place of the list
    page.keyboard.press("c")
    page.get_by_role("radio", name="No answer").check()
    page.keyboard.press("Control+Enter")
    page.get_by_text("saved").first.wait_for()
    assert Activity.everything.get().customer == silent[1]
    _stands(page, "At risk, 2 of 3")
    page.keyboard.press("j")
    _stands(page, "At risk, 3 of 3")
    assert page.get_by_role("heading", level=1).inner_text() == silent[2].name
    page.keyboard.press("j")
    page.wait_for_timeout(300)
    assert page.get_by_role("heading", level=1).inner_text() == silent[2].name
    page.keyboard.press("k")
    page.get_by_role("link", name="At risk, 2 of 3").click()
    page.wait_for_url("**/customers/?state=at-risk")
    assert visitor.complaints == []


def test_on_the_phone_in_the_dark(
    visit: Callable[..., Any], rep: User, silent: list[Customer]
) -> None:
    visitor = visit(rep, size="phone", dark=True)
    page = visitor.open("/customers/?state=at-risk")
    page.locator("[data-row-link]").first.tap()
    page.get_by_role("link", name="next").tap()
    _stands(page, "At risk, 2 of 3")
    assert page.get_by_role("link", name="next").bounding_box()["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert visitor.findings() == []
    assert visitor.complaints == []
