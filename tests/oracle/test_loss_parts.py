"""The parts of the second calculation against the dullest way of doing the same."""

import random
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.company_calendar import add_months, calendar_of, moment_of
from tests.oracle.kaplan_meier import survivors
from tests.oracle.odd_business import ZONES
from tests.oracle.rules import rules_of
from tests.oracle.selling_time import _selling_minutes
from tests.oracle.work_facts import Activity
from tests.require import fewer

briefly = settings(max_examples=fewer(30), deadline=None)


def test_kaplan_meier_by_hand() -> None:
    survival, variance = survivors([3, 10], [5, 5, 90, 90])
    assert survival == Fraction(5, 9)
    assert variance == survival**2 * (Fraction(1, 6 * 5) + Fraction(1, 3 * 2))


def test_an_event_comes_before_a_censoring_of_its_day() -> None:
    assert survivors([5], [5])[0] == Fraction(1, 2)
    assert survivors([6], [5])[0] == 0


@briefly
@given(st.lists(st.integers(0, 90), max_size=12), st.integers(1, 12))
def test_without_early_censoring_it_is_the_plain_share(events: list[int], kept: int) -> None:
    survival, variance = survivors(events, [90] * kept)
    n = len(events) + kept
    assert survival == Fraction(kept, n)
    assert variance == survival * (1 - survival) / n


@briefly
@given(st.lists(st.tuples(st.integers(0, 7200), st.integers(0, 90)), max_size=8))
def test_the_union_is_the_number_of_different_seconds(spans: list[tuple[int, int]]) -> None:
    done = [
        Activity(str(n), "R", "call", "", start, date(2025, 1, 1), minutes, "")
        for n, (start, minutes) in enumerate(spans)
    ]
    seconds = {s for start, minutes in spans for s in range(start, start + 60 * minutes)}
    assert _selling_minutes(done, rules_of({}, {})) == len(seconds) // 60


@briefly
@given(st.integers(0, 10**9))
def test_the_working_clock_is_the_counting_of_minutes(seed: int) -> None:
    rng = random.Random(seed)
    calendar = calendar_of(
        {
            "tz": rng.choice(ZONES),
            "workdays": rng.choice([[0, 1, 2, 3, 4], [6, 1]]),
            "holidays": ["2025-03-31"],
            "work_start": rng.choice(["09:00", "00:00"]),
            "work_end": rng.choice(["10:30", "23:00"]),
        }
    )
    start = moment_of("2025-03-27T00:00:00Z") + 60 * rng.randrange(5000)
    hours = Fraction(rng.choice(["0.5", "1", "2.25", "8"]))
    left, now = int(hours * 60), start
    while left > 0:
        on = calendar.local_day(now)
        opens, closes = calendar.at(on, calendar.opens), calendar.at(on, calendar.closes)
        left -= calendar.works(on) and opens <= now < closes
        now += 60
    assert calendar.after_working(start, hours * 3600) == now


@pytest.mark.parametrize(
    ("zone", "day", "ends"),
    [
        ("Europe/Kyiv", "2025-03-30", "2025-03-30T21:00:00Z"),
        ("Europe/Kyiv", "2025-03-29", "2025-03-29T22:00:00Z"),
        ("Asia/Kathmandu", "2025-01-01", "2025-01-01T18:15:00Z"),
        # In Cairo midnight itself is skipped on 26 April 2024, and the 31st of October has 25 hours.
        ("Africa/Cairo", "2024-04-25", "2024-04-25T22:00:00Z"),
        ("Africa/Cairo", "2024-10-31", "2024-10-31T22:00:00Z"),
    ],
)
def test_the_end_of_a_day(zone: str, day: str, ends: str) -> None:
    calendar, on = calendar_of({"tz": zone}), date.fromisoformat(day)
    assert calendar.end_of(on) == moment_of(ends)
    assert calendar.local_day(moment_of(ends) - 1) == on < calendar.local_day(moment_of(ends))


@pytest.mark.parametrize(
    ("on", "months", "then"),
    [
        ("2025-01-31", 1, "2025-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-11-30", 3, "2025-02-28"),
        ("2024-12-01", 1, "2025-01-01"),
        ("2025-03-31", -1, "2025-02-28"),
    ],
)
def test_months_later(on: str, months: int, then: str) -> None:
    assert add_months(date.fromisoformat(on), months).isoformat() == then
