"""Logging a call by keyboard alone; the stored facts are read back, not the message."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from customers.models import Customer
from customers.ownership import assign
from sales.models import Activity, Task
from team.models import Company, User

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]


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


def test_the_second_try_is_told_and_planned_at_another_hour(
    visit: Callable[..., object], rep: User, customer: Customer, step: Task
) -> None:
    visitor = visit(rep)
    page = visitor.open("/today/")
    for _try in range(2):
        page.goto(f"{visitor.address}/today/?customer={customer.pk}")
        page.keyboard.press("c")
        page.keyboard.press("2")
        told = page.locator("[data-told][role=status]").inner_text()
        page.keyboard.press("Control+Enter")
        page.get_by_text("saved").first.wait_for()
    assert told.startswith("2 tries in a row without an answer. Again on")
    planned = Task.everything.filter(state=Task.State.OPEN).latest("pk")
    assert f"{planned.due_at:%H:%M}" in told
    assert visitor.complaints == []


def test_save_stays_with_the_customer_and_save_and_next_goes_on(
    visit: Callable[..., object], rep: User, customer: Customer, step: Task
) -> None:
    other = Customer.everything.create(name="Northgate Dairy Co.")
    assign([other.pk], rep, on=Company.get().today, by=rep)
    Task.everything.create(title="Ask", owner=rep, customer=other, due_on=Company.get().today)
    visitor = visit(rep)
    page = visitor.open("/today/")
    who = page.locator(".m-call-who b").inner_text()
    page.keyboard.press("c")
    page.keyboard.press("4")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("saved").first.wait_for()
    assert page.locator(".m-call-who b").inner_text() == who
    assert visitor.findings() == []
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


def test_the_drawer_shares_no_id_with_the_page_behind_it(
    visit: Callable[..., object], rep: User, customer: Customer
) -> None:
    page = visit(rep).open(f"/customers/{customer.pk}/")
    page.keyboard.press("c")
    page.get_by_role("radio", name="Left word").wait_for()
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert sorted(ids) == sorted(set(ids))
    page.get_by_label("What was said").fill("Typed into the drawer")
    assert page.locator("#call textarea").input_value() == "Typed into the drawer"


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


def test_the_docked_form_follows_the_row_and_goes_on_to_the_next(
    visit: Callable[..., object], rep: User, customer: Customer, step: Task
) -> None:
    """J and C log the call of the row that is marked; after saving the next row waits for its outcome."""
    other = Customer.everything.create(name="Northgate Dairy Co.", annual_cents=1)
    assign([other.pk], rep, on=Company.get().today, by=rep)
    second = Task.everything.create(
        title="Agree the volumes", owner=rep, customer=other, due_on=Company.get().today
    )
    visitor = visit(rep)
    page = visitor.open("/today/")
    chosen = page.locator("[data-row][aria-current]")
    first = chosen.inner_text()
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.locator("form[data-call] input[name=outcome]:focus").wait_for()
    assert chosen.count() == 1
    assert chosen.inner_text() != first
    who = page.locator(".m-call-who b").inner_text()
    assert who in chosen.inner_text()
    page.keyboard.press("2")
    page.keyboard.press("Control+Enter")
    page.get_by_text("saved").first.wait_for()
    page.locator("form[data-call] input[name=outcome]:focus").wait_for()
    call = Activity.everything.get()
    assert call.customer.name == who
    assert page.locator(".m-call-who b").inner_text() != who
    states = {
        task.customer.name: task.state for task in (step, second) if not task.refresh_from_db()
    }
    assert states[who] == Task.State.DONE
    assert sorted(states.values()) == sorted([Task.State.DONE, Task.State.OPEN])
    assert visitor.complaints == []


def test_a_started_entry_stays_with_its_customer(
    visit: Callable[..., object], rep: User, customer: Customer, step: Task
) -> None:
    other = Customer.everything.create(name="Northgate Dairy Co.")
    assign([other.pk], rep, on=Company.get().today, by=rep)
    Task.everything.create(title="Ask", owner=rep, customer=other, due_on=Company.get().today)
    page = visit(rep).open("/today/")
    who = page.locator(".m-call-who b").inner_text()
    page.get_by_label("What was said").fill("Two late deliveries")
    page.locator(
        "[data-row]:not([aria-current]) [data-row-link], [data-row]:not([aria-current]) a"
    ).first.focus()
    page.wait_for_timeout(600)
    assert page.get_by_label("What was said").input_value() == "Two late deliveries"
    assert page.locator(".m-call-who b").inner_text() == who


def test_closing_a_call_form_opened_by_its_address_leads_to_the_customer(
    visit: Callable[..., object], rep: User, customer: Customer
) -> None:
    page = visit(rep).open(f"/calls/new/?customer={customer.pk}")
    page.keyboard.press("Escape")
    page.wait_for_url(f"**/customers/{customer.pk}/")
    assert page.get_by_role("heading", level=1).inner_text() == customer.name


def test_a_number_nobody_knows_is_logged_from_the_keyboard(
    visit: Callable[..., object], rep: User
) -> None:
    visitor = visit(rep)
    page = visitor.open("/customers/")
    page.keyboard.press("c")
    page.get_by_label("Name, phone or e-mail").type("067 999 88 77")
    page.get_by_text("Nobody found by that name or number.").wait_for()
    assert page.get_by_label("Name, phone or e-mail").evaluate("e => e === document.activeElement")
    page.get_by_role("link", name="067 999 88 77").click()
    page.get_by_label("Name or company").fill("Нова Пекарня")
    page.get_by_role("radio", name="No answer").check()
    assert visitor.findings() == []
    page.keyboard.press("Control+Enter")
    page.get_by_text("saved").first.wait_for()
    call = Activity.everything.get()
    assert call.lead is not None
    assert (call.lead.name, call.lead.phone_e164) == ("Нова Пекарня", "+380679998877")
    assert visitor.complaints == []


def test_two_clicks_save_the_chosen_row_with_its_next_step(
    visit: Callable[..., object], rep: User, customer: Customer, step: Task
) -> None:
    visitor = visit(rep)
    page = visitor.open("/today/")
    page.locator("#call .m-choice", has_text="No answer").click()
    page.get_by_role("button", name="Save and next").click()
    page.get_by_text("saved").first.wait_for()
    assert Activity.everything.get().outcome.key == "no_answer"
    assert Task.everything.get(state=Task.State.OPEN).customer == customer
    assert visitor.complaints == []


@pytest.mark.parametrize("dark", [False, True])
def test_the_pages_around_the_call_have_no_finding(
    visit: Callable[..., object], rep: User, customer: Customer, step: Task, dark: bool
) -> None:
    visitor = visit(rep, dark=dark)
    visitor.open(f"/calls/new/?customer={customer.pk}")
    visitor.page.keyboard.press("4")
    visitor.page.keyboard.press("Control+Enter")
    visitor.page.get_by_text("saved").first.wait_for()
    call = Activity.everything.get()
    for address in (
        f"/calls/{call.pk}/edit/",
        "/calls/unknown/?q=067",
        "/week/",
        "/today/without-step/customer/",
    ):
        visitor.open(address)
        assert visitor.findings() == [], address
    Activity.everything.update(created_at=call.created_at - timedelta(hours=30))
    visitor.open(f"/calls/{call.pk}/edit/")
    assert visitor.findings() == []
    assert visitor.complaints == []
