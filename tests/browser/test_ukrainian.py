"""Ukrainian words are longer: they stay inside their cards, and the page inside its window."""

from collections.abc import Callable
from typing import Any

import pytest

from customers.models import Contact, Customer
from customers.ownership import assign
from sales.models import Activity, Task
from team.models import Company, User
from tests.reports.pages import CHURN, buys, night

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
# What ends right of its card, though nothing there scrolls or is cut on purpose.
STICKING_OUT = """() => [...document.querySelectorAll(".m-card")].flatMap((card) => {
  const edge = card.getBoundingClientRect().right + 1;
  return [...card.querySelectorAll("a, button, input, select, b, small, text")]
    .filter((one) => one.checkVisibility())
    .filter((one) => !one.closest(".m-tabs, .visually-hidden, .m-row-main, .is-name, .is-clip, .m-heat, .m-targets"))
    .filter((one) => one.getBoundingClientRect().width > 1 && one.getBoundingClientRect().right > edge)
    .map((one) => one.textContent.trim());
})"""


@pytest.fixture
def customer(rep: User) -> Customer:
    row = Customer.everything.create(
        name="ТОВ „Виробничо-комерційна фірма «Зернотрейд Південь»“",
        phone="067 555 01 42",
        annual_cents=1_234_567_890_00,
    )
    today = Company.get().today
    assign([row.pk], rep, on=today, by=rep)
    Contact.everything.create(
        customer=row, name="Роман Гнатюк", role="Закупівлі", phone="0675550143"
    )
    Task.everything.create(title="Підтвердити", owner=rep, customer=row, due_on=today)
    buys("lost", "Втрачений", rep, 5_000_000_00)
    buys("silent", "Мовчить", rep, 5_000_000_00)
    night()
    return row


@pytest.mark.parametrize("size", ["desk", "phone"])
def test_words_stay_inside(
    visit: Callable[..., Any], rep: User, customer: Customer, size: str
) -> None:
    rep.language = "uk"
    rep.save(update_fields=["language"])
    Activity.everything.bulk_create(
        Activity(
            customer=customer,
            author=rep,
            start_at=customer.created_at,
            recorded_on=Company.get().today,
            created_at=customer.created_at,
        )
        for _one in range(60)
    )
    visitor = visit(rep, size=size)
    paths = (
        "/today/",
        "/calls/",
        f"/customers/{customer.pk}/",
        "/losses/",
        CHURN,
        "/customers/new/",
    )
    wrong = {}
    for path in paths:
        page = visitor.open(path)
        assert page.evaluate("document.documentElement.lang") == "uk"
        if path.endswith("/new/"):
            page.locator("[name=name]").fill("Нова назва")
            page.locator("[data-unsaved-bar]").wait_for()
        found = page.evaluate(STICKING_OUT)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append("scrolls sideways")
        if size == "desk" and page.evaluate(
            "[...document.querySelectorAll('.m-table-wrap')].some((one) => one.scrollWidth > one.clientWidth)"
        ):
            found.append("a table scrolls")
        if found:
            wrong[path] = found
    assert wrong == {}
