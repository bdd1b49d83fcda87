"""On Today a new lead comes on top by itself, and waits behind a button while somebody writes; no row moves then."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.models import Customer
from customers.ownership import assign
from sales.models import Lead, Task
from team.models import Company, User

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
MINUTE = 61_000


@pytest.fixture
def step(rep: User) -> Task:
    customer = Customer.everything.create(name="Northgate Dairy Co.")
    assign([customer.pk], rep, on=Company.get().today, by=rep)
    return Task.everything.create(
        title="Call", owner=rep, customer=customer, due_on=Company.get().today
    )


def _lead(rep: User, name: str, hours: int = 2) -> Lead:
    arrived = timezone.now() - timedelta(hours=hours)
    return Lead.everything.create(
        name=name,
        owner=rep,
        recorded_on=Company.get().today,
        arrived_at=arrived,
        response_due_at=arrived + timedelta(hours=24),
    )


def _open(visitor: Any) -> Any:
    visitor.page.clock.install()
    page = visitor.open("/today/")
    page.wait_for_load_state("networkidle")
    return page


def _names(page: Any) -> list[str]:
    return [text.split("\n")[0] for text in page.locator("[data-lead] b").all_inner_texts()]


def test_it_slides_in_on_top_where_nobody_writes(
    visit: Callable[..., Any], rep: User, step: Task
) -> None:
    _lead(rep, "First", 20)
    visitor = visit(rep)
    page = _open(visitor)
    assert _names(page) == ["First"]
    tops = [page.locator(one).first.bounding_box()["y"] for one in ("[data-leads]", ".m-docked")]
    assert tops[0] == tops[1]
    _lead(rep, "苏州明华电子有限公司")
    page.clock.run_for(MINUTE)
    page.get_by_role("link", name="苏州明华电子有限公司").wait_for()
    assert _names(page) == ["苏州明华电子有限公司", "First"]
    assert page.locator("[data-leads] .m-count").inner_text() == "2"
    assert page.locator("[data-fresh-bar]").inner_text() == "1 new lead"
    assert visitor.findings() == []
    # what came works as the others do
    row = page.locator("[data-lead]").first
    row.get_by_role("button", name="Log").click()
    row.get_by_role("button", name="No answer").wait_for()
    assert visitor.complaints == []


def test_the_first_of_all_brings_its_section(
    visit: Callable[..., Any], rep: User, step: Task
) -> None:
    visitor = visit(rep, size="phone", dark=True)
    page = _open(visitor)
    assert page.locator("[data-leads]").count() == 0
    _lead(rep, "First")
    page.clock.run_for(MINUTE)
    page.get_by_role("heading", name="New leads").wait_for()
    assert _names(page) == ["First"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert visitor.findings() == []
    assert visitor.complaints == []


def test_it_waits_behind_a_button_while_somebody_writes(
    visit: Callable[..., Any], rep: User, step: Task
) -> None:
    _lead(rep, "First", 20)
    visitor = visit(rep)
    page = _open(visitor)
    page.get_by_label("What was said").fill("Two late deliveries")
    stood = page.locator("[data-lead]").first.bounding_box()
    clock = page.locator("[data-clock]").first
    before = clock.inner_text()
    second = _lead(rep, "Second")
    Lead.everything.filter(name="First").update(
        arrived_at=timezone.now() - timedelta(hours=30),
        response_due_at=timezone.now() - timedelta(hours=6),
    )
    page.clock.run_for(MINUTE)
    button = page.get_by_role("button", name="1 new lead")
    button.wait_for()
    assert _names(page) == ["First"]
    assert page.get_by_label("What was said").input_value() == "Two late deliveries"
    # the clock went on meanwhile, in its place
    assert clock.inner_text() != before
    assert "6 h late" in clock.inner_text()
    assert page.locator("[data-lead]").first.bounding_box() == stood
    assert visitor.findings() == []
    button.click()
    assert _names(page) == ["Second", "First"]
    focused = page.evaluate("document.activeElement.closest('[data-lead]').dataset.lead")
    assert focused == str(second.pk)
    assert button.count() == 0
    assert page.get_by_label("What was said").input_value() == "Two late deliveries"
    assert visitor.complaints == []
