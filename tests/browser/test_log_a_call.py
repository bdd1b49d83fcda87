"""Logging a call by keyboard alone; the stored facts are read back, not the message."""

from collections.abc import Callable

import pytest

from customers.models import Customer
from customers.ownership import assign
from sales.models import Activity, Task
from team.models import Company, User

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def customer(rep: User) -> Customer:
    row = Customer.everything.create(name="ТОВ «Карпатська Кава»", phone="067 555 01 42")
    assign([row.pk], rep, on=Company.get().today, by=rep)
    return row


@pytest.fixture
def step(rep: User, customer: Customer) -> Task:
    return Task.everything.create(
        title="Confirm the delivery", owner=rep, customer=customer, due_on=Company.get().today
    )


def test_no_answer_takes_two_keys_and_plans_tomorrow(
    visit: Callable[..., object], rep: User, customer: Customer, step: Task
) -> None:
    visitor = visit(rep)
    page = visitor.open("/today/")
    page.keyboard.press("c")
    page.keyboard.press("2")
    page.keyboard.press("Control+Enter")
    page.get_by_text("saved").first.wait_for()
    call = Activity.everything.get(customer=customer)
    assert (call.outcome.key, call.author, call.direction) == ("no_answer", rep, "out")
    step.refresh_from_db()
    assert (step.state, step.done_by) == (Task.State.DONE, call)
    planned = Task.everything.get(state=Task.State.OPEN)
    assert planned.customer == customer
    assert planned.due_on > Company.get().today
    assert visitor.complaints == []


def test_undo_takes_the_call_back(
    visit: Callable[..., object], rep: User, customer: Customer, step: Task
) -> None:
    visitor = visit(rep)
    page = visitor.open(f"/customers/{customer.pk}/")
    page.keyboard.press("c")
    page.get_by_role("radio", name="Left word").check()
    page.get_by_label("What was said").fill("Asked to be called after the harvest")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Asked to be called after the harvest").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("taken back").wait_for()
    call = Activity.everything.get()
    assert call.deleted_on == Company.get().today
    assert [task.pk for task in Task.everything.filter(state=Task.State.OPEN)] == [step.pk]
    assert visitor.complaints == []


def test_a_call_without_outcome_stays_on_the_page_with_its_text(
    visit: Callable[..., object], rep: User, customer: Customer
) -> None:
    visitor = visit(rep)
    page = visitor.open(f"/calls/new/?customer={customer.pk}")
    page.get_by_label("What was said").fill("Wants a written promise")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Choose how the call ended.").first.wait_for()
    assert page.get_by_label("What was said").input_value() == "Wants a written promise"
    assert not Activity.everything.exists()
