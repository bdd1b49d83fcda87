"""The sweep by keys alone in real Chromium; the stored facts are read back."""

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
def steps(rep: User) -> list[Task]:
    made = []
    for name in ("Alpha Ltd", "Beta Ltd", "Gamma Ltd"):
        row = Customer.everything.create(name=name)
        assign([row.pk], rep, on=Company.get().today, by=rep)
        made.append(
            Task.everything.create(title="Ask", owner=rep, customer=row, due_on=Company.get().today)
        )
    return made


@pytest.mark.parametrize("dark", [False, True])
def test_three_rows_by_seven_keys(
    visit: Callable[..., object], rep: User, steps: list[Task], dark: bool
) -> None:
    visitor = visit(rep, dark=dark)
    page = visitor.open("/sweep/")
    for key in ("2", "Enter", "0", "Enter", "4", "Enter"):
        page.keyboard.press(key)
    assert page.locator("button[data-save]").evaluate("e => e === document.activeElement")
    assert visitor.findings() == []
    page.keyboard.press("Control+Enter")
    page.get_by_text("2 calls saved.").wait_for()
    said = Activity.everything.order_by("customer__name")
    assert [(call.customer.name, call.outcome.key) for call in said] == [
        ("Alpha Ltd", "no_answer"),
        ("Gamma Ltd", "left_word"),
    ]
    steps[1].refresh_from_db()
    assert (steps[1].state, steps[1].due_on > Company.get().today) == (Task.State.OPEN, True)
    page.wait_for_load_state()  # the keys work once the scripts of the new page do
    page.keyboard.press("z")
    page.get_by_text("The sweep was taken back.").wait_for()
    assert not Activity.everything.filter(deleted_on__isnull=True).exists()
    steps[1].refresh_from_db()
    assert steps[1].due_on == Company.get().today
    assert visitor.complaints == []


def test_a_bad_row_comes_back_with_the_focus_on_what_is_wrong(
    visit: Callable[..., object], rep: User, steps: list[Task]
) -> None:
    visitor = visit(rep)
    page = visitor.open("/sweep/")
    page.keyboard.press("3")  # call back: asks for the day
    assert page.get_by_label("On, Alpha Ltd").is_visible()
    page.get_by_label("What was said, Alpha Ltd").fill("After lunch")
    page.keyboard.press("Enter")
    page.keyboard.press("4")
    page.keyboard.press("Control+Enter")
    page.get_by_text("Choose the day of the next step.").wait_for()
    assert page.get_by_label("What was said, Alpha Ltd").input_value() == "After lunch"
    assert Activity.everything.get().customer.name == "Beta Ltd"
    assert visitor.findings() == []


def test_the_sweep_fits_a_phone(visit: Callable[..., object], rep: User, steps: list[Task]) -> None:
    visitor = visit(rep, size="phone")
    page = visitor.open("/sweep/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("label", has_text="Left word").first.click()
    page.get_by_role("button", name="Save the rows").click()
    page.get_by_text("1 call saved.").wait_for()
    assert visitor.findings() == []
