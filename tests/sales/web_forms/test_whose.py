"""Whose the lead of a public form is: of who looks after the customer, of who has the lead already, of the rules."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from customers.models import Contact, Customer
from customers.search import index_record
from sales.models import Campaign, Lead, LeadAssignment, LeadRule, WebForm, WebPost
from team.models import Absence, Company, User
from tests.sales.web_forms.kit import ANNA, send, shown

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]


def known(owner: User | None, **values: str) -> Customer:
    customer: Customer = Customer.everything.create(name="Карпатська Кава", owner=owner, **values)
    index_record(customer)
    return customer


@pytest.mark.parametrize("by", ["phone", "email", "contact"])
def test_a_customer_who_asks_goes_to_who_looks_after_them(
    form: WebForm, rep: User, other_rep: User, login: Login, by: str
) -> None:
    LeadRule.objects.create(name="Otto", way="person").people.set([other_rep])
    today = Company.get().today
    Absence.objects.create(user=rep, on=today, recorded_on=today)
    if by == "contact":
        customer = known(rep)
        index_record(Contact.everything.create(customer=customer, name="Іван", phone="0675553318"))
    else:
        customer = known(rep, **{"phone": "0675553318"} if by == "phone" else {"email": "a@b.ua"})
    send(form, phone="", email="A@b.ua") if by == "email" else send(form)
    lead = Lead.everything.get()
    assert (lead.owner, lead.known_customer) == (rep, customer)
    assert LeadAssignment.everything.get().how == "customer"
    page = login(rep).get(f"/leads/{lead.pk}/").content.decode()
    assert "Already a customer: Карпатська Кава, owned by Rita Rep." in page


def test_a_customer_of_somebody_gone_goes_by_the_rules_and_is_not_named_to_others(
    form: WebForm, rep: User, other_rep: User, login: Login
) -> None:
    LeadRule.objects.create(name="Otto", way="person").people.set([other_rep])
    customer = known(rep, phone="0675553318")
    User.objects.filter(pk=rep.pk).update(is_active=False)
    send(form)
    lead = Lead.everything.get()
    assert (lead.owner, lead.known_customer) == (other_rep, customer)
    page = login(other_rep).get(f"/leads/{lead.pk}/").content.decode()
    assert "already known to the company: ask your manager" in page
    assert "Карпатська" not in page


def test_who_asks_again_stays_with_who_has_their_open_lead(
    form: WebForm, rep: User, other_rep: User
) -> None:
    rule = LeadRule.objects.create(name="In turn")
    rule.people.set([rep, other_rep])
    send(form)
    for words in ("And the price?", "Are you there?"):
        send(form, message=words)
    assert [lead.owner for lead in Lead.everything.order_by("pk")] == [rep, rep, rep]
    assert LeadAssignment.everything.first().how == "before"
    Lead.everything.update(closed_on=Company.get().today, closed_reason="lost")
    send(form, message="I am back")
    assert Lead.everything.order_by("-pk")[0].owner == other_rep


@pytest.mark.parametrize("state", ["binned_on", "merged_into"])
def test_a_customer_in_the_bin_or_merged_is_none(form: WebForm, rep: User, state: str) -> None:
    customer = known(rep, phone="0675553318")
    other = Customer.everything.create(name="Other", owner=rep)
    value = {"binned_on": Company.get().today, "merged_into": other}[state]
    Customer.everything.filter(pk=customer.pk).update(**{state: value})
    send(form)
    assert Lead.everything.get().known_customer is None


@pytest.mark.parametrize(
    ("campaign", "source", "found"),
    [
        ("Spring_fair", "fair", True),
        ("SPRING-FAIR", "Trade+fair", True),
        ("CA-77", "fair", True),
        ("unheard", "newsletter", False),
    ],
)
def test_the_campaign_words_of_the_address_are_matched_and_kept_as_written(
    form: WebForm, login: Login, admin: User, campaign: str, source: str, found: bool
) -> None:
    spring = Campaign.objects.create(name="Spring fair", reference="CA-77")
    own = Campaign.objects.create(name="The form's own")
    WebForm.objects.update(campaign=own)
    address = f"/f/{form.token}/"
    query = {"utm_campaign": campaign, "utm_source": source.replace("+", " "), "utm_term": "мука"}
    page = Client().get(address, query).content.decode()
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', page))
    Client().post(address, fields | ANNA | {"shown": shown(form)})
    lead = Lead.everything.get()
    assert lead.campaign == (spring if found else own)
    assert lead.source.key == ("fair" if found else "web")
    assert WebPost.everything.get().origin == query
    page = login(admin).get(f"/leads/{lead.pk}/").content.decode()
    assert f"utm_campaign={campaign}" in page and "utm_term=мука" in page
