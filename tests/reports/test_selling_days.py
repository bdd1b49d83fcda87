"""The roll-up of what reps did by day: what is read from it equals what the activities themselves say.

Odd histories: activities that come late, are deleted, vanish without a trace, or change the rule and the zone.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.lib.periods import Period, local_date
from reports.models import SellingDay, SellingRollUp
from reports.rows import rolling_days, selling_days
from reports.rows.rolling_days import refresh_selling_days
from reports.rows.selling_days import Asked, rows_of
from reports.rules.catalogue import defaults
from reports.rules.parameters import set_parameters
from sales.models import Activity
from team.models import Company, User
from tests.oracle.odd_business import odd_business
from tests.reports.conftest import World
from tests.reports.test_work_against_oracle import SEEDS, load, own_parameters

pytestmark = pytest.mark.django_db
COLUMNS = ", ".join(("rep_id", "day", *rolling_days.COUNTED))


def worked(asked: Asked) -> list[tuple[Any, ...]]:
    statement = f"WITH {{}} SELECT {COLUMNS} FROM worked ORDER BY rep_id, day"
    return rows_of(asked, statement.format, {})


def from_activities(asked: Asked) -> list[tuple[Any, ...]]:
    """The same with no roll-up to read."""
    whole = SellingRollUp.objects.filter(is_whole=True)
    ids = list(whole.values_list("pk", flat=True))
    whole.update(is_whole=False)
    rows = worked(asked)
    SellingRollUp.objects.filter(pk__in=ids).update(is_whole=True)
    return rows


def kept() -> list[tuple[Any, ...]]:
    names = ("rep_id", "day", *rolling_days.COUNTED)
    return list(SellingDay.objects.order_by("rep_id", "day").values_list(*names))


def questions(dice: random.Random, days: list[date]) -> Iterator[Asked]:
    longest = defaults()["max_activity_minutes"]
    for _ in range(6):
        first, last = sorted(dice.choices(days, k=2))
        as_of = last + timedelta(days=dice.choice([0, 0, 1, 20, 400]))
        yield Asked(first, last, as_of, dice.choice([longest, longest, 45]))


def disturb(dice: random.Random, zone: Any) -> None:
    """Some days of work: entries of all kinds, late ones too; some are taken back, some leave no trace."""
    today = Company.get().today
    reps = list(User.objects.order_by("pk"))
    there = list(Activity.everything.order_by("pk"))
    for activity in dice.sample(there, min(len(there), 6)):
        rows = Activity.everything.filter(pk=activity.pk)
        if dice.random() < 0.3:
            rows.delete()
        else:
            rows.update(deleted_on=today - timedelta(days=dice.choice([0, 0, 1])))
    for _number in range(dice.randrange(8)):
        like = dice.choice(there) if there else None
        if like is None or not reps:
            return
        start = like.start_at + timedelta(minutes=dice.randrange(-90, 90))
        day = local_date(start, zone)
        Activity.everything.create(
            author=dice.choice(reps),
            kind=dice.choice(["call", "visit", "admin", "coffee"]),
            status=dice.choice(["done", "done", "planned"]),
            start_at=start,
            minutes=dice.choice([None, -1, 5, 600]),
            recorded_on=dice.choice([day, day, day + timedelta(days=30), today]),
            created_at=start,
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_odd_histories(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    load(tmp_path, own_parameters(odd_business(random.Random(seed))))
    zone = Company.get().zone
    instants = Activity.everything.values_list("start_at", flat=True)
    days = [local_date(at, zone) for at in instants] or [date(2025, 1, 1)]
    for _ in range(3):
        disturb(dice, zone)
        for asked in questions(dice, days):
            assert worked(asked) == from_activities(asked), asked
        if dice.random() < 0.7:
            refresh_selling_days()
            rolled = kept()
            SellingRollUp.objects.update(is_whole=False)
            refresh_selling_days()
            assert kept() == rolled


@pytest.fixture
def ann(world: World) -> User:
    world.rep("ann", wage=2000)
    world.touch("ann", "2025-04-01T09:00:00Z", minutes=60)
    world.touch("ann", "2025-04-02T09:00:00Z", minutes=60)
    world.load()
    return User.objects.get(reference="ann")


APRIL = Period(date(2025, 4, 1), date(2025, 4, 30))


def minutes(as_of: date = APRIL.end, longest: int = 480) -> list[int]:
    return [row[2] for row in worked(Asked(APRIL.start, APRIL.end, as_of, longest))]


def statements(**values: Any) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        minutes(**values)
    return [query["sql"] for query in queries.captured_queries]


def reads_roll_up(**values: Any) -> bool:
    return any("FROM reports_sellingday" in text for text in statements(**values))


def test_loading_writes_the_roll_up_and_reports_read_it(ann: User) -> None:
    assert [row[2] for row in kept()] == [60, 60]
    assert reads_roll_up()
    SellingDay.objects.update(selling_minutes=7)
    assert minutes() == [7, 7]


def test_only_days_in_doubt_are_worked_out_anew(ann: User) -> None:
    SellingDay.objects.update(selling_minutes=7)
    last = Activity.everything.order_by("pk").last()
    assert last is not None
    Activity.everything.filter(pk=last.pk).update(deleted_on=Company.get().today)
    assert minutes() == [7, 60]
    refresh_selling_days()
    assert [row[2] for row in kept()] == [7]


def test_what_was_recorded_later_is_not_known_earlier(ann: User) -> None:
    first = Activity.everything.order_by("pk").first()
    assert first is not None
    first.pk, first.reference = None, "late"
    first.minutes, first.recorded_on = 90, date(2025, 5, 3)
    first._state.adding = True
    first.save()
    for refreshed in (False, True):
        assert minutes(as_of=date(2025, 5, 2)) == [60, 60]
        assert minutes(as_of=date(2025, 5, 3)) == [90, 60]
        if not refreshed:
            refresh_selling_days()


def test_queries_do_not_grow_with_the_days_in_doubt(ann: User) -> None:
    few = []
    for day in (date(2025, 4, 1), date(2025, 4, 2)):
        start_on = Activity.everything.filter(start_at__date=day)
        start_on.update(recorded_on=date(2025, 5, 5))
        few.append(len(statements()))
    assert few[0] == few[1]


def test_a_row_that_vanished_makes_all_be_read_anew(ann: User) -> None:
    first = Activity.everything.order_by("pk").first()
    assert first is not None
    first.delete()
    assert not reads_roll_up()
    assert minutes() == [60]
    refresh_selling_days()
    assert reads_roll_up()
    assert len(kept()) == 1


def test_another_longest_activity_is_not_read_from_it(ann: User) -> None:
    assert not reads_roll_up(longest=30)
    assert minutes(longest=30) == [30, 30]
    set_parameters({"max_activity_minutes": 30}, by=None, reason="shorter")
    refresh_selling_days()
    assert reads_roll_up(longest=30)
    assert not reads_roll_up()
    assert [row[2] for row in kept()] == [30, 30]


def test_another_zone_makes_another_roll_up(ann: User) -> None:
    company = Company.get()
    company.time_zone = "Pacific/Auckland"
    company.save()
    assert not reads_roll_up()
    refresh_selling_days()
    assert reads_roll_up()


def test_too_many_days_in_doubt_are_read_at_once(ann: User, monkeypatch: Any) -> None:
    Activity.everything.update(recorded_on=date(2025, 5, 5))
    assert reads_roll_up()
    monkeypatch.setattr(selling_days, "MOST", 1)
    assert not reads_roll_up()
    assert minutes() == []
    assert minutes(as_of=date(2025, 5, 5)) == [60, 60]


def test_who_begins_later_writes_it_alone(ann: User, monkeypatch: Any) -> None:
    """The first one finds, between two of its parts, that another has begun anew, and leaves it to them."""
    whole = kept()
    SellingRollUp.objects.update(is_whole=False)
    parts, calls = rolling_days._parts, []

    def overtaking() -> Iterator[tuple[date, date]]:
        calls.append(1)
        if len(calls) == 1:
            refresh_selling_days()
        yield from parts()

    monkeypatch.setattr(rolling_days, "_parts", overtaking)
    refresh_selling_days()
    assert len(calls) == 2
    assert kept() == whole
    assert SellingRollUp.objects.get().is_whole


def test_parts_are_whole_days(ann: User, monkeypatch: Any) -> None:
    monkeypatch.setattr(rolling_days, "AT_ONCE", 1)
    assert list(rolling_days._parts()) == [(date(2025, 4, day),) * 2 for day in (1, 2)]
    SellingRollUp.objects.update(is_whole=False)
    refresh_selling_days()
    assert [row[2] for row in kept()] == [60, 60]
