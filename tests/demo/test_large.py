"""The large company on a small scale: whole, consistent, and the four sign-ins where they belong."""

from datetime import date

import pytest
from django.db import transaction
from django.db.models import Count, F, Sum

from crm.lib.money import base_cents
from crm.lib.text import normalise_phone, sort_key
from customers.models import Contact, Customer, Ownership, PurchaseDay, Revenue
from reports.demo.large.seeding import seed_large
from reports.demo.large.size import LargeSize
from reports.demo.loading import load
from reports.demo.staff import PASSWORD
from sales.models import Activity, Campaign, Deal, DealChange, Lead, LeadEnding, LeadOwnership, Task
from team.access import scope_of
from team.models import User

DAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def large(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        seed_large(1, DAY, LargeSize().divided(by=200))
        yield
        transaction.set_rollback(True)


@pytest.fixture
def world(large, db):
    """A test's own view of it."""


@pytest.mark.thorough
def test_as_many_as_asked(world):
    assert User.objects.count() == 200
    assert Customer.everything.count() == 500
    assert Contact.everything.count() == 1000
    assert Lead.everything.count() == 250
    assert Deal.everything.count() == 500
    assert Activity.everything.count() == 5000
    assert Revenue.everything.count() == 3000


@pytest.mark.thorough
def test_the_four_sign_ins(world):
    rep = User.objects.get(email="rep@example.com")
    manager = User.objects.get(email="manager@example.com")
    assert rep.check_password(PASSWORD)
    assert rep.team_id in scope_of(manager).team_ids
    assert len(scope_of(manager).team_ids) >= 3
    assert rep.pk in scope_of(manager).user_ids
    assert Customer.everything.filter(owner=rep).count() == 3
    assert User.objects.get(email="admin@example.com").is_admin
    assert not User.objects.get(reference="RE-0030").has_usable_password()


@pytest.mark.thorough
def test_columns_are_those_that_saving_would_have_written(world):
    for customer in Customer.everything.order_by("?")[:50]:
        assert customer.sort_name == sort_key(customer.name)
        assert customer.phone_e164 == normalise_phone(customer.phone) != ""
    for contact in Contact.everything.order_by("?")[:50]:
        assert contact.phone_e164 == normalise_phone(contact.phone) != ""
    for line in Revenue.everything.exclude(currency="UAH")[:100]:
        assert line.cents == base_cents(line.amount, line.fx_rate)
        assert line.cost_cents == (
            None if line.cost is None else base_cents(line.cost, line.fx_rate)
        )


@pytest.mark.thorough
def test_histories_agree_with_their_columns(world):
    open_periods = dict(
        Ownership.everything.filter(to_on__isnull=True).values_list("customer", "rep")
    )
    owned = Customer.everything.filter(owner__isnull=False)
    assert dict(owned.values_list("pk", "owner")) == open_periods
    leads = dict(LeadOwnership.everything.values_list("lead", "rep"))
    assert dict(Lead.everything.values_list("pk", "owner")) == leads
    last = {
        change.deal_id: change
        for change in DealChange.everything.order_by("deal", "on", "reference")
    }
    for deal in Deal.everything.all():
        change = last[deal.pk]
        assert (deal.stage_id, deal.stage_since, deal.cents) == (
            change.stage_id,
            change.on,
            change.cents,
        )
    converted = Lead.everything.filter(converted_on__isnull=False)
    assert converted.exists()
    assert set(converted.values_list("pk", "customer", "converted_on")) == set(
        LeadEnding.everything.filter(kind="converted").values_list("lead", "customer", "on")
    )


@pytest.mark.thorough
def test_what_was_done_belongs_to_somebody(world):
    assert not Activity.everything.filter(author__isnull=True).exists()
    assert Activity.everything.filter(customer__isnull=False).count() > 3000
    assert Activity.everything.filter(lead__isnull=False).count() > 300
    assert Task.everything.filter(owner=F("customer__owner")).exists()
    assert Revenue.everything.aggregate(Sum("cents"))["cents__sum"] > 0
    assert PurchaseDay.objects.exists()
    busiest = Revenue.everything.values("customer").annotate(n=Count("pk")).order_by("-n").first()
    assert busiest["n"] <= 28


@pytest.mark.django_db
def test_odd_text_goes_in_as_it_is():
    load(
        Campaign,
        ["reference", "name"],
        [["odd-1", 'tab\there, \\n, "quoted" «й»\nnext'], ["odd-2", "\\N"]],
    )
    odd = Campaign.objects.filter(reference__startswith="odd")
    assert list(odd.order_by("pk").values_list("name", flat=True)) == [
        'tab\there, \\n, "quoted" «й»\nnext',
        "\\N",
    ]
    assert odd.filter(version=1, owner=None, started_on=None).count() == 2
