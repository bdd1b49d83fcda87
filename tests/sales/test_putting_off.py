"""Later, again and again: it is counted, and from the fourth time on a customer at risk needs a reason."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from customers.models import Customer
from sales.models import Activity, Task
from team.models import AuditEntry, Company, User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]


@pytest.fixture(autouse=True)
def every_day_is_worked(db: None) -> None:
    """So that a number of days is that many, on whichever day this runs."""
    company = Company.get()
    company.workdays = [0, 1, 2, 3, 4, 5, 6]
    company.save()


@pytest.fixture
def promised(rep: User, at_risk: Customer) -> Task:
    return Task.everything.create(
        title="Ask why", owner=rep, customer=at_risk, due_on=Company.get().today
    )


def _later(browser: Client, step: Task, **values: object) -> int:
    answer = browser.post(f"/tasks/{step.pk}/reschedule/", {"next": "/today/"} | values)
    step.refresh_from_db()
    return answer.status_code


def _put_off_three_times(browser: Client, step: Task) -> None:
    for days in (1, 2, 3):
        assert _later(browser, step, days=days) == 303
    assert step.put_off == 3


def test_the_fourth_time_asks_why_and_keeps_the_day(
    login: Login, rep: User, promised: Task
) -> None:
    browser = login(rep)
    _put_off_three_times(browser, promised)
    stood, version = promised.due_on, promised.version
    answer = browser.post(f"/tasks/{promised.pk}/reschedule/", {"days": "7", "next": "/today/"})
    page = answer.content.decode()
    assert answer.status_code == 422
    told = "This customer is at risk, and the step was put off 3 times. Say why once more."
    assert told in page
    day = Company.get().today + timedelta(days=7)
    assert f"{day:%Y-%m-%d}" in page or f"{day:%d.%m.%Y}" in page
    promised.refresh_from_db()
    assert (promised.due_on, promised.version, promised.put_off) == (stood, version, 3)
    assert not Activity.everything.exists()


def test_the_reason_stands_where_people_look(login: Login, rep: User, promised: Task) -> None:
    browser = login(rep)
    _put_off_three_times(browser, promised)
    assert _later(browser, promised, days=7, why="The buyer is away") == 303
    assert (promised.put_off, promised.put_off_why) == (4, "The buyer is away")
    assert promised.due_on == Company.get().today + timedelta(days=7)
    note = Activity.everything.get()
    assert (note.kind, note.author, note.customer) == ("note", rep, promised.customer)
    page = browser.get(f"/customers/{promised.customer_id}/").content.decode()
    assert "«Ask why» put off to" in page
    assert "put off 4 times: The buyer is away" in page
    entry = AuditEntry.objects.filter(action="reschedule").latest("pk")
    assert entry.detail.after["put_off_why"] == "The buyer is away"
    assert (entry.detail.before["put_off"], entry.detail.after["put_off"]) == (3, 4)


def test_back_to_where_it_stood_was_no_putting_off(login: Login, rep: User, promised: Task) -> None:
    browser = login(rep)
    _put_off_three_times(browser, promised)
    stood = promised.due_on
    _later(browser, promised, days=7, why="The buyer is away")
    browser.post(f"/tasks/{promised.pk}/reschedule/?due_on={stood}", {"next": "/today/"})
    promised.refresh_from_db()
    assert (promised.due_on, promised.put_off, promised.put_off_why) == (stood, 3, "")
    assert Activity.everything.get().deleted_on == Company.get().today
    page = browser.get(f"/customers/{promised.customer_id}/").content.decode()
    assert (
        "The buyer is away" not in page.partition('id="next-steps"')[2].partition("</section>")[0]
    )


def test_earlier_is_not_later(login: Login, rep: User, promised: Task) -> None:
    browser = login(rep)
    _put_off_three_times(browser, promised)
    day = Company.get().today + timedelta(days=1)
    assert _later(browser, promised, due_on=day.isoformat()) == 303
    assert (promised.due_on, promised.put_off) == (day, 3)
    # and not a way around the question
    assert _later(browser, promised, days=7) == 422


def test_another_day_in_the_form_of_the_step_counts(
    login: Login, rep: User, promised: Task
) -> None:
    browser = login(rep)
    day = Company.get().today + timedelta(days=2)
    values = {"version": 1, "title": "Ask why", "kind": "call", "due_on": day.isoformat()}
    values["customer"] = promised.customer_id
    assert browser.post(f"/tasks/{promised.pk}/edit/", values).status_code == 303
    promised.refresh_from_db()
    assert (promised.due_on, promised.put_off) == (day, 1)


def test_who_is_not_at_risk_is_put_off_without_a_word(login: Login, rep: User, step: Task) -> None:
    browser = login(rep)
    for days in range(1, 7):
        assert _later(browser, step, days=days) == 303
    assert step.put_off == 6
    assert not Activity.everything.exists()


def test_of_a_customer_handed_on_nothing_is_asked_or_written(
    login: Login, rep: User, other_rep: User, promised: Task
) -> None:
    browser = login(rep)
    _put_off_three_times(browser, promised)
    Customer.everything.filter(pk=promised.customer_id).update(owner=other_rep)
    assert _later(browser, promised, days=7, why="Not theirs to tell") == 303
    assert promised.put_off_why == ""
    assert not Activity.everything.exists()


def _edit(browser: Client, step: Task, **values: object) -> HttpResponse:
    """The form of the step as its page holds it, with these values over it."""
    step.refresh_from_db()
    typed = {"title": step.title, "kind": step.kind, "customer": step.customer_id, "note": ""}
    typed |= {"due_on": f"{step.due_on:%d.%m.%Y}", "version": step.version}
    return browser.post(f"/tasks/{step.pk}/edit/", typed | values)


def test_editing_a_step_to_a_later_day_asks_why_like_later(
    login: Login, rep: User, promised: Task
) -> None:
    browser = login(rep)
    _put_off_three_times(browser, promised)
    page = browser.get(f"/tasks/{promised.pk}/edit/").content.decode()
    assert "Why it is put off again" in page and "If you choose a later day." in page
    stood, version = promised.due_on, promised.version
    later = stood + timedelta(days=4)
    refused = _edit(browser, promised, due_on=f"{later:%d.%m.%Y}", title="Ask again")
    told = "This customer is at risk, and the step was put off 3 times. Say why once more."
    assert refused.status_code == 422
    page = refused.content.decode()
    assert told in page and 'value="Ask again"' in page
    promised.refresh_from_db()
    assert (promised.due_on, promised.version, promised.title) == (stood, version, "Ask why")
    assert not Activity.everything.exists()
    saved = _edit(browser, promised, due_on=f"{later:%d.%m.%Y}", put_off_why="The buyer is away")
    assert saved.status_code == 303
    promised.refresh_from_db()
    assert (promised.due_on, promised.put_off) == (later, 4)
    assert promised.put_off_why == "The buyer is away"
    note = Activity.everything.get()
    assert (note.customer, note.author) == (promised.customer, rep)
    assert "The buyer is away" in note.note


def test_editing_what_is_no_later_day_asks_nothing(login: Login, rep: User, promised: Task) -> None:
    browser = login(rep)
    _put_off_three_times(browser, promised)
    assert _edit(browser, promised, title="Ask again").status_code == 303
    earlier = promised.due_on - timedelta(days=2)
    assert _edit(browser, promised, due_on=f"{earlier:%d.%m.%Y}").status_code == 303
    promised.refresh_from_db()
    assert (promised.title, promised.due_on, promised.put_off) == ("Ask again", earlier, 3)
    assert not Activity.everything.exists()


def test_a_step_of_nobody_at_risk_is_edited_without_a_word(
    login: Login, rep: User, step: Task
) -> None:
    Task.everything.filter(pk=step.pk).update(put_off=5)
    browser = login(rep)
    page = browser.get(f"/tasks/{step.pk}/edit/").content.decode()
    assert "Why it is put off again" not in page
    later = step.due_on + timedelta(days=4)
    assert _edit(browser, step, due_on=f"{later:%d.%m.%Y}").status_code == 303
    assert not Activity.everything.exists()


def test_somebody_saved_first_and_the_reason_is_not_lost(
    login: Login, rep: User, promised: Task
) -> None:
    browser = login(rep)
    _put_off_three_times(browser, promised)
    later = promised.due_on + timedelta(days=4)
    answer = _edit(
        browser,
        promised,
        version=1,
        due_on=f"{later:%d.%m.%Y}",
        put_off_why="The buyer is away",
    )
    assert answer.status_code == 409
    assert "The buyer is away" in answer.content.decode()
    assert not Activity.everything.exists()


def test_the_sweep_asks_why_and_takes_what_was_said_for_it(
    login: Login, rep: User, promised: Task
) -> None:
    Task.everything.filter(pk=promised.pk).update(put_off=3)
    browser = login(rep)
    key = f"task-{promised.pk}"
    sent = {"row": key, f"{key}-outcome": "not-called", f"{key}-client_ref": str(uuid.uuid4())}
    refused = browser.post("/sweep/", sent)
    assert refused.status_code == 422
    told = "This customer is at risk, and the step was put off 3 times. Say why once more."
    assert told in refused.content.decode()
    promised.refresh_from_db()
    assert (promised.due_on, promised.put_off) == (Company.get().today, 3)
    assert browser.post("/sweep/", sent | {f"{key}-note": "Trade fair"}).status_code == 303
    promised.refresh_from_db()
    assert (promised.put_off, promised.put_off_why) == (4, "Trade fair")
    assert promised.due_on > Company.get().today
    note = Activity.everything.get()
    assert (note.kind, note.customer) == ("note", promised.customer)
    assert "Trade fair" in note.note
    batch = AuditEntry.objects.filter(action="reschedule").latest("pk").batch
    browser.post(f"/sweep/{batch}/undo/")
    promised.refresh_from_db()
    assert (promised.due_on, promised.put_off) == (Company.get().today, 3)
    assert Activity.everything.get().deleted_on == Company.get().today


def test_in_the_sweep_nothing_is_asked_before_the_third_time(
    login: Login, rep: User, promised: Task
) -> None:
    Task.everything.filter(pk=promised.pk).update(put_off=2)
    browser = login(rep)
    key = f"task-{promised.pk}"
    sent = {"row": key, f"{key}-outcome": "not-called", f"{key}-client_ref": str(uuid.uuid4())}
    assert browser.post("/sweep/", sent).status_code == 303
    assert not Activity.everything.exists()
