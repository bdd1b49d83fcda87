"""Snapshots made of others: of one run, computed once a night, kept as long as what is made of them."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from customers.models import Customer, Revenue
from customers.purchases import refresh_purchases
from reports.calendar import month_ends
from reports.definitions.churn import CHURN
from reports.definitions.departures import DEPARTURES
from reports.definitions.ledger import LEDGER, LOSSES, snapshots_in
from reports.models import Snapshot
from reports.report import Run
from reports.showing import run_for
from reports.snapshots import nights
from reports.snapshots import taking as snapshots
from reports.snapshots.census import Census
from reports.snapshots.taking import latest, prune, take_snapshot
from tests.reports.conftest import World
from tests.reports.test_contract import fill

pytestmark = pytest.mark.thorough

YESTERDAY = date(2026, 1, 14)
MADE_OF_SIX = [*LOSSES.values(), LEDGER]


@pytest.fixture
def computed(world: World, monkeypatch: pytest.MonkeyPatch) -> Counter[tuple[Any, ...]]:
    """A company in January 2026; how often each run of each report is computed."""
    moment = timezone.datetime.fromisoformat("2026-01-15T08:00:00+00:00")
    monkeypatch.setattr(timezone, "now", lambda: moment)
    monkeypatch.setattr(nights, "FROZEN_MONTHS", 2)
    monkeypatch.setattr(nights, "COMING", 6)
    monkeypatch.setattr(nights, "all_reports", lambda: MADE_OF_SIX)
    fill(world, 12)
    counted: Counter[tuple[Any, ...]] = Counter()
    compute = snapshots.compute

    def counting(report: Any, run: Run, **named: Any) -> Snapshot:
        counted[report.slug, run.period.start, run.period.end, run.as_of] += 1
        return compute(report, run, **named)

    monkeypatch.setattr(snapshots, "compute", counting)
    return counted


def sell(day: date) -> None:
    customer = Customer.everything.get(reference="K001")
    Revenue.everything.create(customer=customer, on=day, amount=Decimal(500), recorded_on=day)
    refresh_purchases([customer.pk])


def night() -> None:
    census = Census(MADE_OF_SIX)
    for step in nights.steps_of(YESTERDAY):
        nights.take(step, census)


def test_a_night_computes_each_run_once(computed: Counter[tuple[Any, ...]]) -> None:
    night()
    assert set(computed.values()) == {1}
    by_slug = Counter(slug for slug, *_run in computed)
    # three periods and those before; of the ledger two months that are ripe, August and September, and as they
    # stood at their ends the young ones with September to compare with; marketing is ripe after thirty days,
    # churn and what else is told at once has December and November at their ends among those of the ledger;
    # and what six nights to come compare with: December as of its 15th to 20th
    coming = 6
    assert by_slug == {
        **dict.fromkeys(
            ("churn", "time", "new_reps", "departures", "leakage", "ledger"), 11 + coming
        ),
        "marketing": 13 + coming,
    }
    computed.clear()
    night()
    assert not computed


def test_a_ledger_names_the_snapshots_of_its_run(computed: Counter[tuple[Any, ...]]) -> None:
    night()
    for ledger in Snapshot.objects.filter(slug="ledger"):
        for number, one in snapshots_in(ledger).items():
            assert one.slug == LOSSES[number].slug
            same = (ledger.from_on, ledger.to_on, ledger.as_of)
            assert (one.from_on, one.to_on, one.as_of) == same
            assert (one.kind, one.is_complete) == (ledger.kind, True)


def test_what_comes_late_is_taken_anew_with_what_is_made_of_it(
    computed: Counter[tuple[Any, ...]],
) -> None:
    """An order that November should have known: what reads orders is old from its day on, and nothing else."""
    night()
    computed.clear()
    sell(date(2025, 11, 20))
    night()
    november = {slug for slug, start, _end, _as_of in computed if start == date(2025, 11, 1)}
    assert november == {"churn", "leakage", "marketing", "new_reps", "departures", "ledger"}
    assert set(computed.values()) == {1}
    assert min(as_of for _slug, _start, _end, as_of in computed) >= date(2025, 11, 20)


def test_what_a_ledger_is_made_of_is_kept_with_it(world: World) -> None:
    """The parts were taken on demand long before; the ledger, which uses them, today."""
    fill(world, 12)
    period = month_ends(date(2025, 12, 31))[-1]
    churn = take_snapshot(CHURN, run_for(CHURN, period, period.end))
    Snapshot.objects.update(created_at=timezone.now() - timedelta(days=40))
    ledger = take_snapshot(LEDGER, run_for(LEDGER, period, period.end))
    assert ledger.whole["snapshots"]["1"] == churn.pk
    assert prune(date(2026, 6, 1)) == 0
    Snapshot.objects.filter(pk=ledger.pk).update(created_at=timezone.now() - timedelta(days=40))
    assert prune(date(2026, 6, 1)) == 2
    assert not Snapshot.objects.filter(pk__in=[ledger.pk, churn.pk]).exists()


def test_departures_follow_a_churn_that_has_become_old(world: World) -> None:
    fill(world, 12)
    period = month_ends(date(2025, 12, 31))[-1]
    run = run_for(DEPARTURES, period, period.end)
    take_snapshot(DEPARTURES, run)
    first = latest(CHURN, run)
    sell(date(2025, 11, 20))
    take_snapshot(DEPARTURES, run)
    second = latest(CHURN, run)
    assert first is not None and second is not None
    assert second.sources["revenue"]["rows"] == first.sources["revenue"]["rows"] + 1
