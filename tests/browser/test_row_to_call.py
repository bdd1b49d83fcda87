"""From a row of Today that is not chosen to a saved call with its next step: presses are counted, facts read back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from customers.models import Customer
from customers.ownership import assign
from sales.models import Activity, Task
from team.models import Company, User

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
# Counts what a person does: presses of the pointer and keys that are not held modifiers.
COUNT = """
window.pressed = { pointer: 0, keys: 0 };
addEventListener("click", (event) => { if (event.detail) window.pressed.pointer += 1; }, true);
addEventListener("keydown", (event) => {
  if (!["Control", "Shift", "Alt", "Meta"].includes(event.key)) window.pressed.keys += 1;
}, true);
"""


@pytest.fixture
def steps(rep: User) -> list[Task]:
    """Three rows, the first of which Today chooses by itself."""
    today = Company.get().today
    made = []
    for n, name in enumerate(("Northgate Dairy Co.", "ТОВ «Карпатська Кава»", "Orchard & Sons")):
        customer = Customer.everything.create(name=name, annual_cents=1000 - n)
        assign([customer.pk], rep, on=today, by=rep)
        made.append(
            Task.everything.create(title="Call", owner=rep, customer=customer, due_on=today)
        )
    return made


def _stored(step: Task) -> None:
    """The call was saved about the row's customer, its step is done, the next one is planned; nothing else is."""
    call = Activity.everything.get()
    assert (call.customer, call.outcome.key) == (step.customer, "no_answer")
    step.refresh_from_db()
    assert (step.state, step.done_by) == (Task.State.DONE, call)
    planned = Task.everything.get(promised_in=call)
    assert (planned.state, planned.customer) == (Task.State.OPEN, step.customer)
    assert Company.get().today < planned.due_on < Company.get().today + timedelta(days=14)
    assert Task.everything.filter(state=Task.State.OPEN).count() == 3


def _row(page: Any, step: Task) -> Any:
    row = page.locator("[data-row]", has_text=step.customer.name)
    assert row.get_attribute("aria-current") is None
    return row


def test_two_clicks_of_the_mouse(visit: Callable[..., Any], rep: User, steps: list[Task]) -> None:
    visitor = visit(rep)
    page = visitor.open("/today/")
    page.evaluate(COUNT)
    row = _row(page, steps[2])
    row.get_by_role("button", name="Log").click()
    row.get_by_role("button", name="No answer").wait_for()
    assert visitor.findings() == []
    row.get_by_role("button", name="No answer").click()
    page.get_by_text("saved").first.wait_for()
    assert page.evaluate("window.pressed") == {"pointer": 2, "keys": 0}
    _stored(steps[2])
    # the next row's outcome is the next thing to say
    assert page.locator(".m-call-who b").inner_text() == steps[0].customer.name
    assert visitor.complaints == []


def test_two_taps_of_a_thumb(visit: Callable[..., Any], rep: User, steps: list[Task]) -> None:
    visitor = visit(rep, size="phone", dark=True)
    page = visitor.open("/today/")
    page.evaluate(COUNT)
    row = _row(page, steps[1])
    row.locator("[data-log]").tap()
    button = row.get_by_role("button", name="No answer")
    button.wait_for()
    assert button.bounding_box()["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert visitor.findings() == []
    button.tap()
    page.get_by_text("saved").first.wait_for()
    assert page.evaluate("window.pressed") == {"pointer": 2, "keys": 0}
    _stored(steps[1])
    assert visitor.complaints == []


def test_four_keys(visit: Callable[..., Any], rep: User, steps: list[Task]) -> None:
    visitor = visit(rep)
    page = visitor.open("/today/")
    page.evaluate(COUNT)
    chosen = page.locator(".m-call-who b").inner_text()
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.locator("form[data-call] input[name=outcome]:focus").wait_for()
    who = page.locator(".m-call-who b").inner_text()
    assert who != chosen
    page.keyboard.press("2")
    page.keyboard.press("Control+Enter")
    page.get_by_text("saved").first.wait_for()
    assert page.evaluate("window.pressed") == {"pointer": 0, "keys": 4}
    _stored(next(step for step in steps if step.customer.name == who))
    # the next row stands there by now, and so says the address
    page.wait_for_url("**/today/")
    standing = page.locator(".m-call-who b").inner_text()
    page.reload()
    assert page.locator(".m-call-who b").inner_text() == standing != who
    assert visitor.complaints == []


@pytest.mark.thorough
def test_keys_pressed_before_the_form_of_the_row_is_there_are_meant_for_it(
    visit: Callable[..., Any], rep: User, steps: list[Task]
) -> None:
    """On a slow line the form of the row before still stands: it took the keys, or was saved with them."""
    visitor = visit(rep)
    page = visitor.open("/today/")
    held: list[Any] = []
    page.route("**/today/?*", lambda route: held.append(route))
    page.keyboard.press("j")
    page.keyboard.press("j")
    with page.expect_request("**/today/?*"):
        pass
    page.keyboard.press("c")
    page.keyboard.press("2")
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(300)
    assert not Activity.everything.exists()
    chosen = page.locator("[data-row][aria-current]").inner_text()
    for route in held:
        route.continue_()
    page.unroute("**/today/?*")
    page.get_by_text("saved").first.wait_for()
    _stored(next(step for step in steps if step.customer.name in chosen))
    assert visitor.complaints == []


@pytest.mark.thorough
def test_without_network_the_row_of_the_form_that_stands_is_the_chosen_one(
    visit: Callable[..., Any], rep: User, steps: list[Task]
) -> None:
    """The next row was marked, the form still the one of the row before: a call was kept about the wrong customer."""
    visitor = visit(rep)
    page = visitor.open("/today/")
    chosen = page.locator("[data-row][aria-current]")
    assert steps[0].customer.name in chosen.inner_text()
    page.context.set_offline(True)
    page.keyboard.press("j")
    page.locator("#problem").get_by_text("No network").wait_for()
    page.keyboard.press("c")
    page.keyboard.press("2")
    assert steps[0].customer.name in chosen.inner_text()
    assert page.locator(".m-call-who b").inner_text() == steps[0].customer.name
    assert page.locator(".m-docked input[name=outcome]:checked").count() == 0
    page.context.set_offline(False)
    page.keyboard.press("c")
    page.locator("form[data-call] input[name=outcome]:focus").wait_for()
    assert steps[1].customer.name in chosen.inner_text()
    assert page.locator(".m-call-who b").inner_text() == steps[1].customer.name


def test_what_asks_for_more_goes_on_in_the_form_of_that_row(
    visit: Callable[..., Any], rep: User, steps: list[Task]
) -> None:
    """Four presses, as by the form itself: Log, the outcome, the next step, Save."""
    visitor = visit(rep)
    page = visitor.open("/today/")
    page.evaluate(COUNT)
    row = _row(page, steps[1])
    row.get_by_role("button", name="Log").click()
    row.get_by_role("link", name="Reached…").click()
    page.locator("form[data-call] input[name=outcome][value=reached]:checked").wait_for()
    assert page.locator(".m-call-who b").inner_text() == steps[1].customer.name
    page.locator("#call input[name=next_step]:focus").wait_for()
    page.locator("#call .m-choice", has_text="In a week").click()
    page.get_by_role("button", name="Save and next").click()
    page.get_by_text("saved").first.wait_for()
    assert page.evaluate("window.pressed.pointer") == 4
    call = Activity.everything.get()
    assert (call.customer, call.outcome.key) == (steps[1].customer, "reached")
    assert visitor.complaints == []


def test_what_is_being_written_about_another_row_stands_after_a_quick_call(
    visit: Callable[..., Any], rep: User, steps: list[Task]
) -> None:
    visitor = visit(rep)
    page = visitor.open(f"/today/?task={steps[1].pk}")
    page.get_by_label("What was said").fill("Two late deliveries")
    row = _row(page, steps[2])
    row.get_by_role("button", name="Log").click()
    row.get_by_role("button", name="No answer").click()
    page.get_by_text("saved").first.wait_for()
    _stored(steps[2])
    assert page.locator(".m-call-who b").inner_text() == steps[1].customer.name
    page.reload()
    assert page.get_by_label("What was said").input_value() == "Two late deliveries"
    assert visitor.complaints == []
