"""Customers entered twice are found at night, shown to who leads others, merged or dismissed for good."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, TwinPair
from customers.ownership import assign
from customers.twins import SHARED_BY, write_twins
from team.jobs import ask
from team.jobs.running import run
from team.models import AuditEntry, Company, User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
TODAY = date(2026, 11, 23)


def customer(name: str, owner: User | None = None, **values: object) -> Customer:
    row: Customer = Customer.everything.create(name=name, **values)
    if owner is not None:
        assign([row.pk], owner, on=Company.get().today, by=owner)
        row.refresh_from_db()
    return row


def found() -> dict[tuple[str, str], str]:
    rows = TwinPair.everything.select_related("first", "second")
    return {(row.first.name, row.second.name): row.signs for row in rows}


def test_what_makes_two_alike_and_what_does_not() -> None:
    for name, values in (
        ("ТОВ «Карпатська Кава»", {"phone": "067 555 01 42", "place": "Lviv"}),
        ("Kava Karpatska Ltd", {"region": "West"}),
        ("Карпатська Кава", {"place": "Odesa"}),
        ("Other name", {"phone": "+380 67 555 01 42"}),
        ("Harbour & Finch", {"email": "Office@finch.example"}),
        ("Finch, Harbour", {"email": "office@finch.example", "region": "South"}),
        ("Gone", {"email": "office@finch.example", "binned_on": TODAY}),
        ("Trial", {"email": "office@finch.example", "is_test": True}),
        ("ТОВ", {}),
        ("LLC", {}),
    ):
        customer(name, **values)
    assert write_twins(today=TODAY) == 4
    assert found() == {
        ("ТОВ «Карпатська Кава»", "Other name"): "phone",
        ("ТОВ «Карпатська Кава»", "Kava Karpatska Ltd"): "name",
        ("Kava Karpatska Ltd", "Карпатська Кава"): "name",
        ("Harbour & Finch", "Finch, Harbour"): "email,name",
    }


def test_what_many_have_in_common_is_no_sign() -> None:
    for n in range(SHARED_BY + 1):
        customer(f"Shop {n}", phone="067 555 01 42")
    assert write_twins(today=TODAY) == 0
    Customer.everything.order_by("pk").first().delete()
    write_twins(today=TODAY)
    assert TwinPair.everything.count() == SHARED_BY * (SHARED_BY - 1) // 2


def test_a_night_keeps_what_was_settled_and_drops_what_is_past() -> None:
    a, b = customer("Kava", email="a@x.example"), customer("Kava")
    c, d = customer("Tea", annual_cents=500), customer("Tea", annual_cents=700)
    write_twins(today=TODAY)
    pair = TwinPair.everything.get(first=a)
    TwinPair.everything.filter(first=a).update(state="different")
    assert TwinPair.everything.get(first=c).cents == 1200
    Customer.everything.filter(pk=b.pk).update(email="a@x.example")
    Customer.everything.filter(pk=d.pk).update(name="Coffee", annual_cents=900)
    assert write_twins(today=TODAY) == 0
    assert list(TwinPair.everything.values_list("pk", "state", "signs")) == [
        (pair.pk, "different", "name")
    ]


def test_the_cost_does_not_grow_with_the_customers(db: None) -> None:
    counts = []
    for n in range(2):
        for i in range(20):
            customer(f"Twin {'ab'[n]}{i}", phone=f"067 555 {n}1 {i:02}")
            customer(f"Other {'ab'[n]}{i}", phone=f"067 555 {n}1 {i:02}")
        with CaptureQueriesContext(connection) as queries:
            write_twins(today=TODAY)
        counts.append(len(queries))
    assert TwinPair.everything.count() == 40
    assert counts[0] == counts[1]


def test_the_job_of_the_night_writes_them(db: None) -> None:
    customer("Kava")
    customer("kava")
    job = ask("customers.twins", {"day": "2026-11-22"}, by=None, key="2026-11-22")
    run(job.pk)
    job.refresh_from_db()
    assert job.state == "done"
    assert TwinPair.everything.get().found_on == TODAY


def test_who_leads_others_sees_pairs_of_which_both_are_in_sight(
    login: Login, rep: User, other_rep: User, manager: User, other_manager: User, admin: User
) -> None:
    customer("Kava mine", rep, phone="067 555 01 42")
    customer("Kava theirs", other_rep, phone="067 555 01 42")
    customer("Tea one", rep, phone="067 555 01 43")
    customer("Tea two", None, phone="067 555 01 43")
    write_twins(today=TODAY)
    pages = {
        who: login(person).get("/customers/twins/").content.decode()
        for who, person in (("m", manager), ("o", other_manager), ("a", admin))
    }
    shown = {who: ("Kava mine" in page, "Tea one" in page) for who, page in pages.items()}
    assert shown == {"m": (False, True), "o": (False, False), "a": (True, True)}
    assert login(rep).get("/customers/twins/").status_code == 403
    pair = TwinPair.everything.get(first__name="Kava mine")
    for person, status in ((rep, 403), (manager, 404), (other_manager, 404)):
        answer = login(person).post(f"/customers/twins/{pair.pk}/dismiss/")
        assert answer.status_code == status
    pair.refresh_from_db()
    assert pair.is_open


def test_not_the_same_is_remembered_and_can_be_taken_back(
    login: Login, rep: User, manager: User
) -> None:
    customer("Kava", rep, place="Lviv")
    customer("Kava", rep, place="Lviv")
    write_twins(today=TODAY)
    pair, browser = TwinPair.everything.get(), login(manager)
    for _again in range(2):
        assert browser.post(f"/customers/twins/{pair.pk}/dismiss/").status_code == 303
    assert AuditEntry.objects.filter(action="settle twins").count() == 1
    write_twins(today=TODAY)
    assert "Compare and merge" not in browser.get("/customers/twins/").content.decode()
    page = browser.get("/customers/twins/?state=different").content.decode()
    assert "Maria Manager" in page and "Look again" in page
    browser.post(f"/customers/twins/{pair.pk}/restore/")
    pair.refresh_from_db()
    assert pair.is_open and pair.by is None
    assert "Compare and merge" in browser.get("/customers/twins/").content.decode()


def test_what_waits_is_counted_in_the_rail_until_it_is_merged(
    login: Login, rep: User, manager: User
) -> None:
    one, other = customer("Kava", rep), customer("Kava", rep)
    write_twins(today=TODAY)
    browser = login(manager)
    assert _waiting(browser) == "1"
    assert "Looks like" in browser.get(f"/customers/{one.pk}/merge/").content.decode()
    values = {"other": other.pk, "keep": "this", "version": 1, "other_version": 1}
    assert browser.post(f"/customers/{one.pk}/merge/", values).status_code == 303
    assert _waiting(browser) is None
    assert "Compare and merge" not in browser.get("/customers/twins/").content.decode()


def _waiting(browser: Client) -> str | None:
    groups = browser.get("/customers/").context["frame"].rail
    item = next(item for group in groups for item in group.items if item.label == "Duplicates")
    return None if item.count is None else str(item.count)


def test_the_list_costs_the_same_for_one_and_for_many(
    login: Login, rep: User, manager: User
) -> None:
    browser, counts = login(manager), []
    for n in range(1, 3):
        for i in range(10):
            customer(f"Shop {'abc'[n]}{i}", rep, phone=f"067 555 {n}1 {i:02}")
            customer(f"Laden {'abc'[n]}{i}", rep, phone=f"067 555 {n}1 {i:02}")
        write_twins(today=TODAY)
        browser.get("/customers/twins/")
        with CaptureQueriesContext(connection) as queries:
            page = browser.get("/customers/twins/").content.decode()
        assert page.count("Compare and merge") == 10 * n
        counts.append(len(queries))
    assert counts[0] == counts[1]
