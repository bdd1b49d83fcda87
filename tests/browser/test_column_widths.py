"""Columns that somebody sized are narrower and wider in a real browser, and numbers are never cut."""

from collections.abc import Callable
from typing import Any

import pytest

from customers.models import Customer
from customers.ownership import assign
from team.models import Arrangement, Company, User

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
LONG = "Виробничо-комерційна фірма та пекарні області"


@pytest.fixture
def listed(rep: User) -> Customer:
    row = Customer.everything.create(
        name="ТОВ „Виробничо-комерційна фірма «Зернотрейд Південь»“",
        segment=LONG,
        region=LONG,
        annual_cents=1_234_567_890_12,
    )
    assign([row.pk], rep, on=Company.get().today, by=rep)
    return row


def _width(page: Any, name: str) -> float:
    width: float = page.get_by_role("columnheader", name=name).bounding_box()["width"]
    return width


@pytest.mark.parametrize("dark", [False, True])
def test_narrow_is_narrower_and_wide_is_wider(
    visit: Callable[..., Any], rep: User, listed: Customer, dark: bool
) -> None:
    visitor = visit(rep, dark=dark)
    page = visitor.open("/customers/?columns=segment,region,value")
    plain = {name: _width(page, name) for name in ("Segment", "Region", "A year")}
    visitor.open("/lists/customer-list/columns/?next=/customers/")
    page.get_by_label("Width of Segment").select_option(label="Narrow")
    page.get_by_label("Width of A year").select_option(label="Narrow")
    page.get_by_label("Width of Customer").select_option(label="Wide")
    assert visitor.findings() == []
    page.get_by_role("button", name="Save columns").last.click()
    page.wait_for_url("**/customers/")
    assert "segment:narrow" in Arrangement.objects.get().columns
    assert _width(page, "Segment") <= 110 < plain["Segment"]
    assert _width(page, "Customer") >= 300
    money = page.locator("tbody td.is-sum-cell")
    assert money.evaluate("cell => cell.scrollWidth <= cell.clientWidth")
    assert visitor.findings() == []
    assert visitor.complaints == []


def test_the_phone_shows_rows_of_two_lines_whatever_was_sized(
    visit: Callable[..., Any], rep: User, listed: Customer
) -> None:
    Arrangement.objects.create(
        user=rep, listed="customer-list", columns="name:wide,segment:narrow,value:wide"
    )
    visitor = visit(rep, size="phone")
    page = visitor.open("/customers/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    visitor.open("/lists/customer-list/columns/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert visitor.findings() == []
    assert visitor.complaints == []
