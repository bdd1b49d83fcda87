"""Works at the same time, each over a connection of its own."""

import time
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection, transaction

from crm.lib.abreast import abreast


def asking(sql: str) -> Callable[[], object]:
    def work() -> object:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0]

    return work


SERVED_BY = asking("SELECT pg_backend_pid()")


@pytest.mark.django_db(transaction=True)
def test_each_answers_in_its_place():
    assert abreast([asking("SELECT 1"), asking("SELECT 2"), asking("SELECT 3")]) == [1, 2, 3]
    assert abreast([]) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_each_has_a_connection_of_its_own_that_is_gone_afterwards():
    served = abreast([SERVED_BY, SERVED_BY, SERVED_BY])
    assert len(set(served)) == 3
    assert served[-1] == SERVED_BY()
    alive = asking(f"SELECT COUNT(*) FROM pg_stat_activity WHERE pid IN {tuple(served[:-1])}")
    deadline = time.monotonic() + 5
    while alive() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert alive() == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_within_a_transaction_they_come_in_turn_and_see_it():
    with transaction.atomic():
        assert len(set(abreast([SERVED_BY, SERVED_BY]))) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("place", [0, 1])
def test_where_one_fails_the_other_is_broken_off(place):
    works = [asking("SELECT pg_sleep(20)"), asking("SELECT pg_sleep(20)")]
    works[place] = asking("SELECT 1 / 0")
    begun = time.monotonic()
    if place == 0:
        works[1] = asking("SELECT pg_sleep(1)")  # the caller hears of it once its own is done
    with pytest.raises(Exception, match="division by zero"):
        abreast(works)
    assert time.monotonic() - begun < 10


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_whoever_stops_the_caller_stops_the_others_too():
    class Stopped(BaseException):
        pass

    ended: list[str] = []

    def long() -> None:
        try:
            asking("SELECT pg_sleep(20)")()
        except OperationalError as error:
            ended.append(str(error))

    def stopped() -> None:
        time.sleep(0.3)
        raise Stopped

    begun = time.monotonic()
    with pytest.raises(Stopped):
        abreast([long, stopped])
    assert time.monotonic() - begun < 10
    assert len(ended) == 1 and "canceling statement" in ended[0]
