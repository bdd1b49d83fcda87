"""What pages read beside the figures: forecasts kept and their outcome, moves between classes, margins, changes."""

from datetime import date

import pytest
from django.utils import timezone

from crm.lib.periods import Period
from reports.definitions.abc import ABC
from reports.definitions.forecast import FORECAST
from reports.definitions.margin import MARGIN
from reports.definitions.rfm import RFM
from reports.drawing.margin_view import Margin, Tenth, margins_by, tenths
from reports.drawing.movement import Move, movement
from reports.models import Snapshot
from reports.reading.forecasts import against_outcome, newest
from reports.reading.scope import in_scope
from reports.reading.shelf import Shelf
from reports.showing import run_for
from reports.snapshots.horizons import horizons, kept_period, week_ends
from reports.snapshots.nights import steps_of, take
from reports.snapshots.taking import prune, take_snapshot
from reports.statistics.intervals import differ
from sales.models import Stage
from team.models import User
from tests.reports.conftest import World

pytestmark = pytest.mark.thorough


def on_day(day: str) -> Period:
    return Period(date.fromisoformat(day), date.fromisoformat(day))


# Forecasts


def test_horizons_and_weeks() -> None:
    ends = {name: period.end for name, period in horizons(date(2026, 11, 22)).items()}
    assert ends == {
        "month": date(2026, 11, 30),
        "quarter": date(2026, 12, 31),
        "year": date(2026, 12, 31),
    }
    assert week_ends(date(2026, 11, 28), 2) == [date(2026, 11, 15), date(2026, 11, 22)]
    assert week_ends(date(2026, 11, 29), 1) == [date(2026, 11, 29)]
    assert kept_period(date(2026, 11, 29)).end == date(2026, 12, 31)
    assert kept_period(date(2026, 12, 20)).end == date(2027, 3, 31)


@pytest.fixture
def pipeline(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Three deals open in October at one in two; one is won in time, one late, one not at all."""
    moment = timezone.datetime.fromisoformat("2026-11-23T08:00:00+00:00")
    monkeypatch.setattr(timezone, "now", lambda: moment)
    world.rep("ann", team="North")
    world.rep("bob", team="South")
    opened = ("2026-07-01", "half", "1000")
    world.deal("ann", "2026-07-01", opened, ("2026-09-20", "won", "900"), closes="2026-09-30")
    world.deal("bob", "2026-07-01", opened, ("2026-10-20", "won", "1000"), closes="2026-09-30")
    world.deal("bob", "2026-07-01", opened, closes="2026-12-01")
    world.load()
    Stage.objects.filter(key="half").update(win_share="0.5")
    for step in steps_of(date(2026, 11, 22)):
        if step.report is FORECAST:
            take(step)
    return world


def test_a_kept_forecast_is_set_against_what_was_won(pipeline: World) -> None:
    boss = User.objects.create_user("boss@x.example", is_admin=True)
    told = against_outcome(Shelf(boss, [FORECAST], None), date(2026, 11, 23))
    assert [one.snapshot.as_of for one in told] == week_ends(date(2026, 11, 22))
    first, last = told[0], told[-1]
    assert (first.snapshot.as_of, first.snapshot.to_on) == (date(2026, 8, 30), date(2026, 9, 30))
    assert (first.figures["open_cents"], first.figures["expected_cents"]) == (200_000, 100_000)
    # the second was won in October
    assert (first.won_cents, first.is_over, first.within) == (90_000, True, True)
    assert (last.snapshot.to_on, last.won_cents, last.is_over, last.within) == (
        date(2026, 12, 31),
        0,
        False,
        None,
    )


def test_a_rep_compares_its_own_deals(pipeline: World) -> None:
    bob = User.objects.get(reference="bob")
    first = against_outcome(Shelf(bob, [FORECAST], None), date(2026, 11, 23))[0]
    assert (first.figures["open_cents"], first.won_cents, first.within) == (100_000, 0, True)


def test_one_of_a_week_stays_for_ever(pipeline: World) -> None:
    boss = User.objects.create_user("boss@x.example", is_admin=True)
    quarter = newest(Shelf(boss, [FORECAST], None), "quarter")
    assert quarter is not None
    assert (quarter.as_of, quarter.to_on) == (date(2026, 11, 22), date(2026, 12, 31))
    kept = Snapshot.objects.filter(kind="weekly").count()
    Snapshot.objects.update(created_at=timezone.datetime.fromisoformat("2026-11-23T00:00:00+00:00"))
    prune(date(2028, 1, 1))
    prune(date(2028, 1, 1))
    assert Snapshot.objects.filter(kind="weekly").count() == kept == 13


# Moves


def test_moves_between_two_days(world: World) -> None:
    world.rep("ann")
    for name, earlier, later in (("a", 80, 10), ("b", 15, 80), ("c", 5, 10), ("d", 0, 1)):
        if earlier:
            world.order(name, "2024-06-01", earlier)
        world.order(name, "2025-06-01", later)
    world.owned("b", "ann", "2025-01-01")
    world.load()
    before = take_snapshot(ABC, run_for(ABC, on_day("2024-12-31"), date(2024, 12, 31)))
    after = take_snapshot(ABC, run_for(ABC, on_day("2025-12-31"), date(2025, 12, 31)))
    assert movement(before, after.evidence.all()) == [
        Move("", "C", 1, 100),
        Move("A", "A", 1, 1_000),
        Move("B", "A", 1, 8_000),
        Move("C", "B", 1, 1_000),
    ]
    # b was nobody's in 2024, and comes from B all the same
    ann = User.objects.get(reference="ann")
    assert movement(before, after.evidence.filter(in_scope(ann))) == [Move("B", "A", 1, 8_000)]


def test_segments_move_too(world: World) -> None:
    world.order("a", "2024-06-01", 10)
    world.order("b", "2025-06-01", 10)
    world.load()
    runs = [
        run_for(RFM, on_day(day), date.fromisoformat(day)) for day in ("2024-12-31", "2025-12-31")
    ]
    before, after = (take_snapshot(RFM, run) for run in runs)
    assert [
        (one.was, one.now, one.customers) for one in movement(before, after.evidence.all())
    ] == [
        ("", "attention", 1),
        ("attention", "lapsed", 1),
    ]


# Margins


def test_margins_show_the_worst_first(world: World) -> None:
    for product, amount, cost in (("nails", 100, 40), ("screws", 50, 70), ("glue", 100, 80)):
        world.order("K", "2025-03-01", amount, cost=cost, product=product)
    world.order("K", "2025-03-01", 5)
    world.load()
    period = Period(date(2025, 1, 1), date(2025, 12, 31))
    snapshot = take_snapshot(MARGIN, run_for(MARGIN, period, period.end))
    found = margins_by(snapshot.evidence.all(), "product")
    assert found == [
        Margin("screws", 5_000, 5_000, -2_000),
        Margin("", 500, 0, 0),
        Margin("glue", 10_000, 10_000, 2_000),
        Margin("nails", 10_000, 10_000, 6_000),
    ]


def test_who_brings_the_margin_in_ten_steps(world: World) -> None:
    """Twelve customers bring 1,200 … 100, a thirteenth costs 300: two are in each of the first three steps."""
    for number in range(1, 13):
        world.order(f"K{number:02}", "2025-03-01", number * 200, cost=number * 100)
    world.order("worst", "2025-03-01", 100, cost=400)
    world.order("unknown", "2025-03-01", 9_000)
    world.load()
    period = Period(date(2025, 1, 1), date(2025, 12, 31))
    snapshot = take_snapshot(MARGIN, run_for(MARGIN, period, period.end))
    assert tenths(snapshot.evidence.all()) == [
        Tenth(2, 230_000),
        Tenth(2, 190_000),
        Tenth(2, 150_000),
        *(Tenth(1, cents) for cents in (60_000, 50_000, 40_000, 30_000, 20_000, 10_000, -30_000)),
    ]
    assert tenths(snapshot.evidence.filter(line_key="unknown")) == []


# Changes


@pytest.mark.parametrize(
    ("one", "other", "change", "is_real"),
    [
        # 30 +- 20 and 60 +- 20: the difference of 30 has +- 28.3
        ((10, 50), (40, 80), 30, True),
        ((10, 50), (38, 78), 28, False),
        ((10, 50), (-18, 22), -28, False),
        ((10, 50), (-20, 20), -30, True),
        ((10, 10), (10, 10), 0, False),
    ],
)
def test_a_change_is_real_if_its_interval_leaves_out_nought(
    one: tuple[float, float], other: tuple[float, float], change: float, is_real: bool
) -> None:
    assert differ(one, other, change) is is_real
