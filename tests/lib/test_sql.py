"""Integer days in SQL are those of `crm.lib.periods`, on the configured database."""

from datetime import date

import pytest
from django.db import connection

from crm.lib.sql import date_sql, day_number_sql

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
