"""Stopping campaigns with the mouse: ticked in the split, looked at over the page, stopped, told, given back."""

from collections.abc import Callable
from typing import Any

import pytest

from team.models import User
from tests.reports.test_stopping import PAGE, ends, make_four

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_campaigns_are_stopped_and_given_back(
    size: str, visit: Callable[..., Any], manager: User, rep: User, other_rep: User
) -> None:
    make_four(rep, other_rep)
    before = ends()
    visitor = visit(manager, size=size)
    page = visitor.open(PAGE)
    page.get_by_label("Letters").check()
    assert visitor.findings() == []
    page.get_by_role("button", name="Stop campaigns").click()
    page.get_by_role("button", name="Stop 1 campaign").wait_for()
    assert visitor.findings() == []
    page.get_by_role("button", name="Stop 1 campaign").click()
    page.get_by_text("1 campaign stopped").wait_for()
    assert {key for key, day in ends().items() if day != before[key]} == {"LETTERS"}
    page.get_by_role("button", name="Undo").first.click()
    page.get_by_text("It was taken back").wait_for()
    assert ends() == before
    assert visitor.complaints == []
