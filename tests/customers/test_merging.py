"""Two customers become one and two again; nothing is re-pointed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from customers.merging import CannotMerge, merge, unmerge
from customers.models import Customer, Merge, PurchaseDay, Revenue
from customers.purchases import refresh_purchases
from team.models import AuditEntry

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
KEPT = ("customer", "day", "cents", "purchases", "gap", "halves", "gap_memory")


@pytest.fixture(autouse=True)
def frozen(monkeypatch):
    monkeypatch.setattr("team.models.Company.today", property(lambda self: TODAY))


def on_day(monkeypatch, day):
    monkeypatch.setattr("team.models.Company.today", property(lambda self: day))


@pytest.fixture
def three():
    customers = [Customer.everything.create(name=name) for name in ("A", "B", "C")]
    for n, customer in enumerate(customers, start=1):
        Revenue.everything.create(
            customer=customer,
            on=date(2026, 1, n),
            amount=Decimal(n),
            recorded_on=date(2026, 1, n),
        )
    refresh_purchases(None)
    return customers


def purchases(customers):
    return [Customer.everything.get(pk=each.pk).purchases for each in customers]


def everything():
    return [
        list(model.order_by("pk").values())
        for model in (Customer.everything, Merge.everything, Revenue.everything)
    ] + [list(PurchaseDay.objects.order_by("day").values(*KEPT))]


def test_a_merge_and_back_leaves_every_row_as_it_was(three, admin):
    a, b, _c = three
    before = everything()
    merge(a, b, on=TODAY, by=admin)
    assert purchases(three) == [0, 2, 1]
    assert Customer.everything.get(pk=a.pk).merged_into == b
    assert set(Revenue.everything.values_list("customer", flat=True)) == {c.pk for c in three}
    unmerge(a, by=admin)
    # but for the version: a form of before the merge is stale and asks anew
    before[0][0]["version"] += 1
    assert everything() == before
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "subject_id")) == [
        ("merge", a.pk),
        ("unmerge", a.pk),
    ]


def test_a_merge_taken_back_later_stays_in_the_books(three, admin, monkeypatch):
    a, b, _c = three
    merge(a, b, on=TODAY, by=admin)
    on_day(monkeypatch, TODAY + timedelta(days=30))
    unmerge(a, by=admin)
    assert purchases(three) == [1, 1, 1]
    row = Merge.everything.get()
    assert (row.merged_on, row.deleted_on) == (TODAY, TODAY + timedelta(days=30))
    merge(a, b, on=TODAY, by=admin)
    assert purchases(three) == [0, 2, 1]


def test_after_thirty_days_it_stays(three, admin, monkeypatch):
    a, b, _c = three
    merge(a, b, on=TODAY, by=admin)
    on_day(monkeypatch, TODAY + timedelta(days=31))
    with pytest.raises(CannotMerge, match="older than 30 days"):
        unmerge(a, by=admin)
    assert purchases(three) == [0, 2, 1]


def test_chains_are_followed_and_circles_refused(three, admin):
    a, b, c = three
    merge(a, b, on=TODAY, by=admin)
    merge(b, c, on=TODAY, by=admin)
    assert purchases(three) == [0, 0, 3]
    for one, into, why in ((c, a, "circle"), (a, c, "already"), (c, c, "circle")):
        with pytest.raises(CannotMerge, match=why):
            merge(one, into, on=TODAY, by=admin)
    with pytest.raises(CannotMerge, match="ahead"):
        merge(c, a, on=TODAY + timedelta(days=1), by=admin)
    with pytest.raises(CannotMerge, match="not merged"):
        unmerge(c, by=admin)
    assert purchases(three) == [0, 0, 3]
    assert AuditEntry.objects.count() == 2
