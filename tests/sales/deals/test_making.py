"""A deal is made once, with its first change, money as people type it, and nothing of others to choose from."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from customers.models import Contact
from sales.models import Deal, DealChange, DealPast, Lead, Stage
from team.models import AuditEntry, User
from tests.sales.deals.kit import TODAY, Keep, new, told

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]


def test_a_new_deal_has_its_first_change_and_audit(login: Login, rep: User, keep: Keep) -> None:
    customer = keep(rep)
    answer = login(rep).post("/deals/new/", new(customer))
    deal = Deal.everything.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/deals/{deal.pk}/")
    assert (deal.owner, deal.customer, deal.cents) == (rep, customer, 310_000_00)
    assert (deal.opened_on, deal.stage_since, deal.closed_on) == (TODAY, TODAY, None)
    assert deal.expected_close_on == date(2026, 12, 18)
    assert told(deal) == [("new", "23.11", Decimal(310_000))]
    assert AuditEntry.objects.get(subject_type="deal").action == "create"


def test_the_same_post_twice_makes_one_deal(login: Login, rep: User, keep: Keep) -> None:
    browser, values = login(rep), new(keep(rep))
    browser.post("/deals/new/", values)
    browser.post("/deals/new/", values)
    assert (Deal.everything.count(), DealChange.everything.count()) == (1, 1)


def test_foreign_customers_contacts_and_owners_are_no_choice(
    login: Login, rep: User, other_rep: User, keep: Keep
) -> None:
    mine, foreign = keep(rep), keep(other_rep, name="Foreign Ltd")
    stranger = Contact.everything.create(customer=foreign, name="Stranger")
    colleague = Contact.everything.create(customer=keep(rep, name="Second Ltd"), name="Colleague")
    browser = login(rep)
    for values in (
        new(foreign),
        new(mine, contact=stranger.pk),
        new(mine, contact=colleague.pk),
        new(mine, stage=Stage.objects.get(key="won").pk),
        new(None),
    ):
        assert browser.post("/deals/new/", values).status_code == 422
    assert not Deal.everything.exists()
    browser.post("/deals/new/", new(mine, owner=other_rep.pk))
    assert Deal.everything.get().owner == rep


def test_a_deal_that_came_from_a_lead_needs_no_customer_yet(
    login: Login, rep: User, manager: User, lead: Lead
) -> None:
    browser = login(rep)
    assert lead.name in browser.get(f"/deals/new/?lead={lead.pk}").content.decode()
    browser.post("/deals/new/", new(None, lead=lead.pk))
    deal = Deal.everything.get()
    assert (deal.lead, deal.customer, deal.owner) == (lead, None, rep)
    assert deal.title in browser.get(f"/leads/{lead.pk}/").content.decode()
    assert f"/leads/{lead.pk}/" in browser.get(f"/deals/{deal.pk}/").content.decode()
    # who leads others opens it for who has the lead
    login(manager).post("/deals/new/", new(None, lead=lead.pk))
    assert [one.owner for one in Deal.everything.order_by("pk")] == [rep, rep]


def test_a_lead_that_became_a_customer_brings_it_along(
    login: Login, rep: User, lead: Lead, keep: Keep
) -> None:
    customer = keep(rep)
    Lead.everything.filter(pk=lead.pk).update(customer=customer, converted_on=TODAY)
    login(rep).post("/deals/new/", new(None, lead=lead.pk))
    assert Deal.everything.get().customer == customer


def test_somebody_elses_lead_is_no_choice(login: Login, other_rep: User, lead: Lead) -> None:
    answer = login(other_rep).post("/deals/new/", new(None, lead=lead.pk))
    assert (answer.status_code, Deal.everything.count()) == (422, 0)


def test_which_lead_a_deal_named_before_is_kept(login: Login, rep: User, lead: Lead) -> None:
    browser = login(rep)
    browser.post("/deals/new/", new(None, lead=lead.pk))
    deal = Deal.everything.get()
    second = Lead.everything.create(name="Second", owner=rep, recorded_on=TODAY)
    with time_machine.travel(datetime(2026, 11, 25, 9, tzinfo=UTC), tick=False):
        browser = login(rep)
        values = new(None, lead=second.pk, version=deal.version)
        assert browser.post(f"/deals/{deal.pk}/edit/", values).status_code == 303
    deal.refresh_from_db()
    assert deal.lead == second
    (before,) = DealPast.everything.all()
    assert (before.lead, before.deleted_on) == (lead, date(2026, 11, 25))


def test_a_managers_deal_is_the_customers_owners(
    login: Login, manager: User, rep: User, keep: Keep
) -> None:
    login(manager).post("/deals/new/", new(keep(rep)))
    assert Deal.everything.get().owner == rep


@pytest.mark.parametrize(
    ("values", "cents"),
    [
        ({"currency": "EUR", "fx_rate": "48,309", "amount": "14 500"}, 700_480_50),
        ({"currency": "UAH", "fx_rate": "48,309", "amount": "14 500"}, 14_500_00),
        ({"currency": "UAH", "amount": ""}, 0),
        ({"currency": "UAH", "amount": "1.2m"}, 1_200_000_00),
    ],
)
def test_money_as_people_type_it(
    login: Login, rep: User, keep: Keep, values: dict[str, str], cents: int
) -> None:
    assert login(rep).post("/deals/new/", new(keep(rep), **values)).status_code == 303
    assert Deal.everything.get().cents == cents


@pytest.mark.parametrize(
    "values",
    [
        {"currency": "EUR"},
        {"currency": "EUR", "fx_rate": "0"},
        {"amount": "12.500"},
        {"amount": "9" * 19},
        {"amount": "-5"},
        {"currency": "XXX"},
        {"expected_close_on": "31.02"},
        {"title": ""},
        {"amount": "much"},
    ],
)
def test_what_cannot_be_read_is_kept_and_told(
    login: Login, rep: User, keep: Keep, values: dict[str, str]
) -> None:
    answer = login(rep).post("/deals/new/", new(keep(rep), **values))
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.content.decode()
    for typed in values.values():
        assert typed in answer.content.decode()
    assert not Deal.everything.exists()
