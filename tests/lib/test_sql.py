"""Integer days in SQL are those of `crm.lib.periods`, on the configured database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.lib.periods import day_number
from crm.lib.sql import (
    date_sql,
    day_number_sql,
    epoch_sql,
    instant_sql,
    instant_text,
    local_day_sql,
    local_epoch_sql,
    rows_sql,
    second_sql,
)
from tests.require import fewer

DAYS = [
    (date(1, 1, 1), -719162),
    (date(1969, 12, 31), -1),
    (date(1970, 1, 1), 0),
    (date(2024, 2, 29), 19782),
    (date(2024, 3, 31), 19813),
    (date(9999, 12, 31), 2932896),
]


def asked(expression, value):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {expression} FROM (SELECT %s AS v) AS given", [value])
        return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.parametrize(("day", "number"), DAYS)
def test_a_date_and_its_integer_day(day, number):
    cast = "v" if connection.vendor == "sqlite" else "CAST(v AS DATE)"
    assert asked(day_number_sql(cast, connection.vendor), day.isoformat()) == number
    text = f"CAST({date_sql('CAST(v AS INTEGER)', connection.vendor)} AS TEXT)"
    assert asked(text, number) == day.isoformat()


@pytest.mark.django_db
def test_no_date_no_day():
    cast = "v" if connection.vendor == "sqlite" else "CAST(v AS DATE)"
    assert asked(day_number_sql(cast, connection.vendor), None) is None
    assert asked(date_sql("CAST(v AS INTEGER)", connection.vendor), None) is None


# around the changes of summer time in Kyiv, New York and Lord Howe (half an hour), and any other second
CHANGES = [
    datetime(2024, 3, 31, 1, tzinfo=UTC),
    datetime(2024, 10, 27, 1, tzinfo=UTC),
    datetime(2025, 3, 9, 7, tzinfo=UTC),
    datetime(2025, 4, 5, 15, tzinfo=UTC),
]
near = st.builds(
    lambda change, seconds: change + timedelta(seconds=seconds),
    st.sampled_from(CHANGES),
    st.integers(-90_000, 90_000),
)
ever = st.integers(63_072_000, 4_102_444_800).map(lambda s: datetime.fromtimestamp(s, UTC))
ZONES = ("Europe/Kyiv", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai", "UTC")


@pytest.mark.django_db(transaction=True)
@settings(max_examples=fewer(150), deadline=None)
@given(instant=near | ever, zone=st.sampled_from(ZONES))
def test_an_instant_on_the_clock_of_a_zone(instant, zone):
    instant = instant.replace(microsecond=0)
    there, vendor = ZoneInfo(zone), connection.vendor
    column = "v" if vendor == "sqlite" else "CAST(v AS TIMESTAMPTZ)"
    text = f"{instant:%Y-%m-%d %H:%M:%S}" + ("" if vendor == "sqlite" else "+00")
    wall = instant.astimezone(there).replace(tzinfo=UTC)
    assert asked(epoch_sql(column, vendor), text) == int(instant.timestamp())
    assert asked(local_epoch_sql(column, there, vendor), text) == int(wall.timestamp())
    assert asked(local_day_sql(column, there, vendor), text) == day_number(wall.date())


@pytest.mark.django_db
def test_an_instant_of_whole_seconds_and_back():
    vendor = connection.vendor
    instant = datetime(2025, 3, 30, 1, 0, 7, tzinfo=UTC)
    number = "CAST(v AS BIGINT)"
    assert asked(epoch_sql(instant_sql(number, vendor), vendor), 1743296407) == 1743296407
    assert int(instant.timestamp()) == 1743296407
    assert instant_text(instant + timedelta(microseconds=9)) == "2025-03-30 01:00:07"


@pytest.mark.django_db
def test_an_instant_cut_to_its_second():
    vendor = connection.vendor
    column = "v" if vendor == "sqlite" else "CAST(v AS TIMESTAMPTZ)"
    cut = f"CASE WHEN {second_sql(column, vendor)} = {column} THEN 1 ELSE 0 END"
    assert asked(cut, "2025-03-30 01:00:07") == 1
    assert asked(cut, "2025-03-30 01:00:07.5") == 0


@pytest.mark.django_db
@pytest.mark.parametrize(("rows", "expected"), [([], None), ([(1, -2), (3, 4_000_000_000)], 3)])
def test_rows_of_numbers(rows, expected):
    with connection.cursor() as cursor:
        cursor.execute(f"WITH given(a, b) AS ({rows_sql(rows, 2)}) SELECT MAX(a) FROM given")
        assert cursor.fetchone()[0] == expected
