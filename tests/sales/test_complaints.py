"""Complaints: written down and answered through the door people use; on the page, on Today, for whom they concern."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.merging import merge, unmerge
from customers.models import Complaint, Customer, Survey
from sales.models import Activity, Task
from team.models import AuditEntry, Company, User

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]
Login = Callable[[User], Client]
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    def at(day: date) -> None:
        monkeypatch.setattr("team.models.Company.today", property(lambda self: day))

    at(TODAY)
    return at


def complain(browser: Client, customer: Customer, **values: object) -> Complaint:
    sent = {"client_ref": str(uuid.uuid4()), "about": "Late delivery", "made_on": "20.11.2026"}
    answer = browser.post(f"/customers/{customer.pk}/complaints/new/", sent | values)
    assert (answer.status_code, answer["Location"]) == (303, f"/customers/{customer.pk}/")
    found: Complaint = Complaint.everything.latest("pk")
    return found


def page_of(browser: Client, customer: Customer, **query: str) -> str:
    return browser.get(f"/customers/{customer.pk}/", query).content.decode().replace("\xa0", " ")


def settle(browser: Client, row: Complaint, **values: object) -> int:
    sent = {"answer": "Sent again, half the price", "on": "23.11.2026"} | values
    return browser.post(f"/complaints/{row.pk}/settle/", sent).status_code


def test_a_complaint_stands_on_the_page_and_on_today_until_it_is_answered(
    login: Login, rep: User, keep
) -> None:
    customer, browser = keep(rep, "Кав'ярня"), login(rep)
    row = complain(browser, customer, note="Three days late")
    assert (row.made_on, row.by, row.recorded_on) == (date(2026, 11, 20), rep, TODAY)
    assert (row.settled_on, row.note) == (None, "Three days late")
    assert AuditEntry.objects.get(subject_type="complaint").action == "create"
    page = page_of(browser, customer, tab="complaints")
    assert "Complaint · Late delivery" in page and "Three days late" in page
    assert "Not answered" in page
    today = browser.get("/today/").content.decode()
    assert "Complained: Late delivery" in today and "3 days ago" in today.replace("\xa0", " ")
    assert settle(browser, row) == 303
    row.refresh_from_db()
    assert (row.settled_on, row.settled_by) == (TODAY, rep)
    assert row.answer == "Sent again, half the price"
    page = page_of(browser, customer)
    assert "Answered after 3 days" in page and "Sent again, half the price" in page
    assert "Not answered" not in page
    assert "Complained:" not in browser.get("/today/").content.decode()
    assert [
        e.action for e in AuditEntry.objects.filter(subject_type="complaint").order_by("id")
    ] == [
        "create",
        "settle complaint",
    ]


def test_the_tab_shows_complaints_alone(login: Login, rep: User, keep) -> None:
    customer, browser = keep(rep), login(rep)
    browser.post(f"/customers/{customer.pk}/notes/", {"note": "Moves in May"})
    complain(browser, customer)
    alone = page_of(browser, customer, tab="complaints")
    assert "Complaint · Late delivery" in alone and "Moves in May" not in alone
    both = page_of(browser, customer)
    assert "Complaint · Late delivery" in both and "Moves in May" in both
    assert "Complaint · Late delivery" not in page_of(browser, customer, tab="calls")


def test_the_same_post_twice_is_one_complaint(login: Login, rep: User, keep) -> None:
    customer, browser, ref = keep(rep), login(rep), str(uuid.uuid4())
    for _again in range(2):
        complain(browser, customer, client_ref=ref)
    assert Complaint.everything.count() == 1
    assert AuditEntry.objects.filter(subject_type="complaint").count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("about", "  "), ("about", "x" * 201), ("made_on", "24.11.2026"), ("note", "x" * 1001)],
)
def test_what_cannot_be_is_told_and_kept(
    login: Login, rep: User, keep, field: str, value: str
) -> None:
    sent = {"client_ref": str(uuid.uuid4()), "about": "Late", "made_on": "20.11.2026"}
    answer = login(rep).post(f"/customers/{keep(rep).pk}/complaints/new/", sent | {field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Complaint.everything.exists()


def test_an_answer_before_the_complaint_or_after_today_is_none(
    login: Login, rep: User, keep
) -> None:
    browser = login(rep)
    row = complain(browser, keep(rep))
    for values in ({"on": "19.11.2026"}, {"on": "24.11.2026"}, {"answer": " "}):
        assert settle(browser, row, **values) == 422
    row.refresh_from_db()
    assert (row.settled_on, row.answer) == (None, "")


def test_the_first_answer_holds_and_can_be_taken_back(login: Login, rep: User, keep) -> None:
    browser = login(rep)
    row = complain(browser, keep(rep))
    settle(browser, row, answer="First")
    settle(browser, row, answer="Second")
    row.refresh_from_db()
    assert row.answer == "First"
    assert browser.post(f"/complaints/{row.pk}/reopen/").status_code == 303
    row.refresh_from_db()
    assert (row.settled_on, row.answer, row.settled_by) == (None, "", None)
    assert "Complained:" in browser.get("/today/").content.decode()


def test_a_mistake_is_deleted_by_its_author_today_and_comes_back(
    login: Login, rep: User, manager: User, keep, frozen: Callable[[date], None]
) -> None:
    customer, browser = keep(rep), login(rep)
    row = complain(browser, customer)
    browser.post(f"/complaints/{row.pk}/delete/")
    assert "Late delivery" not in page_of(browser, customer)
    browser.post(f"/complaints/{row.pk}/restore/")
    assert "Late delivery" in page_of(browser, customer)
    frozen(TODAY + timedelta(days=1))
    browser.post(f"/complaints/{row.pk}/delete/")
    row.refresh_from_db()
    assert row.deleted_on is None
    login(manager).post(f"/complaints/{row.pk}/delete/")
    row.refresh_from_db()
    assert row.deleted_on == TODAY + timedelta(days=1)
    assert settle(browser, row) == 422
    row.refresh_from_db()
    assert row.settled_on is None


def test_it_goes_with_the_customer_to_the_survivor_and_back(
    login: Login, rep: User, admin: User, keep
) -> None:
    one, other = keep(rep, "Doubled"), keep(rep, "Whole")
    browser = login(rep)
    complain(browser, one)
    merge(one, other, on=Company.get().today, by=admin)
    assert "Late delivery" in page_of(browser, other)
    assert f'<a href="/customers/{other.pk}/">Whole</a>' in browser.get("/today/").content.decode()
    unmerge(one, by=admin)
    assert "Late delivery" not in page_of(browser, other)
    assert "Late delivery" in page_of(browser, one)


def test_today_names_whose_are_mine_by_money_and_asks_as_often(
    login: Login, rep: User, other_rep: User, keep
) -> None:
    browser, theirs = login(rep), login(other_rep)

    def complains(number: int) -> None:
        row = keep(rep, f"Mine {number}")
        Customer.everything.filter(pk=row.pk).update(annual_cents=number)
        complain(browser, row)

    complain(theirs, keep(other_rep, "Not mine"))
    complains(3)
    complains(4)
    browser.get("/today/")
    with CaptureQueriesContext(connection) as few:
        text = browser.get("/today/").content.decode()
    assert text.index("Mine 4") < text.index("Mine 3")
    assert "Not mine" not in text
    complains(1)
    complains(2)
    with CaptureQueriesContext(connection) as many:
        assert "Mine 1" in browser.get("/today/").content.decode()
    assert len(many) == len(few)


def _asked(customer: Customer, score: int, days: int, kind: str = "csat") -> Survey:
    on = TODAY - timedelta(days=days)
    row: Survey = Survey.everything.create(
        customer=customer, kind=kind, score=score, answered_on=on, recorded_on=on
    )
    return row


UNHAPPY = "nobody has spoken with them since"


@pytest.mark.parametrize(
    ("kind", "score", "days", "told"),
    [
        ("csat", 2, 3, True),
        ("csat", 3, 3, False),
        ("nps", 6, 29, True),
        ("nps", 6, 30, False),
        ("nps", 7, 3, False),
    ],
)
def test_an_unhappy_answer_of_a_month_is_a_reason(
    login: Login, rep: User, keep, kind: str, score: int, days: int, told: bool
) -> None:
    _asked(keep(rep), score, days, kind)
    assert (UNHAPPY in login(rep).get("/today/").content.decode()) is told


def test_it_is_none_once_they_were_spoken_with_have_a_step_or_answered_better(
    login: Login, rep: User, keep
) -> None:
    browser, names = login(rep), ("Spoken", "Planned", "Better", "Noted", "Same day")
    spoken, planned, better, noted, same_day = (keep(rep, name) for name in names)
    for row in (spoken, planned, better, noted, same_day):
        _asked(row, 1, 5)
    _asked(better, 5, 2)
    Task.everything.create(title="Call", owner=rep, customer=planned, due_on=TODAY)
    _entry(spoken, rep, 4)
    _entry(noted, rep, 4, kind="note")
    _entry(same_day, rep, 5)
    rows = [row.customer.name for row in browser.get("/today/").context["agenda"].unhappy.rows]
    assert sorted(rows) == ["Noted", "Same day"]


def _entry(customer: Customer, author: User, days: int, kind: str = "call") -> None:
    at = datetime(2026, 11, 23, 9, tzinfo=UTC) - timedelta(days=days)
    Activity.everything.create(
        customer=customer, author=author, kind=kind, start_at=at, created_at=at,
        recorded_on=at.date(),
    )  # fmt: skip
