"""The ledger as a viewer sees it: pure sums, both bases, ranges, what can be stopped; parts that add up."""

from datetime import date
from fractions import Fraction

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from crm.lib.periods import Period
from reports.definitions.ledger import LEDGER, LOSSES, snapshots_in
from reports.models import Snapshot
from reports.overview.ledger_view import (
    Range,
    margin_basis,
    revenue_basis,
    stoppable,
    totals_of_all,
    totals_of_ledgers,
)
from reports.reading.shelf import Shelf
from reports.report import Run, Sum, Totals
from reports.rows.margin_rate import rate_in
from reports.rules.parameters import values_for
from reports.snapshots.taking import take_snapshot
from tests.kept import kept
from tests.reports.conftest import World
from tests.reports.test_contract import fill, viewers

DAY = date(2025, 12, 31)
YEAR = Period(date(2025, 1, 1), DAY)
HALF = Fraction(1, 2)


def sums(measures: dict[str, Sum | int]) -> Totals:
    """Totals of measures; a number is cents without a range."""
    totals = Totals()
    for name, value in measures.items():
        one = value if isinstance(value, Sum) else Sum(1, value, value, value)
        totals.add(name, "", "", one)
    return totals


@pytest.fixture
def totals() -> dict[int, Totals]:
    """Six losses of 100 to 600; 2 and 4 have a range; three overlaps."""
    return {
        0: sums(
            {
                "overlap_1_6": 60, "overlap_2_3": 20, "overlap_4_5": 30,
                "margin_1": 50, "margin_2": Sum(4, 100, 80, 130), "margin_6": 30,
                "margin_overlap_1_6": 30, "margin_overlap_2_3": 15,
                "stoppable_4": Sum(2), "stoppable_6": 7,
            }
        ),
        1: sums({"loss": 100, "at_risk": 11}),
        2: sums({"loss": Sum(4, 200, 150, 260), "at_risk": 13}),
        3: sums({"loss": 300, "pending": 17}),
        4: sums({"loss": Sum(9, 400, 390, 400)}),
        5: sums({"loss": 500, "in_progress_idle": 19}),
        6: sums({"loss": 60, "to_hand_over": 23}),
    }  # fmt: skip


def test_revenue_basis(totals: dict[int, Totals]) -> None:
    basis = revenue_basis(totals)
    assert {n: loss.cents for n, loss in basis.losses.items()} == {
        1: 100, 2: 200, 3: 300, 4: 400, 5: 500, 6: 60,
    }  # fmt: skip
    assert basis.overlaps == {"1&6": 60, "2&3": 20, "4&5": 30}
    assert basis.total == Range(1450, 1450 - 50 - 10, 1450 + 60)


def test_the_range_is_that_of_2_and_4(totals: dict[int, Totals]) -> None:
    """What is counted has none, whatever its rows say."""
    totals[1] = sums({"loss": Sum(1, 100, 1, 999)})
    losses = revenue_basis(totals).losses
    assert [n for n, loss in losses.items() if loss.is_estimated] == [2, 4]
    assert losses[1] == Range(100, 100, 100)


def test_margin_basis(totals: dict[int, Totals]) -> None:
    basis = margin_basis(totals, HALF)
    assert basis is not None
    assert {n: loss.cents for n, loss in basis.losses.items()} == {
        1: 50, 2: 100, 3: 300, 4: 400, 5: 500, 6: 30,
    }  # fmt: skip
    assert basis.overlaps == {"1&6": 30, "2&3": 15, "4&5": 30}
    assert basis.total == Range(1305, 1305 - 20 - 10, 1305 + 30)


@pytest.mark.parametrize("rate", [None, Fraction(0), Fraction(-1, 3)])
def test_without_a_rate_there_is_no_margin_basis(
    totals: dict[int, Totals], rate: Fraction | None
) -> None:
    assert margin_basis(totals, rate) is None


def test_what_can_be_stopped(totals: dict[int, Totals]) -> None:
    """1 + 2 + 3 + 5 and the customers of 6 that are not in 1; 4 is a number of reps."""
    found = stoppable(totals)
    assert {n: one.cents for n, one in found.by_loss.items()} == {
        1: 11, 2: 13, 3: 17, 4: 0, 5: 19, 6: 23,
    }  # fmt: skip
    assert found.by_loss[4].n == 2
    assert found.cents == 11 + 13 + 17 + 19 + 7


def test_nothing_is_nothing() -> None:
    totals = {n: Totals() for n in range(7)}
    assert revenue_basis(totals).total == Range()
    margin = margin_basis(totals, HALF)
    assert margin is not None
    assert (margin.total, stoppable(totals).cents) == (Range(), 0)


@pytest.fixture
@kept
def ledger(world: World) -> Snapshot:
    fill(world, 40)
    return take_snapshot(LEDGER, Run(YEAR, DAY, values_for(LEDGER.parameter_names)))


def test_all_sums_come_in_one_query(ledger: Snapshot) -> None:
    boss = viewers()["North"]
    shelf = Shelf(boss, [LEDGER], None)
    with CaptureQueriesContext(connection) as queries:
        totals_of_all(ledger, shelf.rows())
    # the scope of a manager is asked for once, before
    assert sum("reports_part" in query["sql"] for query in queries) == 1


def test_the_losses_are_those_of_the_six_reports(ledger: Snapshot) -> None:
    basis = revenue_basis(totals_of_all(ledger))
    parts = snapshots_in(ledger)
    assert {n: one.slug for n, one in parts.items()} == {n: r.slug for n, r in LOSSES.items()}
    told = {n: one.headline["loss_cents"] for n, one in parts.items()}
    assert {n: loss.cents for n, loss in basis.losses.items()} == told
    assert basis.overlaps["1&6"] == told[6] == ledger.headline["overlap_1_6_cents"] > 0
    assert basis.overlaps["2&3"] > 0
    assert basis.total.cents >= max(told.values())


def test_the_parts_of_viewers_add_up(ledger: Snapshot) -> None:
    """On both bases: three reps and what nobody answers for are the company; so are the two teams."""
    everybody, rate = viewers(), rate_in(ledger.whole)
    whole = totals_of_all(ledger)
    assert rate is not None
    for basis_of in (revenue_basis, lambda totals: margin_basis(totals, rate)):
        company = basis_of(whole)
        for names in (("ann", "bob", "cyd"), ("North", "South")):
            rows = [Shelf(everybody[name], [], None).rows() for name in names]
            parts = [basis_of(totals_of_all(ledger, seen)) for seen in rows]
            nobodys = basis_of(_of_nobody(ledger))
            added = sum((part.total for part in parts), nobodys.total)
            assert added == company.total, names
            for n in LOSSES:
                losses = [part.losses[n] for part in (*parts, nobodys)]
                assert sum(losses, Range()) == company.losses[n]
    parts = [
        totals_of_all(ledger, Shelf(everybody[n], [], None).rows()) for n in ("ann", "bob", "cyd")
    ]
    can = sum(stoppable(part).cents for part in parts) + stoppable(_of_nobody(ledger)).cents
    assert can == stoppable(whole).cents > 0


def _of_nobody(ledger: Snapshot) -> dict[int, Totals]:
    return totals_of_all(ledger, Q(owner__isnull=True))


def test_margin_lines_are_half_up_by_line(ledger: Snapshot) -> None:
    rate = rate_in(ledger.whole)
    assert rate is not None
    assert 0 < rate < 1
    churn, departures = snapshots_in(ledger)[1], snapshots_in(ledger)[6]
    for snapshot, measure in ((churn, "margin_1"), (departures, "margin_6")):
        lines = snapshot.evidence.filter(measure="loss").order_by("line_key")
        rows = ledger.evidence.filter(measure=measure).order_by("line_key")
        expected = [(2 * row.cents * rate + 1) // 2 for row in lines]
        assert [row.cents for row in rows] == expected
        assert len(expected) > 0


def test_several_ledgers_in_one_query(ledger: Snapshot) -> None:
    """The next ledger may use some of the same snapshots: each counts them."""
    half = Period(date(2025, 7, 1), DAY)
    other = take_snapshot(LEDGER, Run(half, DAY, values_for(LEDGER.parameter_names)))
    both = totals_of_ledgers([ledger, other])
    for one in (ledger, other):
        assert revenue_basis(both[one.pk]) == revenue_basis(totals_of_all(one))


def test_the_customers_to_hand_over_that_are_at_risk_count_once(ledger: Snapshot) -> None:
    totals = totals_of_all(ledger)
    departures, churn = snapshots_in(ledger)[6], snapshots_in(ledger)[1]
    held = set(
        departures.evidence.filter(measure="to_hand_over").values_list("subject_id", flat=True)
    )
    warned = set(churn.evidence.filter(measure="at_risk").values_list("subject_id", flat=True))
    only = set(ledger.evidence.filter(measure="stoppable_6").values_list("subject_id", flat=True))
    assert only == held - warned
    assert stoppable(totals).only_in_6.n == len(only)
