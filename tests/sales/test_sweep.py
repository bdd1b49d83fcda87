"""The sweep: what was planned, opened and is due, saved row by row in one post."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from sales.days.due_days import WorkCalendar
from sales.days.sweep import is_time, rows_of
from sales.models import Activity, Outcome, Task
from team.models import AuditEntry, Company, User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
URL = "/sweep/"


def plan(owner: User, customer: Customer, days: int = 0, title: str = "Ask") -> Task:
    due_on = Company.get().today + timedelta(days=days)
    return Task.everything.create(title=title, owner=owner, customer=customer, due_on=due_on)


def rows(**said: dict[str, str]) -> dict[str, Any]:
    """What the form sends: `rows(task_7={"outcome": "reached"})`."""
    sent: dict[str, Any] = {"row": [key.replace("_", "-") for key in said]}
    for key, values in said.items():
        key = key.replace("_", "-")
        sent |= {f"{key}-client_ref": str(uuid.uuid4())}
        sent |= {f"{key}-{name}": value for name, value in values.items()}
    return sent


def test_who_stands_in_it_and_why(
    login: Login, rep: User, other_rep: User, keep, at_risk: Customer
) -> None:
    browser = login(rep)
    planned, opened, quiet = keep(rep), keep(rep, name="Opened Ltd"), keep(rep, name="Quiet Ltd")
    task = plan(rep, planned, title="Agree the volumes")
    plan(rep, quiet, days=2)
    Task.everything.create(
        title="Send an offer", kind="email", owner=rep, customer=quiet, due_on=Company.get().today
    )
    theirs = plan(other_rep, keep(other_rep, name="Foreign Ltd"))
    browser.get(f"/customers/{opened.pk}/")
    found = rows_of(rep, Company.get())
    assert [row.key for row in found] == [
        f"task-{task.pk}", f"opened-{opened.pk}", f"customer-{at_risk.pk}",
    ]  # fmt: skip
    page = browser.get(URL).content.decode()
    assert "Agree the volumes" in page
    assert "opened <time" in page
    assert "Silent for 41 days" in page
    for absent in ("Quiet Ltd", "Foreign Ltd", theirs.title + " them"):
        assert absent not in page


def test_who_was_written_about_today_is_not_asked_for_again(login: Login, rep: User, keep) -> None:
    customer, browser = keep(rep), login(rep)
    browser.get(f"/customers/{customer.pk}/")
    assert len(rows_of(rep, Company.get())) == 1
    browser.post(f"/customers/{customer.pk}/notes/", {"note": "Loading dock 3"})
    assert rows_of(rep, Company.get()) == []
    assert "Nothing is left to say." in browser.get(URL).content.decode()


def test_each_row_is_saved_once_with_its_next_step(
    login: Login, rep: User, keep, at_risk: Customer
) -> None:
    task = plan(rep, keep(rep))
    sent = rows(
        **{
            f"task_{task.pk}": {"outcome": "reached", "next_step": "week", "note": "Agreed"},
            f"customer_{at_risk.pk}": {"outcome": "no_answer"},
        }
    )
    browser = login(rep)
    for _n in range(2):
        answer = browser.post(URL, sent)
        assert (answer.status_code, answer["Location"]) == (303, URL)
    calls = {call.customer: call for call in Activity.everything.all()}
    assert set(calls) == {task.customer, at_risk}
    assert (calls[task.customer].note, calls[task.customer].author) == ("Agreed", rep)
    task.refresh_from_db()
    assert (task.state, task.done_by) == (Task.State.DONE, calls[task.customer])
    planned = Task.everything.filter(state=Task.State.OPEN)
    assert {one.customer for one in planned} == {task.customer, at_risk}
    assert "2 calls saved." in browser.get(URL).content.decode()


def test_a_bad_row_keeps_its_text_and_the_others_are_saved(
    login: Login, rep: User, keep, at_risk: Customer
) -> None:
    good, untouched = plan(rep, keep(rep)), plan(rep, keep(rep, name="Untouched Ltd"))
    sent = rows(
        **{
            f"task_{good.pk}": {"outcome": "left_word"},
            f"task_{untouched.pk}": {},
            f"customer_{at_risk.pk}": {"outcome": "reached", "note": "They will think", "next_step": "none"},
        }
    )  # fmt: skip
    answer = login(rep).post(URL, sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This customer is at risk. Set a next step." in page
    assert 'value="They will think"' in page
    assert "1 row is not saved yet." in page
    assert "Untouched Ltd" in page
    assert Activity.everything.get().customer == good.customer
    untouched.refresh_from_db()
    assert untouched.state == Task.State.OPEN


def test_a_text_without_an_outcome_is_no_call(login: Login, rep: User, keep) -> None:
    task = plan(rep, keep(rep))
    answer = login(rep).post(URL, rows(**{f"task_{task.pk}": {"note": "Was nice"}}))
    assert answer.status_code == 422
    assert "Choose how the call ended." in answer.content.decode()
    assert 'value="Was nice"' in answer.content.decode()
    assert not Activity.everything.exists()


def test_what_was_said_is_the_reason_for_no_next_step(login: Login, rep: User, keep) -> None:
    task = plan(rep, keep(rep))
    row = {"outcome": "reached", "next_step": "none", "note": "They close the shop"}
    login(rep).post(URL, rows(**{f"task_{task.pk}": row}))
    assert Activity.everything.get().no_next_step == "They close the shop"
    assert not Task.everything.open().exists()


def test_not_called_plans_again(login: Login, rep: User, keep, at_risk: Customer) -> None:
    task, looked = plan(rep, keep(rep), days=-3), keep(rep, name="Opened Ltd")
    browser = login(rep)
    browser.get(f"/customers/{looked.pk}/")
    not_called = {"outcome": "not-called"}
    sent = rows(
        **{
            f"task_{task.pk}": not_called,
            f"customer_{at_risk.pk}": not_called,
            f"opened_{looked.pk}": not_called,
        }
    )
    for _n in range(2):
        assert browser.post(URL, sent).status_code == 303
    tomorrow = WorkCalendar.of(Company.get()).after(1)
    task.refresh_from_db()
    assert (task.due_on, task.state) == (tomorrow, Task.State.OPEN)
    made = Task.everything.get(customer=at_risk)
    assert (made.due_on, made.owner, made.title) == (tomorrow, rep, "Call")
    assert not Task.everything.filter(customer=looked).exists()
    assert not Activity.everything.exists()


def test_the_whole_sweep_can_be_taken_back(
    login: Login, rep: User, manager: User, keep, at_risk: Customer
) -> None:
    called, moved = plan(rep, keep(rep)), plan(rep, keep(rep, name="Moved Ltd"), days=-1)
    due_on = moved.due_on
    browser = login(rep)
    browser.post(
        URL,
        rows(
            **{
                f"task_{called.pk}": {"outcome": "left_word"},
                f"task_{moved.pk}": {"outcome": "not-called"},
                f"customer_{at_risk.pk}": {"outcome": "not-called"},
            }
        ),
    )
    batch = AuditEntry.objects.get(action="reschedule").batch
    assert login(manager).post(f"/sweep/{batch}/undo/").status_code == 303
    assert Activity.everything.get().deleted_on is None  # it was not theirs
    for _n in range(2):
        assert browser.post(f"/sweep/{batch}/undo/").status_code == 303
    assert Activity.everything.get().deleted_on == Company.get().today
    called.refresh_from_db()
    moved.refresh_from_db()
    assert (called.state, moved.due_on) == (Task.State.OPEN, due_on)
    assert not Task.everything.open().filter(customer=at_risk).exists()


def test_rows_of_others_are_told_and_not_saved(
    login: Login, rep: User, other_rep: User, keep
) -> None:
    theirs, task = keep(other_rep), plan(rep, keep(rep, name="Mine"))
    plan(other_rep, theirs)
    foreign = plan(other_rep, theirs)
    outcome = {"outcome": "left_word"}
    sent = rows(
        **{
            f"task_{foreign.pk}": outcome,
            f"customer_{theirs.pk}": outcome,
            f"task_{task.pk}": outcome,
            "nothing_x": outcome,
        }
    )
    browser = login(rep)
    assert browser.post(URL, sent).status_code == 303
    assert Activity.everything.get().customer == task.customer
    assert "3 rows are somebody else&#x27;s by now." in browser.get(URL).content.decode()


def test_the_ladder_counts_here_too(login: Login, rep: User, keep) -> None:
    task = plan(rep, keep(rep))
    for days in (3, 2):
        at = timezone.now() - timedelta(days=days)
        Activity.everything.create(
            author=rep,
            customer=task.customer,
            outcome=Outcome.objects.get(key="no_answer"),
            start_at=at,
            created_at=at,
            recorded_on=Company.get().today,
        )
    login(rep).post(URL, rows(**{f"task_{task.pk}": {"outcome": "no_answer"}}))
    planned = Task.everything.open().get()
    assert planned.due_on == WorkCalendar.of(Company.get()).in_days(7)
    assert planned.due_at is not None


def test_the_page_asks_as_often_for_many_rows_as_for_few(
    login: Login, rep: User, keep, django_assert_max_num_queries, django_assert_num_queries
) -> None:
    def work(count: int) -> None:
        for i in range(count):
            plan(rep, keep(rep, name=f"Planned {count} {i}"))

    browser = login(rep)
    work(5)
    with django_assert_max_num_queries(18) as first:
        browser.get(URL)
    work(10)
    with django_assert_num_queries(len(first)):
        browser.get(URL)


@pytest.mark.parametrize(("clock", "offered"), [("16:59", False), ("17:00", True), ("21:00", True)])
def test_it_is_offered_from_the_last_hour_of_the_day_on(
    company: Company, clock: str, offered: bool
) -> None:
    """The company works until 18:00."""
    now = datetime.strptime(f"2026-11-25 {clock}", "%Y-%m-%d %H:%M").replace(tzinfo=company.zone)
    assert is_time(company, now) is offered


def test_what_a_page_keeps_in_the_background_takes_no_message_away(
    login: Login, rep: User, keep
) -> None:
    task = plan(rep, keep(rep))
    client = login(rep)
    client.post(URL, rows(**{f"task_{task.pk}": {"outcome": "no_answer"}}))
    unseen = client.get("/today/", headers={"X-Background": "yes"})
    assert (unseen.status_code, b"1 call saved." in unseen.content) == (200, False)
    assert b"1 call saved." in client.get(URL).content
    assert b"1 call saved." not in client.get(URL).content
