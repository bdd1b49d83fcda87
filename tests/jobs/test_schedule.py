"""Nightly work: one job a local day, missed days caught up in order."""

from datetime import UTC, date, datetime

import pytest

from team.jobs import ask, missed_days
from team.jobs.leases import claim
from team.jobs.schedule import ask_due
from team.models import Company, Job

pytestmark = pytest.mark.django_db
KIND = "team.housekeeping"  # due at half past three, local time


@pytest.fixture(autouse=True)
def kyiv():
    Company.get()


def days():
    jobs = Job.everything.filter(kind=KIND).order_by("id")
    return list(jobs.values_list("key", flat=True))


def test_the_first_night_computes_yesterday_and_no_earlier_day():
    ask_due(datetime(2026, 11, 23, 12, tzinfo=UTC))
    assert days() == ["2026-11-22"]


def test_a_second_beat_makes_no_second_job():
    for _ in range(3):
        ask_due(datetime(2026, 11, 23, 12, tzinfo=UTC))
    assert days() == ["2026-11-22"]


def test_the_day_is_the_local_one_and_waits_for_its_hour():
    ask_due(datetime(2026, 11, 22, 22, 30, tzinfo=UTC))  # 00:30 on the 23rd in Kyiv
    assert days() == ["2026-11-21"]
    ask_due(datetime(2026, 11, 23, 1, 29, tzinfo=UTC))  # 03:29
    assert days() == ["2026-11-21"]
    ask_due(datetime(2026, 11, 23, 1, 30, tzinfo=UTC))  # 03:30
    assert days() == ["2026-11-21", "2026-11-22"]


def test_days_missed_over_a_months_end_are_caught_up_in_order():
    ask_due(datetime(2026, 10, 30, 12, tzinfo=UTC))
    ask_due(datetime(2026, 11, 3, 12, tzinfo=UTC))
    assert days() == ["2026-10-29", "2026-10-30", "2026-10-31", "2026-11-01", "2026-11-02"]
    later = Job.everything.get(kind=KIND, key="2026-10-30")
    assert claim(later.pk) is None


def test_a_clock_that_jumps_back_makes_no_day_twice():
    ask_due(datetime(2026, 11, 23, 12, tzinfo=UTC))
    ask_due(datetime(2026, 11, 20, 12, tzinfo=UTC))
    ask_due(datetime(2026, 11, 23, 12, tzinfo=UTC))
    assert days() == ["2026-11-22"]


def test_missed_days_are_those_after_the_last_one_asked_for():
    ask("test.work", {"name": "a"}, by=None, key="2026-02-27")
    assert missed_days("test.work", date(2026, 3, 1)) == [date(2026, 2, 28), date(2026, 3, 1)]
    assert missed_days("test.work", date(2026, 2, 27)) == []
    assert missed_days("test.work", date(2026, 1, 1)) == []


def test_a_machine_off_for_years_catches_up_a_bounded_number_of_days():
    ask("test.work", {"name": "a"}, by=None, key="2020-01-01")
    missed = missed_days("test.work", date(2026, 11, 22))
    assert len(missed) == 400
    assert missed[-1] == date(2026, 11, 22)
