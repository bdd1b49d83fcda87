"""Customers change hands: the column and the periods agree, and what a report saw stays seen."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer, Ownership
from customers.ownership import assign
from sales.leads.lead_ownership import assign_leads
from sales.models import Lead, LeadOwnership
from team.models import AuditEntry
from tests.require import fewer

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture(autouse=True)
def frozen(monkeypatch):
    monkeypatch.setattr("team.models.Company.today", property(lambda self: TODAY))


@pytest.fixture
def customer():
    return Customer.everything.create(name="Lantern & Tea")


def owned(customer, rep, from_on, to_on=None, recorded_on=None):
    return Ownership.everything.create(
        customer=customer,
        rep=rep,
        from_on=from_on,
        to_on=to_on,
        recorded_on=recorded_on or from_on,
    )


def periods(customer, as_of=TODAY):
    """(rep, from, to) as a report of that day reads them (R2)."""
    rows = Ownership.everything.filter(customer=customer, from_on__lte=as_of)
    seen = [r for r in rows.order_by("from_on", "pk") if r.recorded_on <= as_of]
    live = [r for r in seen if r.deleted_on is None or r.deleted_on > as_of]
    return [(r.rep, r.from_on, r.to_on if r.to_on and r.to_on <= as_of else None) for r in live]


def owner_on(customer, day, as_of):
    held = [
        r for r, start, end in periods(customer, as_of) if start <= day and (not end or day < end)
    ]
    assert len(held) <= 1
    return held[0] if held else None


def test_a_customer_changes_hands_today(customer, rep, other_rep, admin):
    owned(customer, rep, date(2025, 3, 1))
    assert assign([customer.pk], other_rep, on=TODAY, by=admin, reason="left") == 1
    customer.refresh_from_db()
    assert customer.owner == other_rep
    assert periods(customer) == [(rep, date(2025, 3, 1), TODAY), (other_rep, TODAY, None)]
    assert periods(customer, YESTERDAY) == [(rep, date(2025, 3, 1), None)]
    entry = AuditEntry.objects.get(action="assign")
    assert (entry.actor, entry.subject_id) == (admin, customer.pk)
    assert entry.detail.after == {"owner": other_rep.pk, "on": "2026-11-23", "reason": "left"}


def test_the_same_owner_again_writes_nothing(customer, rep, admin):
    assign([customer.pk], rep, on=TODAY, by=admin)
    assert assign([customer.pk], rep, on=TODAY, by=admin) == 0
    assert Ownership.everything.count() == 1
    assert AuditEntry.objects.filter(action="assign").count() == 1


def test_going_to_the_pool_closes_and_opens_nothing(customer, rep, admin):
    owned(customer, rep, date(2025, 3, 1))
    Customer.everything.update(owner=rep)
    assign(Customer.everything.filter(pk=customer.pk), None, on=TODAY, by=admin)
    customer.refresh_from_db()
    assert customer.owner is None
    assert periods(customer) == [(rep, date(2025, 3, 1), TODAY)]
    assert assign([customer.pk], None, on=TODAY, by=admin) == 0


def test_a_second_change_of_the_same_day_leaves_one_change(
    customer, rep, other_rep, sub_rep, admin
):
    owned(customer, rep, date(2025, 3, 1))
    for receiver in (other_rep, sub_rep):
        assign([customer.pk], receiver, on=TODAY, by=admin)
    assert periods(customer) == [(rep, date(2025, 3, 1), TODAY), (sub_rep, TODAY, None)]
    assert Ownership.everything.count() == 2


def test_handing_back_on_the_same_day_leaves_the_rows_as_they_were(customer, rep, other_rep, admin):
    owned(customer, rep, date(2025, 3, 1))
    before = list(Ownership.everything.values())
    assign([customer.pk], other_rep, on=TODAY, by=admin)
    assign([customer.pk], rep, on=TODAY, by=admin)
    assert list(Ownership.everything.values()) == before


def test_a_back_dated_change_keeps_what_earlier_reports_saw(customer, rep, other_rep, admin):
    owned(customer, rep, date(2025, 3, 1))
    assign([customer.pk], other_rep, on=date(2026, 6, 1), by=admin)
    assert periods(customer, YESTERDAY) == [(rep, date(2025, 3, 1), None)]
    assert periods(customer) == [
        (rep, date(2025, 3, 1), date(2026, 6, 1)),
        (other_rep, date(2026, 6, 1), None),
    ]


def test_a_back_dated_change_removes_later_periods(customer, rep, other_rep, sub_rep, admin):
    owned(customer, rep, date(2025, 3, 1), date(2026, 1, 1))
    owned(customer, sub_rep, date(2026, 1, 1))
    assign([customer.pk], other_rep, on=date(2025, 6, 1), by=admin)
    assert periods(customer) == [
        (rep, date(2025, 3, 1), date(2025, 6, 1)),
        (other_rep, date(2025, 6, 1), None),
    ]
    assert owner_on(customer, date(2026, 2, 1), as_of=YESTERDAY) == sub_rep
    customer.refresh_from_db()
    assert customer.owner == other_rep


def test_an_owner_is_never_written_ahead(customer, rep, admin):
    with pytest.raises(ValueError, match="ahead"):
        assign([customer.pk], rep, on=TODAY + timedelta(days=1), by=admin)
    assert not Ownership.everything.exists()


def test_many_cost_no_more_statements_than_one(
    rep, other_rep, admin, django_assert_max_num_queries
):
    Customer.everything.bulk_create(
        Customer(name=f"Customer {n}", reference=f"C{n}") for n in range(100)
    )
    assign(Customer.everything.all(), rep, on=TODAY, by=admin)
    with django_assert_max_num_queries(17):
        assert assign(Customer.everything.all(), other_rep, on=YESTERDAY, by=admin) == 100
    assert Customer.everything.filter(owner=other_rep).count() == 100


def test_leads_change_hands_in_the_same_way(rep, other_rep, admin):
    lead = Lead.everything.create(name="Kyiv Fair visitor")
    assign_leads([lead.pk], rep, on=YESTERDAY, by=admin)
    assign_leads(Lead.everything.all(), other_rep, on=TODAY, by=admin)
    lead.refresh_from_db()
    assert lead.owner == other_rep
    rows = LeadOwnership.everything.order_by("from_on").values_list("rep", "from_on", "to_on")
    assert list(rows) == [(rep.pk, YESTERDAY, TODAY), (other_rep.pk, TODAY, None)]


STEPS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 9), st.sampled_from(["one", "two", "pool"])),
    max_size=8,
)


@settings(
    max_examples=fewer(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_no_overlap_one_open_and_the_past_stays(steps, rep, other_rep, admin, monkeypatch):
    """Each step: days go by, then somebody writes an owner up to nine days back."""
    customer = Customer.everything.create(name="Any")
    owners = {"one": rep, "two": other_rep, "pool": None}
    today, frozen_days = TODAY, {}
    for wait, back, name in steps:
        for n in range(wait):
            frozen_days[today + timedelta(days=n)] = periods(customer, today + timedelta(days=n))
        today += timedelta(days=wait)
        monkeypatch.setattr("team.models.Company.today", property(lambda self, day=today: day))
        assign([customer.pk], owners[name], on=today - timedelta(days=back), by=admin)
        customer.refresh_from_db()
        assert customer.owner == owners[name] == owner_on(customer, today, today)
        live = Ownership.everything.filter(customer=customer, deleted_on__isnull=True)
        ordered = list(live.order_by("from_on", "to_on"))
        assert sum(row.to_on is None for row in ordered) == (owners[name] is not None)
        for one, next_one in zip(ordered, ordered[1:], strict=False):
            assert one.to_on is not None and one.to_on <= next_one.from_on
    for day, seen in frozen_days.items():
        assert periods(customer, day) == seen


def test_the_history_tells_the_first_owner_from_another_one(login, admin, rep, other_rep):
    """On the page of a lead: whose it is for the first time, whose next, and nobody's."""
    lead, browser = Lead.everything.create(name="Harbour"), login(admin)
    told = ["gave to an owner", "gave to another owner", "left without owner"]
    for count, to in enumerate((rep, other_rep, None), start=1):
        assign_leads([lead.pk], to, on=TODAY, by=admin)
        page = browser.get(f"/leads/{lead.pk}/").content.decode()
        assert [page.count(f"Ada Admin {words}") for words in told] == [1] * count + [0] * (
            3 - count
        )
