"""Integer days in SQL are those of `crm.lib.periods`, on the configured database."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from crm.lib.periods import day_number
from crm.lib.sql import date_sql, day_number_sql, epoch_sql, local_day_sql, local_epoch_sql

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
@settings(max_examples=150, deadline=None)
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
