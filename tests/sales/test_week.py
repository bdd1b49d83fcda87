"""One's own week: what is counted, corrected within a minute, and seen by the manager in the same form."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from customers.ownership import assign
from sales.days.week import week_of, week_start
from sales.models import Activity, Lead, Outcome
from team.models import Absence, AuditEntry, Company, User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
URL = "/week/"


def entry(
    author: User,
    customer: Customer,
    *,
    hours_ago: float = 0,
    outcome: str = "reached",
    **values: Any,
) -> Activity:
    at = timezone.now() - timedelta(hours=hours_ago)
    return Activity.everything.create(
        author=author,
        customer=customer,
        outcome=Outcome.objects.get(key=outcome),
        start_at=at,
        created_at=at,
        recorded_on=Company.get().today,
        **{"minutes": 6, **values},
    )


def shown(person: User, viewer: User):
    company = Company.get()
    return week_of(person, viewer, week_start(company.today), company)


def last_workday() -> date:
    """The latest day up to today on which the company works; it lies in this week or the last."""
    day = Company.get().today
    while day.weekday() > 4:
        day -= timedelta(days=1)
    return day


def test_a_week_is_counted(rep: User, other_rep: User, keep) -> None:
    customer, now = keep(rep), timezone.now()
    entry(rep, customer, minutes=10)
    entry(rep, customer, outcome="no_answer", minutes=1)
    entry(rep, customer, kind="meeting", minutes=50)
    entry(rep, customer, deleted_on=Company.get().today)
    entry(other_rep, customer)
    entry(rep, customer, hours_ago=24 * 8)
    for name, touch in (("In time", 1), ("Late", 30), ("Waits", None)):
        Lead.everything.create(
            name=name,
            owner=rep,
            recorded_on=Company.get().today,
            arrived_at=now,
            response_due_at=now + timedelta(hours=24),
            first_touch_at=None if touch is None else now + timedelta(hours=touch),
        )
    week = shown(rep, rep)
    assert (week.calls, week.reached, week.minutes) == (2, 1, 61)
    assert (week.leads.came, week.leads.in_time, week.leads.waiting) == (3, 1, 1)


def test_minutes_of_many_entries_are_corrected_in_one_save(login: Login, rep: User, keep) -> None:
    customer, browser = keep(rep, name="Harbour & Finch"), login(rep)
    first, second = entry(rep, customer), entry(rep, customer, minutes=3)
    page = browser.get(URL).content.decode()
    assert f'name="entry-{first.pk}-minutes" value="6"' in page
    sent = {
        f"entry-{first.pk}-minutes": "16", f"entry-{first.pk}-version": "1",
        f"entry-{second.pk}-minutes": "3", f"entry-{second.pk}-version": "1",
    }  # fmt: skip
    for _n in range(2):
        assert browser.post(URL, sent).status_code == 303
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.minutes, first.version) == (16, 2)
    assert (second.minutes, second.version) == (3, 1)
    told = AuditEntry.objects.get(action="correct")
    assert (told.actor, told.detail.before, told.detail.after) == (
        rep, {"minutes": 6}, {"minutes": 16},
    )  # fmt: skip


def test_a_faulty_entry_keeps_what_was_typed_and_the_others_are_stored(
    login: Login, rep: User, keep
) -> None:
    customer = keep(rep)
    good, bad = entry(rep, customer), entry(rep, customer)
    sent = {
        f"entry-{good.pk}-minutes": "20", f"entry-{good.pk}-version": "1",
        f"entry-{bad.pk}-minutes": "about ten", f"entry-{bad.pk}-version": "1",
    }  # fmt: skip
    answer = login(rep).post(URL, sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Write whole minutes." in page
    assert 'value="about ten"' in page
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.minutes, bad.minutes) == (20, 6)


def test_older_entries_and_those_of_others_are_not_changed(
    login: Login, rep: User, other_rep: User, keep
) -> None:
    old = entry(rep, keep(rep))
    Activity.everything.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(hours=25))
    theirs = entry(other_rep, keep(other_rep))
    browser = login(rep)
    page = browser.get(URL).content.decode()
    assert f"entry-{old.pk}-minutes" not in page
    assert f'href="/calls/{old.pk}/edit/' in page
    for row in (old, theirs):
        browser.post(URL, {f"entry-{row.pk}-minutes": "99", f"entry-{row.pk}-version": "1"})
        row.refresh_from_db()
        assert row.minutes == 6


def test_an_absence_of_ones_own_is_noted_and_taken_back(
    login: Login, rep: User, manager: User, keep
) -> None:
    day, browser = last_workday(), login(rep)
    days = {"from_on": day.isoformat(), "to_on": day.isoformat()}
    answer = browser.post("/week/away/", days | {"reason": "Dentist"})
    assert answer["Location"] == f"/week/?from={week_start(day).isoformat()}"
    absence = Absence.objects.get()
    assert (absence.user, absence.on, absence.reason) == (rep, day, "Dentist")
    own = browser.get(answer["Location"]).content.decode()
    assert "Dentist" in own
    # what is written down for that day afterwards does not bar the way back
    at = datetime.combine(day, time(10), tzinfo=Company.get().zone)
    Activity.everything.create(
        author=rep, customer=keep(rep), start_at=at, created_at=at, minutes=5, recorded_on=day
    )
    assert 'name="remove"' in browser.get(answer["Location"]).content.decode()
    browser.post("/week/away/", days | {"remove": "on"})
    absence.refresh_from_db()
    assert absence.deleted_on == Company.get().today
    seen = login(manager).get(f"/people/{rep.pk}/week/").content.decode()
    assert "noted an absence" in seen
    assert "took an absence back" in seen


@pytest.mark.parametrize("days", [-30, 30])
def test_days_of_other_weeks_are_for_administrators(login: Login, rep: User, days: int) -> None:
    day = (Company.get().today + timedelta(days=days)).isoformat()
    browser = login(rep)
    browser.post("/week/away/", {"from_on": day, "to_on": day})
    assert "this week and the last" in browser.get(URL).content.decode()
    assert not Absence.objects.exists()


def test_the_manager_sees_the_same_and_what_was_corrected(
    login: Login, rep: User, manager: User, other_manager: User, keep
) -> None:
    call = entry(rep, keep(rep, name="Harbour & Finch"), note="Wants a discount")
    sent = {f"entry-{call.pk}-minutes": "46", f"entry-{call.pk}-version": "1"}
    login(rep).post(URL, sent)
    page = login(manager).get(f"/people/{rep.pk}/week/").content.decode()
    for told in ("Harbour &amp; Finch", "Wants a discount", "Rita Rep corrected", "46"):
        assert told in page
    assert f"entry-{call.pk}-minutes" not in page
    assert "I was away" not in page
    assert login(other_manager).get(f"/people/{rep.pk}/week/").status_code == 404
    assert login(manager).post(f"/people/{rep.pk}/week/", sent).status_code == 405
    assert login(rep).get(f"/people/{rep.pk}/week/").status_code == 403


def test_of_a_customer_that_is_by_now_somebody_elses_only_the_time_is_told(
    login: Login, rep: User, other_rep: User, keep
) -> None:
    customer = keep(rep, name="Handed over Ltd")
    call = entry(rep, customer, note="Secret note", minutes=33)
    browser = login(rep)
    browser.post(URL, {f"entry-{call.pk}-minutes": "34", f"entry-{call.pk}-version": "1"})
    assign([customer.pk], other_rep, on=Company.get().today, by=other_rep)
    page = browser.get(URL).content.decode()
    assert "Handed over" not in page
    assert "Secret note" not in page
    assert "34" in page
    assert "Rita Rep corrected" not in page


@pytest.mark.parametrize("asked", ["", "2026-13-45", "0001-01-01", "9999-12-31", "soon"])
def test_an_odd_week_is_this_week(login: Login, rep: User, asked: str) -> None:
    answer = login(rep).get(URL, {"from": asked})
    assert answer.status_code == 200
    assert answer.context["week"].start == week_start(Company.get().today)


def test_the_queries_do_not_grow_with_the_entries(
    login: Login, rep: User, keep, django_assert_max_num_queries, django_assert_num_queries
) -> None:
    def work(count: int) -> None:
        for i in range(count):
            call = entry(rep, keep(rep, name=f"Customer {count} {i}"))
            sent = {f"entry-{call.pk}-minutes": "9", f"entry-{call.pk}-version": "1"}
            browser.post(URL, sent)

    browser = login(rep)
    work(3)
    with django_assert_max_num_queries(16) as first:
        browser.get(URL)
    asked = len(first)  # the next request begins a new log
    work(6)
    with django_assert_num_queries(asked):
        browser.get(URL)
