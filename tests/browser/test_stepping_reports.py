"""J and K on a customer step through the list of the report that it was opened from."""

from collections.abc import Callable
from typing import Any

import pytest

from team.models import User
from tests.reports.pages import CHURN, buys, night

pytestmark = [
    pytest.mark.browser,
    pytest.mark.thorough,
    pytest.mark.django_db(transaction=True),
]
LOST = f"{CHURN}?list=loss"


def _stands(page: Any, place: str, name: str) -> None:
    """The page of that place is there, and its keys work."""
    page.get_by_role("link", name=place).wait_for()
    page.wait_for_load_state("networkidle")
    assert page.get_by_role("heading", level=1).inner_text() == name


def test_from_the_figure_by_keys_through_the_list_and_back(
    visit: Callable[..., Any], rep: User, other_rep: User
) -> None:
    for n in range(3):
        buys("lost", f"Lost {n}", rep, (9 - n) * 100_00)
    buys("lost", "Foreign", other_rep, 850_00)
    night()
    visitor = visit(rep)
    page = visitor.open(LOST)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    _stands(page, "Left, 1 of 3", "Lost 0")
    page.keyboard.press("j")
    _stands(page, "Left, 2 of 3", "Lost 1")
    # a call logged on the way leads back to the same place of the report's list
    page.keyboard.press("c")
    page.get_by_role("radio", name="No answer").check()
    page.keyboard.press("Control+Enter")
    page.get_by_text("saved").first.wait_for()
    _stands(page, "Left, 2 of 3", "Lost 1")
    page.keyboard.press("j")
    _stands(page, "Left, 3 of 3", "Lost 2")
    # behind the last one there is none, of a colleague's neither
    page.keyboard.press("j")
    page.wait_for_timeout(300)
    _stands(page, "Left, 3 of 3", "Lost 2")
    page.keyboard.press("k")
    _stands(page, "Left, 2 of 3", "Lost 1")
    page.keyboard.press("k")
    _stands(page, "Left, 1 of 3", "Lost 0")
    page.get_by_role("link", name="Left, 1 of 3").click()
    page.wait_for_url(f"**{LOST}#rows")
    page.go_back()
    _stands(page, "Left, 1 of 3", "Lost 0")
    page.keyboard.press("j")
    _stands(page, "Left, 2 of 3", "Lost 1")
    assert visitor.findings() == []
    assert visitor.complaints == []


def test_on_the_phone_by_thumb(visit: Callable[..., Any], rep: User) -> None:
    for n in range(2):
        buys("lost", f"Lost {n}", rep, (9 - n) * 100_00)
    night()
    visitor = visit(rep, size="phone", dark=True)
    page = visitor.open(LOST)
    page.locator("[data-row-link]").first.tap()
    page.get_by_role("link", name="next").tap()
    _stands(page, "Left, 2 of 2", "Lost 1")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert visitor.findings() == []
    assert visitor.complaints == []
