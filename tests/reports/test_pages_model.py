"""The page of loss 1 where the fitted model tells who is lost: its figure, list, words and rows."""

import random
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, Ownership, Revenue
from customers.purchases import refresh_purchases
from reports.calendar import choices
from reports.definitions.churn import CHURN
from reports.definitions.clv import CLV
from reports.models import Snapshot
from reports.rules.parameters import in_force, set_parameters
from reports.showing import run_for
from reports.snapshots.taking import take_snapshot
from team.models import User
from tests.kept import kept
from tests.reports.pages import CHURN as PAGE
from tests.reports.pages import churn_page, day

Login = Callable[[User], Client]
CUSTOMERS = 120


@pytest.fixture
@kept
def company(rep: User, other_rep: User) -> None:
    """Customers of two reps who buy at a rate of their own until they leave."""
    dice = random.Random(3)
    rows = []
    for number in range(CUSTOMERS):
        owner, name = (rep, other_rep)[number % 2], f"Buyer {number:03}"
        customer = Customer.everything.create(name=name, owner=owner, reference=name)
        Ownership.everything.create(
            customer=customer, rep=owner, from_on=day(2000), recorded_on=day(2000)
        )
        on, rate = day(dice.randrange(400, 900)), dice.gammavariate(1, 1 / 45)
        leaves, pays = dice.betavariate(1, 3), dice.gammavariate(3, 100_00)
        while on < day(0):
            cents = 1 + int(dice.gammavariate(5, pays / 5))
            rows.append(
                Revenue(
                    customer=customer,
                    on=on,
                    recorded_on=on,
                    amount=Decimal(cents) / 100,
                    cents=cents,
                )
            )
            on += timedelta(days=1 + int(dice.expovariate(rate)))
            if dice.random() < leaves:
                break
    Revenue.everything.bulk_create(rows)
    refresh_purchases(None)


def computed(admin: User, **values: object) -> Snapshot:
    version = set_parameters({"churn_method": "bgnbd", **values}, by=admin, reason="Try the model")
    run = run_for(CHURN, choices(day(1))[0].period, day(1), version=version)
    return take_snapshot(CHURN, run, kind=Snapshot.Kind.DAILY, parameters=in_force())


def test_expected_loss_opens_its_customers(
    company: None, login: Login, rep: User, other_rep: User, admin: User
) -> None:
    computed(admin)
    pages = {user: churn_page(login(user), list="expected") for user in (admin, rep, other_rep)}
    money = {user: page.figures["expected_loss_cents"] for user, page in pages.items()}
    assert money[admin] == money[rep] + money[other_rep] > 0
    for user, page in pages.items():
        assert page.figures["method"] == "bgnbd"
        assert page.answer.context["listing"].total == money[user]
    text = login(rep).get(f"{PAGE}?list=expected").content.decode()
    assert "Expected loss" in text
    assert "Still a customer" in text
    assert "A model of buying" in login(rep).get(f"{PAGE}how/").content.decode()


def test_a_row_says_how_the_model_tells(company: None, login: Login, admin: User) -> None:
    snapshot = computed(admin)
    browser = login(admin)
    for measure in ("expected", "loss"):
        row = snapshot.evidence.filter(measure=measure, facets__basis="model").first()
        assert row is not None
        text = browser.get(reverse("evidence-row", args=[row.pk])).content.decode()
        assert "the model" in text
        assert "Still a customer" in text


def test_customer_value_opens_its_customers(company: None, login: Login, admin: User) -> None:
    snapshot = take_snapshot(CLV, run_for(CLV, choices(day(1))[0].period, day(1)))
    browser = login(admin)
    page = browser.get("/analysis/customer-value/")
    assert page.context["listing"].total == snapshot.headline["clv_cents"] > 0
    page = browser.get("/analysis/customer-value/", {"list": "valued"})
    assert page.context["listing"].count == snapshot.headline["valued_customers"] > 0
    assert "An estimate by models" in browser.get("/analysis/customer-value/how/").content.decode()
    for valued in (True, False):
        row = snapshot.evidence.filter(in_base=valued).first()
        assert row is not None
        text = browser.get(reverse("evidence-row", args=[row.pk])).content.decode()
        assert ("not enough data" in text) != valued


def test_that_the_model_does_not_hold_is_said(company: None, login: Login, admin: User) -> None:
    computed(admin, bgnbd_min_customers=CUSTOMERS + 1)
    text = login(admin).get(PAGE).content.decode()
    assert "the model needs more customers." in text
    assert "Expected loss" not in text
