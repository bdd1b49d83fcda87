"""The rule of health against examples worked out by hand (docs/decisions/0018)."""

from dataclasses import replace
from datetime import date

import pytest

from sales.health.rule import MOST, Cover, Facts, Said, Silence, health_of

DAY = date(2026, 11, 23)

# Silent 11 of usually 21 days (lost after 63), sold as much as the year before, 4 of 5, a contract for 50 days more.
WELL = Facts(
    silence=Silence(11, 42, 126),
    cover=None,
    year_cents=1_000_00,
    before_cents=1_000_00,
    said=Said(4, 1, 5),
    complaints_open=0,
    complaints_answered=0,
    late_days=0,
    people=2,
)
# 41 days: 30 x (126 - 82) / (126 - 42) = 15.7; 871 after 1193: 20 x (1193 - 644) / 1193 = 9.2; 2 of 5: 20 x 1/4 = 5;
# 10 - 5 - 2 = 3; 10 - 5 = 5; no contract: 5; one person: 2.
POOR = Facts(
    silence=Silence(41, 42, 126),
    cover=None,
    year_cents=871_000_00,
    before_cents=1_193_000_00,
    said=Said(2, 1, 5),
    complaints_open=1,
    complaints_answered=1,
    late_days=5,
    people=1,
)


def points(facts: Facts) -> dict[str, int]:
    return {part.key: part.points for part in health_of(DAY, facts, None).parts}


def test_the_worked_examples() -> None:
    assert list(points(WELL).values()) == [30, 20, 15, 10, 10, 5, 5]
    assert list(points(POOR).values()) == [15, 9, 5, 3, 5, 5, 2]
    health = health_of(DAY, POOR, WELL)
    assert (health.points, health.before, health.change) == (44, 95, -51)
    assert [part.change for part in health.parts] == [-15, -11, -10, -7, -5, 0, -3]


def test_the_most_is_a_hundred_and_the_least_nothing() -> None:
    assert sum(MOST.values()) == 100
    best = replace(WELL, said=Said(5, 1, 5))
    assert health_of(DAY, best, None).points == 100
    worst = Facts(
        silence=Silence(63, 42, 126),
        cover=Cover(-31, orders=False, grace=30),
        year_cents=0,
        before_cents=100,
        said=Said(0, 0, 10),
        complaints_open=2,
        complaints_answered=0,
        late_days=10,
        people=0,
    )
    assert health_of(DAY, worst, None).points == 0


def test_nothing_known_is_neither_good_nor_bad() -> None:
    """15 + 10 + 10 of 70 that nobody knows, and what nobody complained of or promised."""
    nobody = Facts(None, None, 0, 0, None, 0, 0, 0, 0)
    assert list(points(nobody).values()) == [15, 10, 10, 10, 10, 5, 0]


@pytest.mark.parametrize(
    ("days", "expected"), [(0, 30), (21, 30), (22, 29), (42, 15), (62, 0), (63, 0), (900, 0)]
)
def test_silence_counts_from_the_usual_gap_to_the_day_of_loss(days: int, expected: int) -> None:
    assert points(replace(WELL, silence=Silence(days, 42, 126)))["rhythm"] == expected


def test_a_usual_gap_beyond_the_longest_silence_falls_from_its_half() -> None:
    """Usually 500 days, lost after 365 at most: full to 182, then by the day; 274 days: 30 x 182 / 365 = 14.9."""
    rows = [
        points(replace(WELL, silence=Silence(days, 1000, 730)))["rhythm"] for days in (182, 274)
    ]
    assert rows == [30, 14]


@pytest.mark.parametrize(
    ("left", "orders", "rhythm", "contract"),
    [
        (None, False, 30, 5),
        (61, False, 30, 5),
        (30, False, 30, 2),
        (0, False, 30, 0),
        (-10, False, 20, 0),
        (-30, False, 0, 0),
        (-90, True, 0, 5),
    ],
)
def test_a_contract_stands_for_the_rhythm_until_it_ends(
    left: int | None, orders: bool, rhythm: int, contract: int
) -> None:
    """Silent for 70 days all the while; ordered since the end, the rhythm counts again and the contract does not."""
    silent = replace(WELL, silence=Silence(70, 42, 126), cover=Cover(left, orders, 30))
    assert (points(silent)["rhythm"], points(silent)["contract"]) == (rhythm, contract)


@pytest.mark.parametrize(
    ("year", "before", "expected"),
    [
        (150, 100, 20),
        (100, 100, 20),
        (75, 100, 10),
        (50, 100, 0),
        (-20, 100, 0),
        (5, 0, 10),
        (0, 0, 0),
    ],
)
def test_revenue_against_the_year_before(year: int, before: int, expected: int) -> None:
    assert points(replace(WELL, year_cents=year, before_cents=before))["revenue"] == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [(Said(0, 0, 10), 0), (Said(7, 0, 10), 14), (Said(1, 1, 5), 0), (Said(5, 1, 5), 20)],
)
def test_an_answer_counts_on_its_own_scale(said: Said, expected: int) -> None:
    assert points(replace(WELL, said=said))["answer"] == expected


def test_nobody_to_compare_with_is_no_change() -> None:
    health = health_of(DAY, WELL, None)
    assert (health.before, health.change) == (None, None)
    assert {part.change for part in health.parts} == {0}
