"""Snapshots: seen whole or not at all, never changed, made anew by later knowledge, kept as long as they serve."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from crm.lib.periods import Period
from customers.models import Customer, Revenue
from customers.purchases import refresh_purchases
from reports.definitions.churn import CHURN
from reports.models import Evidence, Part, Snapshot
from reports.report import CannotRun, Run
from reports.showing import run_for
from reports.snapshots.taking import (
    Superseded,
    compute,
    is_current,
    latest,
    prune,
    publish,
    run_of,
    take_snapshot,
)

YEAR = Period(date(2025, 1, 1), date(2025, 12, 31))
DAY = date(2025, 12, 31)
ON_DEMAND, DAILY, MONTH_END = (
    Snapshot.Kind.ON_DEMAND,
    Snapshot.Kind.DAILY,
    Snapshot.Kind.MONTH_END,
)


def sell(customer: Customer, on: str, amount: str, recorded_on: str = "") -> None:
    Revenue.everything.create(
        customer=customer,
        on=date.fromisoformat(on),
        amount=Decimal(amount),
        recorded_on=date.fromisoformat(recorded_on or on),
    )
    refresh_purchases([customer.pk])


@pytest.fixture
def customer(db: None) -> Customer:
    made = Customer.everything.create(name="Bakery")
    sell(made, "2024-06-01", "100")
    return made


@pytest.fixture
def run(customer: Customer) -> Run:
    return run_for(CHURN, YEAR, DAY)


def test_a_computed_snapshot_is_not_seen_before_it_is_published(run: Run) -> None:
    made = compute(CHURN, run, kind=ON_DEMAND)
    assert made.evidence.count() == 1
    assert latest(CHURN, run) is None
    publish(made)
    assert latest(CHURN, run) == made


def test_the_same_again_leaves_the_first_as_it_is(run: Run) -> None:
    first = take_snapshot(CHURN, run)
    again = take_snapshot(CHURN, run)
    assert again == first
    assert Snapshot.objects.count() == 1
    assert Evidence.objects.count() == 1
    assert Part.objects.count() == 1


def test_later_knowledge_makes_a_revision_and_the_old_one_stays(
    customer: Customer, run: Run
) -> None:
    first = take_snapshot(CHURN, run)
    assert first.headline["loss_cents"] == 10_000
    assert is_current(first)
    sell(customer, "2024-06-01", "23.45")  # dated and recorded in the past, as an import does
    assert not is_current(first)
    second = take_snapshot(CHURN, run)
    assert (second.revision, second.headline["loss_cents"]) == (2, 12_345)
    first.refresh_from_db()
    assert (first.headline["loss_cents"], first.evidence.get().cents) == (10_000, 10_000)
    assert latest(CHURN, run) == second


def test_what_is_recorded_after_the_day_makes_no_revision(customer: Customer, run: Run) -> None:
    first = take_snapshot(CHURN, run)
    sell(customer, "2024-06-02", "50", recorded_on="2026-01-02")
    assert is_current(first)
    assert take_snapshot(CHURN, run) == first
    assert first.headline["loss_cents"] == 10_000


def test_what_another_runner_removed_is_not_published(run: Run) -> None:
    mine = compute(CHURN, run, kind=ON_DEMAND)
    others = compute(CHURN, run, kind=ON_DEMAND)
    with pytest.raises(Superseded):
        publish(mine)
    assert publish(others).is_complete
    assert Snapshot.objects.count() == 1


def test_dailies_go_after_35_days_and_month_ends_stay(run: Run) -> None:
    daily = take_snapshot(CHURN, run, kind=DAILY)
    month = Period(date(2025, 12, 1), DAY)
    frozen = take_snapshot(CHURN, run_for(CHURN, month, DAY), kind=MONTH_END)
    unfinished = compute(CHURN, run_for(CHURN, month, date(2025, 12, 30)), kind=DAILY)
    today = timezone.now().date()
    assert prune(today) == 0
    Snapshot.objects.update(created_at=timezone.now() - timedelta(days=36))
    assert prune(today) == 2
    assert list(Snapshot.objects.values_list("pk", flat=True)) == [frozen.pk]
    assert not Evidence.objects.filter(snapshot__in=[daily.pk, unfinished.pk]).exists()
    assert not Part.objects.exclude(snapshot=frozen.pk).exists()


def test_what_was_taken_for_a_day_is_kept_when_it_is_a_months_end_too(customer: Customer) -> None:
    month = run_for(CHURN, Period(date(2025, 12, 1), DAY), DAY)
    daily = take_snapshot(CHURN, month, kind=DAILY)
    assert take_snapshot(CHURN, month, kind=MONTH_END) == daily
    assert take_snapshot(CHURN, month, kind=DAILY) == daily
    daily.refresh_from_db()
    assert daily.kind == "month-end"


def test_the_previous_period_is_as_mature(customer: Customer) -> None:
    this_month = run_for(CHURN, Period(date(2025, 7, 1), date(2025, 7, 31)), date(2025, 7, 10))
    before = this_month.previous()
    assert (before.period.start, before.period.end) == (date(2025, 6, 1), date(2025, 6, 30))
    assert before.as_of == date(2025, 6, 10)
    ripe = run_for(CHURN, Period(date(2025, 7, 1), date(2025, 7, 31)), date(2025, 8, 5))
    assert ripe.previous().as_of == date(2025, 7, 5)
    taken = take_snapshot(CHURN, this_month)
    assert latest(CHURN, run_of(taken).previous()) is None
    compared = take_snapshot(CHURN, before)
    assert latest(CHURN, run_of(taken).previous()) == compared


def test_a_period_after_the_as_of_day_is_refused(customer: Customer) -> None:
    with pytest.raises(CannotRun, match="before the period begins"):
        run_for(CHURN, YEAR, date(2024, 12, 31))
