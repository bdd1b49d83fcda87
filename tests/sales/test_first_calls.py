"""A call with somebody unknown: found while typing, else added in the same save, once."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from customers.search import index_record
from sales.models import Activity, Lead, Task
from team.models import AuditEntry, Company, User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
URL = "/calls/unknown/"


def said(**values: Any) -> dict[str, Any]:
    return {
        "client_ref": str(uuid.uuid4()),
        "becomes": "lead",
        "who": "Нова Пекарня",
        "phone": "067 555 33 18",
        "direction": "out",
        "minutes": "4",
        "outcome": "reached",
        "next_step": "week",
        "note": "Asks for prices",
    } | values


def test_a_lead_and_its_call_are_stored_in_one_save(login: Login, rep: User) -> None:
    browser = login(rep)
    answer = browser.post(URL, said())
    lead, call, task = Lead.everything.get(), Activity.everything.get(), Task.everything.get()
    assert answer["Location"] == f"/leads/{lead.pk}/"
    assert (lead.name, lead.phone_e164, lead.owner) == ("Нова Пекарня", "+380675553318", rep)
    assert (call.lead, call.author, task.lead) == (lead, rep, lead)
    # the call that made it known is what answered it
    assert (lead.arrived_at, lead.first_touch_at) == (call.start_at, call.start_at)
    assert abs(timezone.now() - timedelta(minutes=4) - call.start_at) < timedelta(minutes=1)


def test_the_same_form_twice_is_one_lead_and_one_call(login: Login, rep: User) -> None:
    browser, values = login(rep), said()
    for _n in range(2):
        assert browser.post(URL, values).status_code == 303
    counted = (Lead.everything.count(), Activity.everything.count(), Task.everything.count())
    assert counted == (1, 1, 1)


def test_a_customer_can_be_added_and_a_number_alone_will_do(login: Login, rep: User) -> None:
    browser = login(rep)
    answer = browser.post(URL, said(becomes="customer", who=""))
    customer = Customer.everything.get()
    assert answer["Location"] == f"/customers/{customer.pk}/"
    assert (customer.name, customer.owner) == ("+380 67 555 3318", rep)
    assert Activity.everything.get().customer == customer
    assert not Lead.everything.exists()


def test_an_incoming_call_is_the_source_and_no_answer(login: Login, rep: User) -> None:
    login(rep).post(URL, said(direction="in"))
    lead = Lead.everything.get()
    assert lead.source is not None
    assert lead.source.key == "phone"
    assert lead.first_touch_at is None


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"who": "", "phone": ""}, "Write a name or a number"),
        ({"phone": "12"}, "call_phone"),
        ({"outcome": ""}, "Choose how the call ended."),
        ({"next_step": ""}, "Set a next step"),
    ],
)
def test_what_is_missing_stores_neither(
    login: Login, rep: User, values: dict[str, str], told: str
) -> None:
    answer = login(rep).post(URL, said(**values))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page
    assert "Asks for prices" in page
    assert not Lead.everything.exists()
    assert not Activity.everything.exists()


def test_who_has_the_number_already_is_told_before_a_second_one_is_made(
    login: Login, rep: User, other_rep: User, keep
) -> None:
    known = keep(rep, phone="+380675553318")
    index_record(known)
    browser, values = login(rep), said()
    answer = browser.post(URL, values)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="/customers/{known.pk}/"' in page
    assert "Asks for prices" in page
    assert not Lead.everything.exists()
    assert browser.post(URL, values | {"second": "on"}).status_code == 303
    assert Lead.everything.count() == 1
    # beyond their scope nothing but that it is known
    theirs = login(other_rep).post(URL, said())
    assert "ask your manager" in theirs.content.decode()
    assert known.name not in theirs.content.decode()


def test_the_choice_finds_while_typing_and_offers_somebody_new(
    login: Login, rep: User, other_rep: User, keep
) -> None:
    mine = keep(rep, name="Karpatska Kava", phone="+380675550142")
    keep(other_rep, name="Karpatska Pekarnia")
    browser = login(rep)
    index_record(mine)
    part = browser.get("/calls/new/", {"q": "karp"}, headers={"HX-Request": "true"})
    page = part.content.decode()
    assert f"?customer={mine.pk}" in page
    assert "Pekarnia" not in page
    assert "<html" not in page
    nobody = browser.get("/calls/new/", {"q": "067 999 88 77"}).content.decode()
    assert "Nobody found by that name or number." in nobody
    assert "/calls/unknown/?q=067%20999%2088%2077" in nobody
    form = browser.get(URL, {"q": "067 999 88 77"}).content.decode()
    assert 'value="067 999 88 77"' in form
    named = browser.get(URL, {"q": "Нова"}).content.decode()
    assert 'name="who" value="Нова"' in named


@pytest.mark.parametrize("becomes", ["lead", "customer"])
def test_undo_takes_away_who_was_made_with_the_call(login: Login, rep: User, becomes: str) -> None:
    browser = login(rep)
    browser.post(URL, said(becomes=becomes))
    call = Activity.everything.get()
    made = call.lead or call.customer
    answer = browser.post(f"/calls/{call.pk}/undo/", {"next": made.get_absolute_url()}, follow=True)
    # away from the page of who is gone
    assert answer.redirect_chain[-1][0] == "/today/"
    assert "The entry was taken back, and «Нова Пекарня» with it." in answer.content.decode()
    made.refresh_from_db()
    gone_on = made.deleted_on if becomes == "lead" else made.binned_on
    assert gone_on == Company.get().today
    assert not Task.everything.open().exists()
    listed = browser.get(f"/{becomes}s/").content.decode()
    assert f"/{becomes}s/{made.pk}/" not in listed
    # twice is once
    entries = AuditEntry.objects.count()
    assert browser.post(f"/calls/{call.pk}/undo/").status_code == 303
    assert AuditEntry.objects.count() == entries


def _edited(browser: Client, lead: Lead) -> None:
    lead.note = "Asked for samples"
    values = {"version": 1, "name": lead.name, "phone": "067 555 33 18", "note": lead.note}
    assert browser.post(f"/leads/{lead.pk}/edit/", values).status_code == 303


def _called_again(browser: Client, lead: Lead) -> None:
    values = said(lead=lead.pk, note="Second call")
    assert browser.post("/calls/new/", values).status_code == 303


def _planned(browser: Client, lead: Lead) -> None:
    values = {"title": "Send samples", "kind": "call", "due_on": "30.11.2026", "lead": lead.pk}
    values["due_on"] = (Company.get().today + timedelta(days=2)).isoformat()
    values["client_ref"] = str(uuid.uuid4())
    assert browser.post("/tasks/new/?lead=" + str(lead.pk), values).status_code == 303


@pytest.mark.parametrize("touch", [_edited, _called_again, _planned])
def test_who_was_worked_on_since_stays_and_the_message_says_so(
    login: Login, rep: User, touch: Callable[[Client, Lead], None]
) -> None:
    browser = login(rep)
    browser.post(URL, said())
    call = Activity.everything.get()
    lead = Lead.everything.get()
    touch(browser, lead)
    page = browser.post(f"/calls/{call.pk}/undo/", follow=True).content.decode()
    told = "The entry was taken back. «Нова Пекарня» stays: somebody has worked on it since."
    assert told in page
    lead.refresh_from_db()
    call.refresh_from_db()
    assert (lead.deleted_on, call.deleted_on) == (None, Company.get().today)


def test_a_later_call_taken_back_leaves_the_lead(login: Login, rep: User) -> None:
    browser = login(rep)
    browser.post(URL, said())
    lead = Lead.everything.get()
    browser.post("/calls/new/", said(lead=lead.pk, note="Second call"))
    second = Activity.everything.get(note="Second call")
    page = browser.post(f"/calls/{second.pk}/undo/", follow=True).content.decode()
    assert "The entry was taken back." in page
    assert "with it" not in page
    lead.refresh_from_db()
    assert lead.deleted_on is None
