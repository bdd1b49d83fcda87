"""On a phone filters open as a sheet, tell the count before they are applied, and apply by their button alone."""

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


@pytest.fixture
def listed(manager: User, rep: User) -> list[Customer]:
    """Three of the rep, one of the manager; `manager` sees all four and is offered the owner as a filter."""
    rows = []
    for n in range(4):
        row = Customer.everything.create(name=f"Customer {n}", annual_cents=100 * n)
        assign([row.pk], manager if n == 3 else rep, on=Company.get().today, by=manager)
        rows.append(row)
    return rows


def _rows(page: Any) -> int:
    count: int = page.locator("tbody [data-row]").count()
    return count


@pytest.mark.parametrize("dark", [False, True])
def test_the_count_stands_on_the_button_before_anything_changes(
    visit: Callable[..., Any], manager: User, rep: User, listed: list[Customer], dark: bool
) -> None:
    visitor = visit(manager, size="phone", dark=dark)
    page = visitor.open("/customers/")
    page.wait_for_load_state("networkidle")
    owner = page.locator("#filters select[name=owner]")
    assert not owner.is_visible()
    page.get_by_role("button", name="Filters").tap()
    page.get_by_role("button", name="Show: 4 customers").wait_for()
    assert visitor.findings() == []
    owner.select_option(str(rep.pk))
    apply = page.get_by_role("button", name="Show: 3 customers")
    apply.wait_for()
    assert apply.bounding_box()["height"] >= 44
    assert (_rows(page), page.url.partition("?")[2]) == (4, "")
    # closed without it: as it was
    page.keyboard.press("Escape")
    assert owner.input_value() == ""
    page.get_by_role("button", name="Filters").tap()
    owner.select_option(str(rep.pk))
    page.get_by_role("button", name="Show: 3 customers").tap()
    page.wait_for_url(f"**owner={rep.pk}**")
    assert _rows(page) == 3
    assert not owner.is_visible()
    assert page.locator("[data-filters-set]").inner_text() == "1"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert visitor.findings() == []
    # the address restores it
    page.reload()
    assert _rows(page) == 3
    assert page.locator("[data-filters-set]").inner_text() == "1"
    assert visitor.complaints == []


def test_on_a_desk_a_filter_works_at_once(
    visit: Callable[..., Any], manager: User, rep: User, listed: list[Customer]
) -> None:
    visitor = visit(manager)
    page = visitor.open("/customers/")
    assert not page.get_by_role("button", name="Filters").is_visible()
    page.get_by_label("Owner").first.select_option(str(rep.pk))
    page.wait_for_url(f"**owner={rep.pk}**")
    page.get_by_text("3 customers").wait_for()
    assert _rows(page) == 3
    assert visitor.findings() == []
    assert visitor.complaints == []
