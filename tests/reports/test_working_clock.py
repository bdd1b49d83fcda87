"""When so many working hours have run, also over summer time (loss-reports section 4)."""

from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.rows.working_clock import Span, answers, spans
from team.models import Company
from tests.require import fewer

KYIV = ZoneInfo("Europe/Kyiv")
FIRST, LAST = date(2025, 3, 24), date(2025, 4, 13)


def due(days: list[Span], created: int, seconds: Fraction) -> int | None:
    """As the statement works it out."""
    for day, opens, length, low, high, base in answers(days, seconds):
        worked = min(max(created - opens, 0), length)
        local = datetime.fromtimestamp(created, UTC).astimezone(KYIV).date()
        if day == (local - date(1970, 1, 1)).days and low <= worked <= high:
            return base + worked
    return None


def at(on: date, hour: int, minute: int = 0) -> int:
    return int(datetime.combine(on, time(hour, minute), KYIV).timestamp())


@pytest.fixture
def company(db: None) -> Company:
    Company.objects.update_or_create(id=1, defaults={"time_zone": "Europe/Kyiv"})
    return Company.get()


HOURS = Fraction(3600)


def test_eight_hours_from_friday_evening_end_on_monday(company: Company) -> None:
    days, friday = spans(FIRST, LAST, company, ()), date(2025, 3, 28)
    assert due(days, at(friday, 17), 8 * HOURS) == at(date(2025, 3, 31), 16)


def test_the_earliest_instant_may_be_closing_time(company: Company) -> None:
    days, friday = spans(FIRST, LAST, company, ()), date(2025, 3, 28)
    assert due(days, at(friday, 17), HOURS) == at(friday, 18)
    assert due(days, at(friday, 18), HOURS) == at(date(2025, 3, 31), 10)
    assert due(days, at(friday, 17), HOURS + Fraction(1, 2)) == at(date(2025, 3, 31), 9)


def test_holidays_and_nights_do_not_run(company: Company) -> None:
    days = spans(FIRST, LAST, company, {date(2025, 3, 31)})
    assert due(days, at(date(2025, 3, 28), 17), 8 * HOURS) == at(date(2025, 4, 1), 16)
    assert due(days, at(date(2025, 3, 29), 23), HOURS) == at(date(2025, 4, 1), 10)


def test_what_is_due_after_the_last_day_is_not_told(company: Company) -> None:
    days = spans(FIRST, date(2025, 3, 28), company, ())
    assert due(days, at(date(2025, 3, 28), 17), 8 * HOURS) is None
    company.workdays = []
    assert list(answers(spans(FIRST, LAST, company, ()), HOURS)) == []


def test_an_hour_that_summer_time_skips_does_not_run(company: Company) -> None:
    """Open on Sunday 30 March from 1 to 9, of which the hour from 3 on is skipped: seven hours."""
    company.workdays, company.work_start, company.work_end = [6], time(1), time(9)
    days = spans(FIRST, LAST, company, ())
    sunday = date(2025, 3, 30)
    assert [span.length for span in days if span.length] == [7 * 3600, 8 * 3600, 8 * 3600]
    assert due(days, at(sunday, 1), 2 * HOURS) == at(sunday, 4)


@settings(max_examples=fewer(60), deadline=None)
@given(
    second=st.integers(0, 20 * 86400),
    wanted=st.fractions(min_value=Fraction(1, 7), max_value=40 * 3600, max_denominator=9),
)
def test_it_is_the_first_second_by_which_they_have_run(second: int, wanted: Fraction) -> None:
    company = Company(time_zone="Europe/Kyiv")
    days = _without_holidays(company)
    created = at(FIRST, 0) + second
    found = due(days, created, wanted)
    if found is None:
        assert _worked(days, at(LAST, 23, 59)) - _worked(days, created) < wanted
        return
    assert _worked(days, found) - _worked(days, created) <= wanted
    assert _worked(days, found + 1) - _worked(days, created) >= wanted - 1


def _without_holidays(company: Company) -> list[Span]:
    found, before = [], 0
    for number in range((LAST - FIRST).days + 1):
        on = FIRST + timedelta(days=number)
        length = 9 * 3600 if on.weekday() < 5 else 0
        found.append(Span((on - date(1970, 1, 1)).days, at(on, 9), length, before))
        before += length
    return found


def _worked(days: list[Span], moment: int) -> int:
    return sum(min(max(moment - span.opens, 0), span.length) for span in days)
