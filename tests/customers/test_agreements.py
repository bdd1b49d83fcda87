"""Contracts and answers about satisfaction, entered by hand, and the main contact, through the door people use."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from customers.models import Contact, Contract, Customer, Revenue, Survey
from customers.ownership import assign
from customers.purchases import refresh_purchases
from team.models import AuditEntry, Company, User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    def at(day: date) -> None:
        monkeypatch.setattr("team.models.Company.today", property(lambda self: day))

    at(TODAY)
    return at


@pytest.fixture
def customer(rep: User) -> Customer:
    row: Customer = Customer.everything.create(name="Карпатська Кава")
    assign([row.pk], rep, on=Company.get().today, by=rep)
    for days in (400, 370, 340, 310, 280):
        on = TODAY - timedelta(days=days)
        Revenue.everything.create(customer=row, on=on, amount=Decimal(100), recorded_on=on)
    refresh_purchases(None)
    row.refresh_from_db()
    return row


def ref(**values: object) -> dict[str, object]:
    return {"client_ref": str(uuid.uuid4()), **values}


def contract(browser: Client, customer: Customer, **values: object) -> Contract:
    sent = ref(start_on="01.01.2026", end_on="31.12.2026", title="Beans", **values)
    answer = browser.post(f"/customers/{customer.pk}/contracts/new/", sent)
    assert (answer.status_code, answer["Location"]) == (303, f"/customers/{customer.pk}/")
    return Contract.everything.latest("pk")


def test_a_contract_is_stored_and_covers_the_customer_at_once(
    login: Login, rep: User, customer: Customer
) -> None:
    assert customer.lost_on is not None and customer.lost_on < TODAY
    row = contract(login(rep), customer)
    assert (row.title, row.start_on, row.end_on) == ("Beans", date(2026, 1, 1), date(2026, 12, 31))
    assert (row.recorded_on, row.by) == (TODAY, rep)
    customer.refresh_from_db()
    assert customer.lost_on is None or customer.lost_on > TODAY
    assert AuditEntry.objects.get(subject_type="contract").action == "create"
    page = login(rep).get(f"/customers/{customer.pk}/").content.decode().replace("\xa0", " ")
    assert "Contract begins: Beans" in page and "31 Dec 2026" in page


@pytest.mark.parametrize(
    ("typed", "day"), [("1.12", date(2026, 12, 1)), ("1.11", date(2026, 11, 1))]
)
def test_a_first_day_without_a_year_is_the_nearest(
    login: Login, rep: User, customer: Customer, typed: str, day: date
) -> None:
    """Both of next week and of last week: a contract of a year ago covers what it does not."""
    login(rep).post(f"/customers/{customer.pk}/contracts/new/", ref(start_on=typed))
    assert Contract.everything.get().start_on == day


def test_the_same_post_twice_makes_one_contract(
    login: Login, rep: User, customer: Customer
) -> None:
    values = ref(start_on="01.01.2026")
    for _again in range(2):
        login(rep).post(f"/customers/{customer.pk}/contracts/new/", values)
    assert Contract.everything.count() == 1
    assert AuditEntry.objects.filter(subject_type="contract").count() == 1


def test_what_cannot_be_is_told_and_kept(login: Login, rep: User, customer: Customer) -> None:
    values = ref(start_on="01.06.2026", end_on="01.05.2026", title="Typed")
    answer = login(rep).post(f"/customers/{customer.pk}/contracts/new/", values)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "The last day lies before the first." in page and "Typed" in page
    assert not Contract.everything.exists()


def test_a_renewal_begins_the_day_after_for_as_long(
    login: Login, rep: User, other_rep: User, customer: Customer
) -> None:
    row = contract(login(rep), customer)
    address = f"/customers/{customer.pk}/contracts/new/?renews={row.pk}"
    page = login(rep).get(address).content.decode()
    assert "Renew contract" in page and 'value="Beans"' in page
    assert 'value="01.01.2027"' in page and 'value="31.12.2027"' in page
    assert login(other_rep).get(address).status_code == 404


def test_a_contract_ended_today_is_the_same_row_with_a_last_day(
    login: Login, rep: User, customer: Customer, frozen
) -> None:
    row = contract(login(rep), customer)
    frozen(TODAY + timedelta(days=3))
    answer = login(rep).post(f"/contracts/{row.pk}/end/", {"on": "30.11.2026"})
    assert answer.status_code == 303
    row.refresh_from_db()
    assert (row.cancelled_on, row.deleted_on) == (date(2026, 11, 30), None)
    assert AuditEntry.objects.filter(action="end contract", subject_id=row.pk).count() == 1


def test_a_contract_ended_on_a_past_day_leaves_what_was_known(
    login: Login, rep: User, customer: Customer, frozen
) -> None:
    row = contract(login(rep), customer)
    later = TODAY + timedelta(days=3)
    frozen(later)
    login(rep).post(f"/contracts/{row.pk}/end/", {"on": "01.10.2026"})
    row.refresh_from_db()
    assert (row.cancelled_on, row.deleted_on) == (None, later)
    new = Contract.everything.get(deleted_on=None)
    assert (new.cancelled_on, new.recorded_on, new.title) == (date(2026, 10, 1), later, "Beans")
    stale = login(rep).post(f"/contracts/{row.pk}/end/", {"on": "01.09.2026"})
    assert stale.status_code == 422 and "changed this contract" in stale.content.decode()
    login(rep).post(f"/contracts/{new.pk}/reopen/")
    new.refresh_from_db()
    assert (new.cancelled_on, new.deleted_on) == (None, None)
    assert Contract.everything.count() == 2


@pytest.mark.parametrize(
    ("on", "told"),
    [("31.12.2025", "lies before the first"), ("31.12.2026", "ends by then anyway")],
)
def test_an_end_that_is_none(
    login: Login, rep: User, customer: Customer, on: str, told: str
) -> None:
    row = contract(login(rep), customer)
    answer = login(rep).post(f"/contracts/{row.pk}/end/", {"on": on})
    assert answer.status_code == 422 and told in answer.content.decode()
    row.refresh_from_db()
    assert row.cancelled_on is None


def test_own_entries_of_today_are_deleted_and_come_back(
    login: Login, rep: User, manager: User, customer: Customer, frozen
) -> None:
    row = contract(login(rep), customer)
    login(rep).post(f"/contracts/{row.pk}/delete/")
    row.refresh_from_db()
    assert row.deleted_on == TODAY
    login(rep).post(f"/contracts/{row.pk}/restore/")
    row.refresh_from_db()
    assert row.deleted_on is None
    frozen(TODAY + timedelta(days=1))
    refused = login(rep).post(f"/contracts/{row.pk}/delete/", follow=True)
    assert "ask your manager" in refused.content.decode()
    row.refresh_from_db()
    assert row.deleted_on is None
    login(manager).post(f"/contracts/{row.pk}/delete/")
    row.refresh_from_db()
    assert row.deleted_on == TODAY + timedelta(days=1)
    frozen(TODAY + timedelta(days=2))
    late = login(manager).post(f"/contracts/{row.pk}/restore/", follow=True)
    assert "earlier day" in late.content.decode()


def test_an_answer_is_stored_on_its_scale(
    login: Login, rep: User, manager: User, customer: Customer
) -> None:
    values = ref(kind="csat", score="2", answered_on="22.11.2026", source="call", comment="Late")
    for _again in range(2):
        answer = login(rep).post(f"/customers/{customer.pk}/answers/new/", values)
        assert answer.status_code == 303
    row = Survey.everything.get()
    assert (row.kind, row.score, row.answered_on) == ("csat", 2, date(2026, 11, 22))
    assert (row.source, row.comment, row.by, row.recorded_on) == ("call", "Late", rep, TODAY)
    page = login(rep).get(f"/customers/{customer.pk}/").content.decode()
    assert "Satisfaction 2 of 5" in page and "Late" in page
    assert f"/answers/{row.pk}/delete/" in page
    login(manager).post(f"/answers/{row.pk}/delete/")
    page = login(rep).get(f"/customers/{customer.pk}/").content.decode()
    assert "Satisfaction 2 of 5" not in page and "Nobody has asked yet." in page


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"kind": "csat", "score": "6"}, "The scale goes from 1 to 5."),
        ({"kind": "nps", "score": "11"}, "The scale goes from 0 to 10."),
        ({"kind": "csat", "score": ""}, "Write the number that was answered."),
        ({"kind": "csat", "score": "5", "answered_on": "24.11.2026"}, "still to come"),
    ],
)
def test_an_answer_off_its_scale_is_refused(
    login: Login, rep: User, customer: Customer, values: dict[str, str], told: str
) -> None:
    sent = ref(answered_on="22.11.2026", comment="Typed") | values
    answer = login(rep).post(f"/customers/{customer.pk}/answers/new/", sent)
    assert answer.status_code == 422
    assert told in answer.content.decode() and "Typed" in answer.content.decode()
    assert not Survey.everything.exists()


def test_one_contact_is_the_main_one_and_stands_first(
    login: Login, rep: User, other_rep: User, customer: Customer
) -> None:
    anna, zoia = (Contact.everything.create(customer=customer, name=n) for n in ("Anna", "Zoia"))
    browser = login(rep)
    for chosen in (anna, zoia, zoia):
        browser.post(f"/contacts/{chosen.pk}/main/")
    assert list(Contact.everything.at(customer).values_list("name", "is_main")) == [
        ("Zoia", True),
        ("Anna", False),
    ]
    assert AuditEntry.objects.filter(action="update", subject_type="contact").count() == 3
    browser.get(f"/customers/{customer.pk}/")  # and reads the messages
    page = browser.get(f"/customers/{customer.pk}/").content.decode()
    assert page.index("Zoia") < page.index("Anna") and page.count("main contact") == 1
    assert login(other_rep).post(f"/contacts/{anna.pk}/main/").status_code == 404


def test_an_old_contract_is_not_deleted_by_ending_it_first(
    login: Login, rep: User, manager: User, customer: Customer, frozen: Callable[[date], None]
) -> None:
    """What today's change writes anew is still the entry of an earlier day."""
    old = contract(login(rep), customer)
    frozen(TODAY + timedelta(days=30))
    login(rep).post(f"/contracts/{old.pk}/end/", {"on": "20.12.2026"})
    anew = Contract.everything.latest("pk")
    assert anew.pk != old.pk
    login(rep).post(f"/contracts/{anew.pk}/delete/")
    anew.refresh_from_db()
    assert anew.deleted_on is None
    # nor does what was replaced come back beside what replaced it
    for who in (rep, manager):
        login(who).post(f"/contracts/{old.pk}/restore/")
    assert Contract.everything.get(deleted_on=None) == anew
    login(manager).post(f"/contracts/{anew.pk}/delete/")
    anew.refresh_from_db()
    assert anew.deleted_on == TODAY + timedelta(days=30)


def test_what_a_manager_deleted_a_rep_does_not_bring_back(
    login: Login, rep: User, manager: User, customer: Customer
) -> None:
    row = contract(login(rep), customer)
    login(manager).post(f"/contracts/{row.pk}/delete/")
    login(rep).post(f"/contracts/{row.pk}/restore/")
    row.refresh_from_db()
    assert row.deleted_on == TODAY
    login(manager).post(f"/contracts/{row.pk}/restore/")
    row.refresh_from_db()
    assert row.deleted_on is None
