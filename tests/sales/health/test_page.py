"""Health on the customer's page: read from dated facts, the same for a day whenever it is asked."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.merging import merge, unmerge
from customers.models import Complaint, Contract, Customer, Revenue, Survey
from customers.purchases import refresh_purchases
from sales.customer_page.past import past_of
from sales.health.reading import health_now
from sales.health.rule import Health
from sales.models import Activity, Outcome, Task
from team.models import Company, User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
TODAY = date(2026, 11, 23)
THEN = date(2026, 10, 24)


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    def at(day: date) -> None:
        monkeypatch.setattr("team.models.Company.today", property(lambda self: day))

    at(TODAY)
    return at


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def order(customer: Customer, days: int, amount: int) -> None:
    on = ago(days)
    Revenue.everything.create(customer=customer, on=on, amount=Decimal(amount), recorded_on=TODAY)


def spoke(customer: Customer, by: User, days: int, **values: object) -> None:
    at = datetime.combine(ago(days), time(9), UTC)
    Activity.everything.create(
        customer=customer, author=by, start_at=at, created_at=at, recorded_on=at.date(), **values
    )


def step(customer: Customer, owner: User, due: int, made: int, **values: object) -> None:
    at = datetime.combine(ago(made), time(9), UTC)
    Task.everything.create(
        customer=customer, owner=owner, title="Call", due_on=ago(due), created_at=at, **values
    )


@pytest.fixture
def customer(rep: User, other_rep: User, keep) -> Customer:
    """Usually every 20 days, silent for 50; 600 in the year, 800 in the one before; 4 of 5, then 2 of 5."""
    row: Customer = keep(rep, "Карпатська Кава")
    for days in (50, 70, 90, 110, 130, 150):
        order(row, days, 100)
    for days in (400, 420, 440, 460):
        order(row, days, 200)
    for days, score in ((200, 4), (10, 2)):
        Survey.everything.create(
            customer=row, kind="csat", score=score, answered_on=ago(days), recorded_on=ago(days)
        )
    Complaint.everything.create(customer=row, about="Late", made_on=ago(8), recorded_on=ago(8))
    Complaint.everything.create(
        customer=row, about="Torn", made_on=ago(60), settled_on=ago(50), recorded_on=ago(60)
    )
    step(row, rep, due=4, made=20)
    step(row, rep, due=33, made=40, state="done", done_at=datetime.combine(ago(20), time(9), UTC))
    spoke(row, rep, 5, outcome=Outcome.objects.get(key="reached"))
    spoke(row, other_rep, 380, outcome=Outcome.objects.get(key="reached"))
    spoke(row, other_rep, 3, outcome=Outcome.objects.get(key="no_answer"))
    refresh_purchases(None)
    row.refresh_from_db()
    return row


def health(customer: Customer) -> Health:
    return health_now(past_of(customer), Company.get())


def test_each_part_is_read_from_its_facts(customer: Customer) -> None:
    """Now: 30 x (120 - 100) / (120 - 40) = 7; 20 x (800 - 400) / 800 = 10; 20 x 1/4; 10 - 5 - 2; 10 - 4; 5; 2.

    30 days ago silent for 20; 600 after 800 as well; 4 of 5; one complaint answered within 90 days; a step 3 days
    late; the other rep's call of 350 days before and none of one's own yet.
    """
    got = health(customer)
    assert [(part.key, part.points) for part in got.parts] == [
        ("rhythm", 7),
        ("revenue", 10),
        ("answer", 5),
        ("complaints", 3),
        ("promises", 6),
        ("contract", 5),
        ("people", 2),
    ]
    assert [part.before for part in got.parts] == [30, 10, 15, 8, 7, 5, 2]
    assert (got.points, got.before, got.change) == (38, 77, -39)
    assert sum(part.change for part in got.parts) == -39


def test_the_threshold_is_that_of_the_roll_up(customer: Customer) -> None:
    silence = health(customer).facts.silence
    assert silence is not None
    assert (silence.usual_halves, silence.threshold_halves) == (40, 120)
    assert silence.usual_halves == customer.typical_half_days
    assert silence.threshold_halves == customer.threshold_half_days


def test_a_day_is_judged_alike_whenever_it_is_asked(
    customer: Customer, frozen: Callable[[date], None]
) -> None:
    """The bar of a month ago is what the page would have said that day, had all been entered in time."""
    before = [part.before for part in health(customer).parts]
    frozen(THEN)
    # the step that is done by now was open that evening, as the row no longer says of itself
    Task.everything.filter(state="done").update(state="open", done_at=None)
    assert [part.points for part in health(customer).parts] == before


def test_the_page_shows_the_points_the_change_and_how(
    login: Login, rep: User, customer: Customer
) -> None:
    page = login(rep).get(f"/customers/{customer.pk}/").content.decode().replace("\xa0", " ")
    strip = page[page.index('class="m-strip"') : page.index("m-grid")]
    assert re.search(r'<a href="#health">38</a><span>of 100</span>', strip)
    assert "39 in 30 days" in strip and "arrow-down" in strip
    assert strip.count('class="m-figure-label"') == 5
    card = page[page.index('aria-labelledby="health"') :]
    card = card[: card.index("</section>")]
    assert "Why at risk" in card and "health 38, 30 days ago 77" in card
    bars = re.findall(r'<b class="m-(loss|gain)">([−+])(\d+)</b>', card)
    assert bars == [
        ("loss", "−", "23"), ("loss", "−", "10"), ("loss", "−", "5"), ("loss", "−", "1"),
    ]  # fmt: skip
    assert "Silent 50 days, usual 20" in card and "1 open complaint" in card
    assert "Satisfaction 2 of 5" in card and "A step is 4 days overdue" in card
    assert "Only one person speaks with them" in card
    assert "How it is computed" in card and "7 of 30" in card


def test_a_contract_ends_in_sight_and_its_renewal_counts_at_once(
    customer: Customer, frozen: Callable[[date], None]
) -> None:
    end = TODAY + timedelta(days=24)
    Contract.everything.create(
        customer=customer, start_on=ago(300), end_on=end, recorded_on=ago(300)
    )
    parts = {part.key: part for part in health(customer).parts}
    assert (parts["contract"].points, parts["contract"].before) == (2, 4)
    assert (parts["rhythm"].points, parts["rhythm"].before) == (30, 30)
    Contract.everything.create(
        customer=customer, start_on=end + timedelta(days=1), recorded_on=TODAY
    )
    parts = {part.key: part for part in health(customer).parts}
    assert (parts["contract"].points, parts["contract"].before) == (5, 4)


def test_who_was_no_customer_a_month_ago_has_no_change(login: Login, rep: User, keep) -> None:
    row = keep(rep, recorded_on=ago(3))
    got = health(row)
    assert (got.points, got.change) == (60, None)
    page = login(rep).get(f"/customers/{row.pk}/").content.decode()
    assert "No customer yet 30 days ago" in page
    Customer.everything.filter(pk=row.pk).update(recorded_on=THEN)
    row.refresh_from_db()
    assert health(row).change == 0
    assert "Nothing changed in 30 days." in login(rep).get(f"/customers/{row.pk}/").content.decode()


def test_it_follows_the_survivor_and_comes_back(
    customer: Customer, rep: User, admin: User, keep
) -> None:
    whole = keep(rep, "Whole")
    alone = health(whole).points
    merge(customer, whole, on=TODAY, by=admin)
    customer.refresh_from_db()
    whole.refresh_from_db()
    assert health(whole).points == 38
    unmerge(customer, by=admin)
    whole.refresh_from_db()
    assert health(whole).points == alone


def test_five_queries_whatever_the_rows(customer: Customer, rep: User) -> None:
    past, company = past_of(customer), Company.get()
    with CaptureQueriesContext(connection) as few:
        health_now(past, company)
    for n in range(20):
        order(customer, 10 + n, 5)
        spoke(customer, rep, n)
        step(customer, rep, due=n, made=50)
    refresh_purchases(None)
    past = past_of(customer)
    with CaptureQueriesContext(connection) as many:
        health_now(past, company)
    assert (len(few), len(many)) == (5, 5)
