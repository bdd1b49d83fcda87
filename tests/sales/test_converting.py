"""A lead becomes a customer through the door, once, and is taken back within a day."""

import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from customers.keeping import add_customer
from customers.models import Contact, Customer, CustomerTag, Ownership, Tag
from sales.calls.logging_calls import log_note
from sales.deals.changing import move_deal
from sales.leads.changing import LeadHasEnded
from sales.leads.converting import Becomes, convert
from sales.leads.lead_ownership import assign_leads
from sales.models import (
    Activity,
    Conversion,
    Deal,
    DealChange,
    Lead,
    LeadEnding,
    LeadTag,
    Stage,
    Task,
)
from team.models import AuditEntry, Company, User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
PHONE, MAIL = "+380442220101", "olha@kavovar.example"


def lead_of(owner: User, **values: object) -> Lead:
    told: dict[str, object] = {
        "name": "Kavovar",
        "person": "Olha Koval",
        "phone": PHONE,
        "email": MAIL,
        "region": "Kyiv",
        "note": "Wants two machines by March.",
        "expected_amount": 90_000,
    }
    row = Lead.everything.create(recorded_on=Company.get().today, **(told | values))
    assign_leads([row.pk], owner, on=Company.get().today, by=owner)
    row.refresh_from_db()
    return row


def customer_of(owner: User, name: str = "Kavovar LLC", **values: object) -> Customer:
    row, _made = add_customer(Customer(name=name, **values), owner=owner, by=owner)
    return row


def typed(lead: Lead, **changed: object) -> dict[str, object]:
    """What the form holds when it is opened, but for what is changed."""
    values: dict[str, object] = {
        "target": "new",
        "name": lead.name,
        "region": lead.region,
        "person": lead.person,
        "phone": lead.phone,
        "email": lead.email,
        "with_deal": "on",
        "title": "Two machines",
        "stage": Stage.objects.filter(kind="open").first().pk,
        "amount": "90 000",
    }
    return {name: value for name, value in (values | changed).items() if value is not None}


def post(browser: Client, lead: Lead, **changed: object):
    return browser.post(f"/leads/{lead.pk}/convert/", typed(lead, **changed))


def counts() -> tuple[int, ...]:
    models = (Customer, Contact, Deal, DealChange, LeadEnding, Conversion, Ownership, Activity)
    return tuple(model.everything.count() for model in models)


def test_a_lead_becomes_a_customer_a_contact_and_a_deal(login: Login, rep: User) -> None:
    lead = lead_of(rep)
    answer = post(login(rep), lead)
    customer = Customer.everything.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/customers/{customer.pk}/")
    assert (customer.name, customer.region, customer.phone_e164, customer.owner) == (
        "Kavovar", "Kyiv", PHONE, rep,
    )  # fmt: skip
    contact = Contact.everything.get()
    assert (contact.customer, contact.name, contact.email) == (customer, "Olha Koval", MAIL)
    deal = Deal.everything.get()
    assert (deal.customer, deal.lead, deal.contact, deal.owner) == (customer, lead, contact, rep)
    assert (deal.title, deal.amount, deal.cents) == ("Two machines", 90_000, 9_000_000)
    today = Company.get().today
    ending = LeadEnding.everything.get()
    assert (ending.kind, ending.on, ending.customer) == ("converted", today, customer)
    lead.refresh_from_db()
    assert (lead.converted_on, lead.customer) == (today, customer)
    note = Activity.everything.get()
    assert (note.kind, note.note, note.customer) == (
        "note",
        "Wants two machines by March.",
        customer,
    )
    about = AuditEntry.objects.filter(subject_type="lead", subject_id=str(lead.pk))
    assert "convert" in about.values_list("action", flat=True)


def test_a_customer_that_is_made_bears_the_tags_of_the_lead(login: Login, rep: User) -> None:
    fair, browser = Tag.objects.create(key="fair", name="Fair 2026"), login(rep)
    known = customer_of(rep, "Quite another")
    for name, chosen in (("New Ltd", {}), ("Known", {"target": "other", "other": known.pk})):
        lead = lead_of(rep, name=name, phone="", email="")
        LeadTag.everything.create(lead=lead, tag=fair)
        assert post(browser, lead, **chosen).status_code == 303
    bearing = CustomerTag.everything.values_list("customer__name", "tag__key")
    assert list(bearing) == [("New Ltd", "fair")]
    assert AuditEntry.objects.filter(action="tag", subject_name="New Ltd").count() == 1


def test_the_form_holds_what_the_lead_says(login: Login, rep: User) -> None:
    lead = lead_of(rep)
    page = login(rep).get(f"/leads/{lead.pk}/convert/").content.decode()
    for text in ("Kavovar", "Kyiv", "Olha Koval", MAIL):
        assert f'value="{text}"' in page
    assert re.search(r'value="new"[^>]*checked', page)


def test_a_customer_that_may_be_meant_is_offered_first_and_taken(login: Login, rep: User) -> None:
    lead = lead_of(rep)
    same = customer_of(rep, email=MAIL)
    other = customer_of(rep, "Quite another")
    browser = login(rep)
    page = browser.get(f"/leads/{lead.pk}/convert/").content.decode()
    assert re.search(rf'value="{same.pk}"[^>]*checked', page)
    assert "Quite another" not in page
    post(browser, lead, target=same.pk, with_deal=None)
    lead.refresh_from_db()
    assert lead.customer == same
    assert Customer.everything.count() == 2
    assert Contact.everything.get().customer == same
    assert not Deal.everything.exists()
    assert same.owner_id is None or Customer.everything.get(pk=same.pk).owner == rep
    assert other.pk != lead.customer_id


def test_any_customer_in_sight_can_be_chosen(login: Login, rep: User) -> None:
    lead, other = lead_of(rep), customer_of(rep, "Quite another")
    post(login(rep), lead, target="other", other=other.pk, with_deal=None)
    lead.refresh_from_db()
    assert lead.customer == other


def test_a_person_whom_the_customer_has_already_is_no_second_contact(
    login: Login, rep: User
) -> None:
    lead, same = lead_of(rep), customer_of(rep)
    Contact.everything.create(customer=same, name="O. Koval", phone=PHONE)
    post(login(rep), lead, target="other", other=same.pk, with_deal=None)
    assert Contact.everything.count() == 1


def test_a_customer_beyond_sight_is_neither_offered_nor_taken(
    login: Login, rep: User, other_rep: User
) -> None:
    lead, theirs = lead_of(rep), customer_of(other_rep, "Hidden LLC", email=MAIL)
    browser = login(rep)
    page = browser.get(f"/leads/{lead.pk}/convert/").content.decode()
    assert "Hidden LLC" not in page
    assert "already known to the company" in page
    before = counts()
    for target in (theirs.pk, "other"):
        answer = post(browser, lead, target=target, other=theirs.pk)
        assert answer.status_code == 422
        assert "Hidden LLC" not in answer.content.decode()
    assert counts() == before
    lead.refresh_from_db()
    assert lead.customer is None


def test_anothers_lead_is_not_there(login: Login, rep: User, other_rep: User) -> None:
    lead = lead_of(other_rep)
    browser = login(rep)
    before = counts()
    assert browser.get(f"/leads/{lead.pk}/convert/").status_code == 404
    assert post(browser, lead).status_code == 404
    assert counts() == before


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"name": ""}, "Say what the customer is called."),
        ({"target": "other"}, "Choose the customer."),
        ({"target": ""}, "Choose one."),
        ({"title": ""}, "Say what they may buy."),
        ({"person": "", "role": "Buyer"}, "Say who this is, or leave the contact empty."),
        ({"person": "", "phone": "+380442220999"}, "Say who this is, or leave the contact empty."),
        ({"amount": "many"}, "Two machines"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_lost(
    login: Login, rep: User, changed: dict[str, object], told: str
) -> None:
    lead = lead_of(rep)
    before = counts()
    answer = post(login(rep), lead, **changed)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert counts() == before


def test_without_a_person_there_is_no_contact(login: Login, rep: User) -> None:
    lead = lead_of(rep)
    post(login(rep), lead, person="", with_deal=None)
    assert Customer.everything.get().phone_e164 == PHONE
    assert not Contact.everything.exists()
    assert not Deal.everything.exists()


def test_whoever_comes_second_is_taken_to_the_customer(login: Login, rep: User) -> None:
    lead = lead_of(rep)
    browser = login(rep)
    first = post(browser, lead)
    before = counts()
    second = post(browser, lead, name="Twice")
    assert (second.status_code, second["Location"]) == (303, first["Location"])
    assert counts() == before
    assert browser.get(f"/leads/{lead.pk}/convert/")["Location"] == first["Location"]


def test_a_closed_lead_is_not_converted(login: Login, rep: User) -> None:
    lead = lead_of(rep)
    browser = login(rep)
    browser.post(f"/leads/{lead.pk}/close/", {"reason": "junk"})
    before = counts()
    assert post(browser, lead)["Location"] == f"/leads/{lead.pk}/"
    assert counts() == before


def test_open_work_of_the_lead_goes_along(login: Login, rep: User) -> None:
    lead = lead_of(rep)
    today = Company.get().today
    task = Task.everything.create(title="Offer", owner=rep, lead=lead, due_on=today)
    done = Task.everything.create(title="Old", owner=rep, lead=lead, due_on=today, state="done")
    stage = Stage.objects.filter(kind="open").first()
    deal = Deal.everything.create(
        title="Before", lead=lead, owner=rep, stage=stage, opened_on=today, stage_since=today
    )
    call = Activity.everything.create(
        author=rep,
        lead=lead,
        kind="call",
        start_at=timezone.now(),
        created_at=timezone.now(),
        recorded_on=today,
        note="asked",
    )
    browser = login(rep)
    assert not re.search(
        r'name="with_deal"[^>]*checked', browser.get(f"/leads/{lead.pk}/convert/").content.decode()
    )
    where = post(browser, lead, with_deal=None)["Location"]
    customer = Customer.everything.get()
    for row in (task, deal):
        row.refresh_from_db()
        assert row.customer == customer
    for row in (done, call):
        row.refresh_from_db()
        assert row.customer is None
    # the lead's call stays the lead's, and is told on the page of who it became
    assert "asked" in browser.get(where).content.decode()


def undo(browser: Client, lead: Lead):
    return browser.post(f"/leads/{lead.pk}/convert/undo/", follow=True)


def test_taken_back_the_lead_is_open_and_what_was_made_is_in_the_bin(
    login: Login, rep: User
) -> None:
    lead = lead_of(rep)
    today = Company.get().today
    task = Task.everything.create(title="Offer", owner=rep, lead=lead, due_on=today)
    browser = login(rep)
    post(browser, lead)
    page = undo(browser, lead).content.decode()
    assert "is open again" in page
    assert "and so kept" not in page
    lead.refresh_from_db()
    task.refresh_from_db()
    assert (lead.is_open, lead.customer, task.customer) == (True, None, None)
    assert not LeadEnding.everything.filter(deleted_on__isnull=True).exists()
    assert LeadEnding.everything.get().deleted_on == today
    for row in (Customer, Contact, Deal):
        assert row.everything.get().binned_on == today
    assert Activity.everything.get().deleted_on == today
    before = counts()
    undo(browser, lead)  # twice is once
    assert counts() == before
    # and once more
    assert post(browser, lead)["Location"] != "/leads/"
    lead.refresh_from_db()
    assert lead.customer == Customer.everything.get(binned_on__isnull=True)


def test_what_was_worked_on_since_stays_and_is_named(login: Login, rep: User) -> None:
    lead = lead_of(rep)
    browser = login(rep)
    post(browser, lead)
    customer, deal = Customer.everything.get(), Deal.everything.get()
    log_note(customer, "Promised a discount", by=rep)
    page = undo(browser, lead).content.decode()
    assert "and so kept: «Kavovar»" in page
    customer.refresh_from_db()
    deal.refresh_from_db()
    assert (customer.binned_on, deal.binned_on) == (None, Company.get().today)
    assert Activity.everything.filter(note="Promised a discount", deleted_on__isnull=True).exists()


def test_a_deal_that_was_won_since_stays_with_its_customer(login: Login, rep: User) -> None:
    lead = lead_of(rep)
    browser = login(rep)
    post(browser, lead)
    deal = Deal.everything.get()
    move_deal(deal, Stage.objects.get(key="won"), by=rep)
    undo(browser, lead)
    deal.refresh_from_db()
    customer = Customer.everything.get()
    assert (deal.customer, deal.binned_on, customer.binned_on) == (customer, None, None)


def test_after_a_day_it_stands(login: Login, rep: User) -> None:
    lead = lead_of(rep)
    browser = login(rep)
    post(browser, lead)
    page = browser.get(f"/leads/{lead.pk}/").content.decode()
    assert "Take it back" in page
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1)):
        browser = login(rep)
        assert "Take it back" not in browser.get(f"/leads/{lead.pk}/").content.decode()
        assert "This one stands" in undo(browser, lead).content.decode()
    lead.refresh_from_db()
    assert not lead.is_open


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_ten_at_once_make_one_customer(rep: User) -> None:
    lead = lead_of(rep)

    def one(_n: int) -> bool:
        try:
            becomes = Becomes(Customer(name="Kavovar", client_ref=uuid.uuid4()))
            convert(Lead.everything.get(pk=lead.pk), becomes, by=rep)
        except LeadHasEnded:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(one, range(10))) == 1
    assert Customer.everything.count() == Conversion.everything.count() == 1
