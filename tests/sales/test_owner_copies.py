"""Deals and entries know the owner of their customer and lead, whoever writes what (docs/decisions/0008)."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer
from customers.ownership import assign
from sales.leads.lead_ownership import assign_leads
from sales.models import Activity, Deal, Lead, Stage
from team.models import Company, User
from tests.require import fewer


def entry(**values):
    now = timezone.now()
    return Activity(start_at=now, created_at=now, recorded_on=now.date(), kind="note", **values)


def wrong():
    """Rows whose copy differs from what it repeats, by reading the parents."""
    found = []
    for row in Activity.everything.select_related("customer", "lead"):
        of_customer = row.customer.owner_id if row.customer else None
        of_lead = row.lead.owner_id if row.lead else None
        if (row.customer_owner_id, row.lead_owner_id) != (of_customer, of_lead):
            found.append(row)
    for deal in Deal.everything.select_related("customer"):
        if deal.customer_owner_id != (deal.customer.owner_id if deal.customer else None):
            found.append(deal)
    return found


PEOPLE = st.sampled_from(["rep", "other_rep", None])
PLACE = st.integers(0, 2)
STEPS = st.one_of(
    st.tuples(st.just("assign"), PLACE, PEOPLE),
    st.tuples(st.just("assign lead"), PLACE, PEOPLE),
    st.tuples(st.just("entry"), st.one_of(st.none(), PLACE), st.one_of(st.none(), PLACE)),
    st.tuples(st.just("entries"), PLACE, PLACE),
    st.tuples(st.just("deal"), st.one_of(st.none(), PLACE), PEOPLE),
    st.tuples(st.just("move"), PLACE, st.one_of(st.none(), PLACE)),
    st.tuples(st.just("meddle"), PLACE, PEOPLE),
)


@pytest.mark.django_db
@settings(
    max_examples=fewer(30),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEPS, max_size=12))
def test_whatever_is_written_the_copies_are_right(rep, other_rep, steps):
    people = {"rep": rep, "other_rep": other_rep, None: None}
    with transaction.atomic():
        today = Company.get().today
        stage = Stage.objects.get(key="new")
        customers = [Customer.everything.create(name=f"C{n}", owner=rep) for n in range(3)]
        leads = [Lead.everything.create(name=f"L{n}", owner=other_rep) for n in range(3)]
        for what, one, two in steps:
            if what == "assign":
                assign([customers[one].pk], people[two], on=today, by=None)
            elif what == "assign lead":
                assign_leads([leads[one].pk], people[two], on=today, by=None)
            elif what == "entry":
                entry(
                    customer=None if one is None else customers[one],
                    lead=None if two is None else leads[two],
                ).save()
            elif what == "entries":
                Activity.everything.bulk_create(
                    [entry(customer=customers[one], reference=f"{Activity.everything.count()}"),
                     entry(lead=leads[two], reference=f"{Activity.everything.count()}b")]
                )  # fmt: skip
            elif what == "deal":
                Deal.everything.create(
                    title="D", owner=people[two], stage=stage, stage_since=today, opened_on=today,
                    customer=None if one is None else customers[one],
                )  # fmt: skip
            elif what == "move":
                target = None if two is None else customers[two]
                Deal.everything.filter(customer=customers[one]).update(customer=target)
                Activity.everything.filter(customer=customers[one]).update(customer=target)
            else:
                # a row saved as it was read long ago, with a copy that is not right
                for row in Activity.everything.filter(customer=customers[one]):
                    row.customer_owner = row.lead_owner = people[two]
                    row.save()
        assert wrong() == []
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_without_a_customer_is_not_the_pool(manager, other_rep, north):
    """Leaders see the pool; an entry about a lead, or internal work, is not in it."""
    lead = Lead.everything.create(name="Foreign lead", owner=other_rep)
    pooled = Customer.everything.create(name="Pooled")
    entry(lead=lead).save()
    entry(author=other_rep).save()
    entry(customer=pooled, reference="seen").save()
    assert [row.reference for row in Activity.visible_to(manager)] == ["seen"]
    seen = {row.reference for part in Activity.visible_parts(manager) for row in part}
    assert seen == {"seen"}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_entry_made_while_its_customer_changes_hands_has_the_new_owner():
    old, new = (User.objects.create_user(f"{n}@example.com", name=n) for n in ("old", "new"))
    customer = Customer.everything.create(name="Between two", owner=old)
    begun, logged = threading.Event(), threading.Event()

    def log():
        try:
            begun.wait(10)
            entry(customer=customer, author=old).save()
            logged.set()
        finally:
            connection.close()

    thread = threading.Thread(target=log)
    thread.start()
    with transaction.atomic():
        assign([customer.pk], new, on=Company.get().today, by=None)
        begun.set()
        waited = not logged.wait(0.5)
    thread.join(timeout=10)

    assert waited, "the entry was stored without waiting for the change"
    assert Activity.everything.get().customer_owner == new


@pytest.mark.django_db
def test_lists_in_parts_show_what_is_visible(rep, other_rep, manager, north):
    """The parts together are exactly `visible_to`, for each kind of record that is read in parts."""
    mine, theirs = (Customer.everything.create(name=p.name, owner=p) for p in (rep, other_rep))
    stage, today = Stage.objects.get(key="new"), Company.get().today
    for owner in (rep, other_rep, None):
        for customer in (mine, theirs, None):
            Deal.everything.create(
                title="D", owner=owner, customer=customer, stage=stage,
                stage_since=today, opened_on=today - timedelta(days=1),
            )  # fmt: skip
            entry(author=owner, customer=customer).save()
    for viewer in (rep, other_rep, manager):
        for model in (Deal, Activity, Customer, Lead):
            seen = {row.pk for part in model.visible_parts(viewer) for row in part}
            assert seen == set(model.visible_to(viewer).values_list("pk", flat=True))
