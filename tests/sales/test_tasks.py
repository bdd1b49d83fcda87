"""Next steps: planning, finishing, dropping, moving to another day, each with its way back."""

import re
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from customers.ownership import assign
from sales.models import Deal, Lead, Stage, Task
from team.models import AuditEntry, Holiday, User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
Keep = Callable[..., Customer]
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def today() -> object:
    with time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=UTC), tick=False):
        yield


def new(**changed: object) -> dict[str, object]:
    ref = str(uuid.uuid4())
    return {"client_ref": ref, "title": "Send samples", "kind": "call", "due_on": "25.11"} | changed


def test_a_step_is_planned_for_what_it_is_about(login: Login, rep: User, keep: Keep) -> None:
    customer = keep(rep)
    browser, values = login(rep), new(customer=customer.pk, due_at="11:30")
    answer = browser.post(f"/tasks/new/?customer={customer.pk}", values)
    browser.post(f"/tasks/new/?customer={customer.pk}", values)
    task = Task.everything.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/customers/{customer.pk}/")
    assert (task.customer, task.owner, task.created_by) == (customer, rep, rep)
    assert (task.due_on, task.due_at, task.state) == (date(2026, 11, 25), time(11, 30), "open")
    assert AuditEntry.objects.get(subject_type="task").action == "create"


def test_a_step_about_a_deal_knows_its_customer(login: Login, rep: User, keep: Keep) -> None:
    customer = keep(rep)
    deal = Deal.everything.create(
        title="Bags",
        customer=customer,
        owner=rep,
        stage=Stage.objects.get(key="new"),
        stage_since=TODAY,
        opened_on=TODAY,
    )
    login(rep).post(f"/tasks/new/?deal={deal.pk}", new(deal=deal.pk))
    task = Task.everything.get()
    assert (task.deal, task.customer) == (deal, customer)


def test_foreign_subjects_and_owners_are_no_choice(
    login: Login, rep: User, other_rep: User, keep: Keep
) -> None:
    foreign = keep(other_rep)
    lead = Lead.everything.create(name="Foreign", owner=other_rep)
    browser = login(rep)
    assert browser.post("/tasks/new/", new(customer=foreign.pk)).status_code == 422
    assert browser.post("/tasks/new/", new(lead=lead.pk)).status_code == 422
    assert not Task.everything.exists()
    browser.post("/tasks/new/", new(owner=other_rep.pk))
    assert Task.everything.get().owner == rep


def test_a_manager_plans_for_their_own_people(
    login: Login, manager: User, rep: User, other_rep: User
) -> None:
    browser = login(manager)
    assert browser.post("/tasks/new/", new(owner=other_rep.pk)).status_code == 422
    browser.post("/tasks/new/", new(owner=rep.pk))
    assert Task.everything.get().owner == rep
    browser.post("/tasks/new/", new())
    assert Task.everything.latest("id").owner == manager


def test_a_day_that_has_passed_is_told(login: Login, rep: User) -> None:
    answer = login(rep).post("/tasks/new/", new(due_on="22.11.2026"))
    assert answer.status_code == 422
    assert "This day has passed. Choose today or later." in answer.content.decode()
    assert not Task.everything.exists()


def test_a_day_more_than_ten_years_ahead_is_told(login: Login, rep: User) -> None:
    """23 November 2036 is ten years ahead; the day after it is not taken, new, edited or moved to."""
    browser = login(rep)
    for typed in ("24.11.2036", "31.12.2099"):
        answer = browser.post("/tasks/new/", new(due_on=typed))
        assert answer.status_code == 422
        assert "This day is more than ten years ahead." in answer.content.decode()
    assert not Task.everything.exists()
    assert browser.post("/tasks/new/", new(due_on="23.11.2036")).status_code == 303
    step = Task.everything.get()
    moved = browser.post(f"/tasks/{step.pk}/reschedule/", {"due_on": "24.11.2036"})
    values = {"version": 1, "title": "Send samples", "kind": "call", "due_on": "24.11.2036"}
    edited = browser.post(f"/tasks/{step.pk}/edit/", values)
    for answer in (moved, edited):
        assert answer.status_code == 422
        assert "This day is more than ten years ahead." in answer.content.decode()
    step.refresh_from_db()
    assert step.due_on == date(2036, 11, 23)


def test_an_overdue_step_can_still_be_edited(login: Login, rep: User) -> None:
    task = Task.everything.create(title="Old", owner=rep, due_on=date(2026, 11, 2))
    values = {"version": 1, "title": "Older", "kind": "call", "due_on": "02.11.2026"}
    assert login(rep).post(f"/tasks/{task.pk}/edit/", values).status_code == 303
    task.refresh_from_db()
    assert (task.title, task.due_on) == ("Older", date(2026, 11, 2))
    page = login(rep).get(f"/tasks/{task.pk}/edit/").content.decode()
    assert "<del>Old</del> → <ins>Older</ins>" in page


def test_two_edits_meet(login: Login, rep: User, manager: User) -> None:
    task = Task.everything.create(title="Step", owner=rep, due_on=TODAY)
    values = {"version": 1, "kind": "call", "due_on": "23.11.2026"}
    login(manager).post(f"/tasks/{task.pk}/edit/", values | {"title": "One", "owner": rep.pk})
    answer = login(rep).post(f"/tasks/{task.pk}/edit/", values | {"title": "Two"})
    assert answer.status_code == 409
    task.refresh_from_db()
    assert task.title == "One"


@pytest.mark.parametrize(("act", "state"), [("done", "done"), ("drop", "dropped")])
def test_ending_a_step_and_taking_it_back(
    login: Login, rep: User, step: Task, act: str, state: str
) -> None:
    browser = login(rep)
    page = browser.post(f"/tasks/{step.pk}/{act}/", {"next": "/tasks/"}, follow=True)
    browser.post(f"/tasks/{step.pk}/{act}/")
    step.refresh_from_db()
    assert step.state == state
    assert f"/tasks/{step.pk}/reopen/" in page.content.decode()
    assert AuditEntry.objects.filter(subject_type="task").count() == 1
    browser.post(f"/tasks/{step.pk}/reopen/")
    browser.post(f"/tasks/{step.pk}/reopen/")
    step.refresh_from_db()
    assert (step.state, step.done_at) == ("open", None)
    assert AuditEntry.objects.filter(action="reopen").count() == 1


def test_another_day_and_back(login: Login, rep: User) -> None:
    step = Task.everything.create(
        title="Call", owner=rep, due_on=date(2026, 11, 20), due_at=time(11, 30)
    )
    browser = login(rep)
    browser.post(f"/tasks/{step.pk}/reschedule/", {"days": "3"})
    step.refresh_from_db()
    assert (step.due_on, step.due_at) == (date(2026, 11, 26), None)
    page = browser.get("/tasks/").content.decode()
    undo = f"/tasks/{step.pk}/reschedule/?due_on=2026-11-20&due_at=11%3A30%3A00"
    assert undo.replace("&", "&amp;") in page
    browser.post(undo, {"next": "/tasks/"})
    step.refresh_from_db()
    assert (step.due_on, step.due_at) == (date(2026, 11, 20), time(11, 30))


@pytest.mark.parametrize(
    ("days", "to"),
    [("1", date(2026, 12, 1)), ("3", date(2026, 12, 1)), ("7", date(2026, 12, 4))],
)
def test_later_lands_on_worked_days(login: Login, rep: User, days: str, to: date) -> None:
    """On a Friday before a Monday that is a holiday."""
    Holiday.objects.create(on=date(2026, 11, 30), recorded_on=TODAY)
    with time_machine.travel(datetime(2026, 11, 27, 9, tzinfo=UTC), tick=False):
        step = Task.everything.create(title="Call", owner=rep, due_on=date(2026, 11, 27))
        page = login(rep).get("/tasks/").content.decode().replace("\xa0", " ")
        offered = re.findall(r'name="days" value="(\d)">([^<]+)<', page)
        login(rep).post(f"/tasks/{step.pk}/reschedule/", {"days": days})
    step.refresh_from_db()
    assert step.due_on == to
    # each day once, and by its name where it is another one than the words say
    assert offered == [("1", "Tue 1 Dec"), ("7", "In a week")]


@pytest.mark.parametrize("values", [{}, {"due_on": "31.02"}, {"days": "99999"}, {"days": "x"}])
def test_no_day_is_no_move(login: Login, rep: User, step: Task, values: dict[str, str]) -> None:
    before = step.due_on
    assert login(rep).post(f"/tasks/{step.pk}/reschedule/", values).status_code == 422
    step.refresh_from_db()
    assert (step.due_on, step.version) == (before, 1)


def test_a_step_that_has_ended_is_not_moved(login: Login, rep: User) -> None:
    """In two windows one finishes it, the other puts it off: nobody is told that it is planned."""
    day = date(2026, 11, 25)
    step = Task.everything.create(title="Send samples", owner=rep, due_on=day)
    browser = login(rep)
    browser.post(f"/tasks/{step.pk}/done/")
    page = browser.post(f"/tasks/{step.pk}/reschedule/", {"days": "3"}, follow=True)
    assert "is not open any more. Nothing was moved." in page.content.decode()
    step.refresh_from_db()
    assert (step.due_on, step.state, step.put_off) == (day, "done", 0)
    assert not AuditEntry.objects.filter(action="reschedule").exists()


@pytest.mark.parametrize("act", ["edit", "done", "drop", "reopen", "reschedule"])
def test_somebody_elses_step_is_not_there(
    login: Login, other_rep: User, step: Task, act: str
) -> None:
    answer = login(other_rep).post(f"/tasks/{step.pk}/{act}/", {"days": "1", "title": "Mine"})
    assert answer.status_code == 404
    step.refresh_from_db()
    assert (step.state, step.version) == ("open", 1)


def test_ones_own_step_about_a_customer_handed_over_still_ends(
    login: Login, rep: User, other_rep: User, step: Task
) -> None:
    assert step.customer is not None
    assign([step.customer.pk], other_rep, on=TODAY, by=None)
    answer = login(rep).post(f"/tasks/{step.pk}/done/")
    assert answer["Location"] == "/tasks/"
    edited = {"version": 2, "title": "Still mine", "kind": "call", "due_on": "23.11.2026"}
    assert login(rep).post(f"/tasks/{step.pk}/edit/", edited).status_code == 303
    step.refresh_from_db()
    assert (step.title, step.customer is not None) == ("Still mine", True)


def names(page: str) -> list[str]:
    return [
        part.split("</a>")[0].rpartition("</svg>")[2].strip()
        for part in page.split("data-row-link")[1:]
    ]


def test_the_tabs(login: Login, rep: User, manager: User, sub_rep: User) -> None:
    for title, owner, day, state in (
        ("Late", rep, 20, "open"),
        ("Today", rep, 23, "open"),
        ("Theirs", sub_rep, 21, "open"),
        ("Finished", rep, 19, "done"),
        ("Dropped", rep, 18, "dropped"),
    ):
        Task.everything.create(title=title, owner=owner, due_on=date(2026, 11, day), state=state)
    browser = login(rep)
    assert names(browser.get("/tasks/").content.decode()) == ["Late", "Today"]
    assert names(browser.get("/tasks/?state=overdue").content.decode()) == ["Late"]
    assert names(browser.get("/tasks/?state=done").content.decode()) == ["Finished"]
    leader = login(manager)
    assert names(leader.get("/tasks/").content.decode()) == []
    assert names(leader.get("/tasks/?state=open").content.decode()) == ["Late", "Theirs", "Today"]
    assert names(leader.get("/tasks/?state=overdue").content.decode()) == ["Late", "Theirs"]
    narrowed = leader.get(f"/tasks/?state=open&owner={sub_rep.pk}").content.decode()
    assert names(narrowed) == ["Theirs"]


def test_the_queries_do_not_grow(login: Login, manager: User, rep: User, keep: Keep) -> None:
    browser = login(manager)
    counts = []
    for more in (2, 30):
        for i in range(more):
            customer = keep(rep, name=f"Customer {more} {i}")
            Task.everything.create(title="Step", owner=rep, customer=customer, due_on=TODAY)
        with CaptureQueriesContext(connection) as listed:
            browser.get("/tasks/?state=open")
        counts.append(len(listed))
    assert counts[0] == counts[1] <= 12


def test_a_filter_that_leaves_nothing_is_cleared_in_one_step(
    login: Login, manager: User, rep: User, sub_rep: User
) -> None:
    browser = login(manager)
    browser.post("/tasks/new/", new(owner=rep.pk))
    for tab in ("open", "mine", "overdue"):
        page = browser.get(f"/tasks/?state={tab}&owner={sub_rep.pk}").content.decode()
        assert "No task matches" in page and 'href="/tasks/"' in page
        assert "No tasks here yet" not in page and "Every task planned here is done" not in page


def test_an_empty_filter_tells_how_many_stand_elsewhere(
    login: Login, manager: User, rep: User, sub_rep: User
) -> None:
    """ux.md 6: name the filter, count elsewhere, clear it; where nothing stands, no others are promised."""
    browser, address = login(manager), f"/tasks/?owner={sub_rep.pk}"
    assert "Without the filter nothing stands here either." in browser.get(address).content.decode()
    for count, told in (
        (1, "Without the filter 1 stands here."),
        (2, "Without the filter 2 stand"),
    ):
        browser.post("/tasks/new/", new(owner=manager.pk))
        browser.post("/tasks/new/", new(owner=rep.pk))  # stands under another tab
        assert Task.everything.filter(owner=manager).count() == count
        assert told in browser.get(address).content.decode()
