"""Working hours: the same instants as the report of leads finds by its own way (loss-reports section 4)."""

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.rows.working_clock import answers, spans
from team.models import Company, Holiday
from team.working_time import WorkingTime
from tests.require import fewer

KYIV = ZoneInfo("Europe/Kyiv")
FRIDAY, SATURDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 23)
pytestmark = pytest.mark.django_db


def at(on: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(on, time(hour, minute), KYIV)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        (at(FRIDAY, 17), 8, at(MONDAY, 16)),
        (at(FRIDAY, 17), 1, at(FRIDAY, 18)),
        (at(FRIDAY, 18), 1, at(MONDAY, 10)),
        (at(SATURDAY, 11), 1, at(MONDAY, 10)),
        (at(MONDAY, 7), 9, at(MONDAY, 18)),
        (at(MONDAY, 8, 59), 10, at(date(2026, 11, 24), 10)),
    ],
)
def test_so_many_working_hours_later(start: datetime, hours: int, due: datetime) -> None:
    assert WorkingTime(Company.get()).after(start, hours) == due


def test_holidays_do_not_count_and_a_calendar_without_days_has_no_end() -> None:
    Holiday.objects.create(on=MONDAY, recorded_on=FRIDAY)
    Holiday.objects.create(on=date(2026, 11, 24), recorded_on=FRIDAY, deleted_on=FRIDAY)
    company = Company.get()
    assert WorkingTime(company).after(at(FRIDAY, 17), 8) == at(date(2026, 11, 24), 16)
    assert WorkingTime(company).between(at(FRIDAY, 17), at(date(2026, 11, 24), 16)) == timedelta(
        hours=8
    )
    company.workdays = []
    assert WorkingTime(company).after(at(FRIDAY, 17), 1) is None


def test_the_hour_that_summer_time_skips_is_no_working_hour() -> None:
    company = Company.get()
    company.workdays, company.work_start, company.work_end = [6], time(1), time(9)
    sunday = date(2026, 3, 29)
    assert WorkingTime(company).after(at(sunday, 1), 2) == at(sunday, 4)
    assert WorkingTime(company).between(at(sunday, 0), at(sunday, 23)) == timedelta(hours=7)


@settings(max_examples=fewer(60), deadline=None)
@given(second=st.integers(0, 20 * 86400), hours=st.integers(1, 60))
def test_the_report_of_leads_finds_the_same_instant(second: int, hours: int) -> None:
    company = Company(time_zone="Europe/Kyiv")
    first, last = date(2026, 3, 16), date(2026, 5, 16)
    start = at(first, 0) + timedelta(seconds=second)
    found = WorkingTime(company).after(start, hours)
    assert found is not None
    created, day = int(start.timestamp()), (start.astimezone(KYIV).date() - date(1970, 1, 1)).days
    told = [
        base + worked
        for told_of, opens, length, low, high, base in answers(
            spans(first, last, company, ()), Fraction(hours * 3600)
        )
        if told_of == day and low <= (worked := min(max(created - opens, 0), length)) <= high
    ]
    assert told == [int(found.timestamp())]
    assert WorkingTime(company).between(start, found.astimezone(UTC)) == timedelta(hours=hours)
