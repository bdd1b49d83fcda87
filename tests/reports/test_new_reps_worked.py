"""The worked example and the edges of loss-reports.md section 7, typed by hand."""

from datetime import date, timedelta
from typing import Any

import pytest

from reports.models import Evidence, Snapshot
from team.models import Employment, User
from tests.reports.conftest import World, printed


def new_reps(start: str, end: str, as_of: str = "", **parameters: Any) -> Any:
    words = ["--from", start, "--to", end, *(["--as-of", as_of] if as_of else [])]
    return printed("new_reps", *words, **parameters)


def quarter(as_of: str = "2025-03-31", **parameters: Any) -> Any:
    return new_reps("2025-01-01", "2025-03-31", as_of, **parameters)


def hire(world: World, name: str, day: str = "2025-01-01", leave: str = "", **pay: Any) -> None:
    told = {"monthly_wage": 2000, "monthly_expenses": 200, **pay}
    world.add("reps", rep_id=name, name=name, team="New", hire_on=day, leave_on=leave, **told)


def calls(world: World, rep: str, start: date, end: date) -> None:
    day = start
    while day <= end:
        if day.weekday() < 5:
            world.touch(rep, f"{day}T09:00:00Z")
        day += timedelta(days=1)


@pytest.fixture
def seven(world: World) -> World:
    """Five who did nothing but one call, one who called each working day, one who sold once."""
    for number in range(7):
        hire(world, f"N{number}")
    world.touch("N0", "2025-02-03T09:00:00Z")
    calls(world, "N5", date(2025, 1, 1), date(2025, 3, 31))
    world.order("A", "2025-03-03", "100", rep_id="N6")
    world.load()
    return world


def test_five_of_seven_newcomers(seven: World) -> None:
    report = quarter()
    lines = report.pop("lines")
    assert list(report)[:3] == ["loss", "wages", "expenses"]
    assert report == {
        "loss": "33000.00",
        "wages": "30000.00",
        "expenses": "3000.00",
        "reps": 5,
        "evaluated": 7,
        "no_result_but_worked": 1,
        "in_progress": 0,
    }
    assert lines[0] == {
        "rep_id": "N0",
        "hire_on": "2025-01-01",
        "evaluated_on": "2025-03-31",
        "working_days": 64,
        "result": "0.00",
        "activities": 1,
        "no_result": True,
        "no_record": True,
        "counted": True,
        "wage": "6000.00",
        "expenses": "600.00",
        "loss": "6600.00",
    }
    assert (lines[5]["no_result"], lines[5]["no_record"], lines[5]["activities"]) == (
        True,
        False,
        64,
    )
    assert (lines[6]["result"], lines[6]["no_result"], lines[6]["no_record"]) == (
        "100.00",
        False,
        True,
    )
    for other in lines[5:]:
        told = other["counted"], other["wage"], other["expenses"], other["loss"]
        assert told == (False, "6000.00", "600.00", "0.00")


def test_a_record_of_work_may_be_no_excuse(seven: World) -> None:
    report = quarter(require_no_record="false")
    assert (report["reps"], report["loss"]) == (6, "39600.00")
    assert (report["evaluated"], report["no_result_but_worked"]) == (7, 1)
    assert quarter(require_no_record="off")["reps"] == 6
    assert quarter(require_no_record="on")["reps"] == 5
    assert quarter(min_result=100, require_no_record="0")["reps"] == 7
    assert quarter(min_result="99.99", require_no_record="0")["reps"] == 6


def test_the_day_before_nobody_is_judged(seven: World) -> None:
    report = quarter("2025-03-30")
    assert (report["evaluated"], report["in_progress"], report["lines"]) == (0, 7, [])
    # one working day is left, a 21st of the wage of March
    idle = Evidence.objects.filter(measure="in_progress_idle").order_by("line_key")
    assert [(row.line_key, row.cents) for row in idle] == [(f"N{n}", 9524) for n in range(5)]
    assert set(Evidence.objects.filter(measure="in_progress").values_list("cents")) == {(0,)}


def test_a_day_of_leaving_ahead_is_known_to_what_can_be_stopped_alone(world: World) -> None:
    hire(world, "ann")
    world.load()
    Employment.objects.update(left_on=date(2025, 2, 14))
    report = new_reps("2025-01-01", "2025-01-31", "2025-02-12")
    assert (report["in_progress"], report["lines"]) == (1, [])
    row = Evidence.objects.get(measure="in_progress_idle")
    assert row.cents == 20000  # two of February's 20 days
    assert row.occurred_on == date(2025, 3, 31)


def test_who_leaves_earlier_is_judged_on_that_day(world: World) -> None:
    hire(world, "ann", leave="2025-01-31")
    world.load()
    (line,) = quarter()["lines"]
    assert (line["evaluated_on"], line["wage"], line["loss"]) == (
        "2025-01-31",
        "2000.00",
        "2200.00",
    )
    # the leave date is not known before it has come
    assert quarter("2025-01-30")["in_progress"] == 1


def test_hired_on_the_last_of_november(world: World) -> None:
    hire(world, "ann", "2024-11-30")
    world.load()
    (line,) = quarter()["lines"]
    assert line["evaluated_on"] == "2025-02-27"
    assert quarter(ramp_months=4)["lines"][0]["evaluated_on"] == "2025-03-29"


def test_absent_days_are_paid_but_need_no_record(world: World) -> None:
    hire(world, "ann")
    for day in ("2025-01-06", "2025-01-07", "2025-01-11"):  # the last a Saturday
        world.add("absences", rep_id="ann", date=day)
    calls(world, "ann", date(2025, 1, 3), date(2025, 3, 31))  # all but the first two days
    world.load()
    (line,) = quarter()["lines"]
    assert (line["working_days"], line["activities"], line["no_record"]) == (62, 62, False)
    assert line["wage"] == "6000.00"


def test_credits_of_the_time_alone_count(world: World) -> None:
    hire(world, "ann")
    world.customer("Test", is_test=1)
    for day, amount, more in (
        ("2024-12-31", "500", {}),
        ("2025-04-01", "500", {}),
        ("2025-02-01", "500", {"recorded_on": "2025-04-02"}),
        ("2025-02-01", "80", {}),
        ("2025-02-20", "-80", {}),
    ):
        world.order("A", day, amount, rep_id="ann", **more)
    world.order("Test", "2025-02-02", "900", rep_id="ann")
    world.load()
    (line,) = quarter()["lines"]
    assert (line["result"], line["no_result"]) == ("0.00", True)
    assert quarter("2025-04-02")["lines"][0]["result"] == "500.00"


def test_wages_and_expenses_are_rounded_apart(world: World) -> None:
    hire(world, "ann", leave="2025-01-01", monthly_wage="0.115", monthly_expenses="0.115")
    world.load()
    (line,) = quarter()["lines"]
    # a 23rd of 11.5 cents each
    assert (line["wage"], line["expenses"], line["loss"]) == ("0.01", "0.01", "0.02")


def test_a_wage_that_rises_on_the_way(world: World) -> None:
    hire(world, "ann")
    world.add("rep_costs", rep_id="ann", from_on="2025-03-01", monthly_wage="3000")
    world.load()
    (line,) = quarter()["lines"]
    assert (line["wage"], line["expenses"]) == ("7000.00", "400.00")


def test_the_ramp_is_kept_with_the_figures(seven: World) -> None:
    quarter()
    whole = Snapshot.objects.latest("pk").whole
    assert (whole["ramp"]["earlier"], whole["ramp"]["band"]) == (0, [])
    # the order of the sixth is of the last day of the quarter
    assert [sums for _rep, sums in whole["ramp"]["sold"]] == [[0, 0, 0]] * 6 + [[0, 0, 10000]]


def test_who_is_hired_again_is_judged_again(world: World) -> None:
    hire(world, "ann", leave="2025-01-10")
    world.load()
    user = User.objects.get(reference="ann")
    again = date(2025, 2, 3)
    Employment.objects.create(
        user=user, hired_on=again, left_on=date(2025, 2, 14), recorded_on=again
    )
    report = quarter()
    assert [line["hire_on"] for line in report["lines"]] == ["2025-01-01", "2025-02-03"]
    assert report["reps"] == 2


def test_no_newcomers(world: World) -> None:
    world.load()
    assert quarter() == {
        "loss": "0.00",
        "wages": "0.00",
        "expenses": "0.00",
        "reps": 0,
        "evaluated": 0,
        "no_result_but_worked": 0,
        "in_progress": 0,
        "lines": [],
    }
