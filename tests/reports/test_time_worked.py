"""The worked example and the edges of loss-reports.md section 6, typed by hand."""

from datetime import date, timedelta
from typing import Any

import pytest

from reports.models import Evidence
from tests.reports.conftest import World, printed


def time(start: str, end: str, as_of: str = "", **parameters: Any) -> Any:
    words = ["--from", start, "--to", end, *(["--as-of", as_of] if as_of else [])]
    return printed("time", *words, **parameters)


def april(as_of: str = "2025-04-30", **parameters: Any) -> Any:
    return time("2025-04-01", "2025-04-30", as_of, **parameters)


def line(**parameters: Any) -> Any:
    (only,) = april(**parameters)["lines"]
    return only


def weekdays(start: str, end: str) -> list[date]:
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if day.weekday() < 5]


@pytest.fixture
def ann(world: World) -> World:
    """One rep at 2,200 a month: 100 for each of the 22 working days of April 2025."""
    world.rep("ann", wage=2200)
    return world


def test_ten_reps_sell_a_third_of_april(world: World) -> None:
    for number in range(10):
        world.rep(f"R{number}", wage=20000)
        for day in weekdays("2025-04-01", "2025-04-30"):
            world.touch(f"R{number}", f"{day}T10:00:00Z", kind="meeting", minutes=100)
            world.touch(f"R{number}", f"{day}T11:30:00Z", minutes=70)
    world.load()
    report = april()
    lines = report.pop("lines")
    assert list(report) == ["loss", "loss_lo", "cost", "share", "logged_share"]
    assert report["loss"] == "133333.30"
    assert report["loss_lo"] == "133333.30"
    assert report["cost"] == "200000.00"
    assert float(report["share"]) == pytest.approx(1 / 3, abs=1e-9)
    assert float(report["logged_share"]) == 1
    assert len(lines) == 10
    assert float(lines[0].pop("share")) == pytest.approx(1 / 3, abs=1e-9)
    assert lines[0] == {
        "rep_id": "R0",
        "month": "2025-04",
        "working_days": 22,
        "logged_days": 22,
        "available_minutes": 10560,
        "selling_minutes": 3520,
        "cost": "20000.00",
        "loss": "13333.33",
        "loss_lo": "13333.33",
    }


def test_nothing_done_is_a_loss_whole(ann: World) -> None:
    ann.load()
    told = line()
    assert (told["loss"], told["loss_lo"], told["cost"]) == ("2200.00", "2200.00", "2200.00")
    assert (told["logged_days"], float(told["share"])) == (0, 0)


def test_unlogged_days_are_taken_out_of_the_lower_figure(ann: World) -> None:
    for day in weekdays("2025-04-01", "2025-04-15"):  # 11 of 22 days
        ann.touch("ann", f"{day}T09:00:00Z", kind="visit", minutes=240)
    ann.load()
    report = april()
    assert (report["loss"], report["loss_lo"]) == ("1650.00", "1100.00")
    assert float(report["logged_share"]) == 0.5


def test_a_record_that_is_no_selling_makes_a_logged_day(ann: World) -> None:
    ann.touch("ann", "2025-04-01T09:00:00Z", kind="admin", minutes=60)
    ann.touch("ann", "2025-04-02T09:00:00Z", kind="coffee", minutes=60)
    ann.load()
    told = line()
    assert (told["logged_days"], told["selling_minutes"]) == (2, 0)
    assert told["loss_lo"] == told["loss"] == "2200.00"


def test_selling_on_a_day_off_alone_leaves_no_lower_loss(ann: World) -> None:
    ann.touch("ann", "2025-04-05T09:00:00Z", minutes=48)  # a Saturday
    ann.load()
    told = line()
    assert (told["logged_days"], told["selling_minutes"]) == (0, 48)
    assert (told["loss"], told["loss_lo"]) == ("2190.00", "0.00")


def test_absences_and_days_outside_employment_cost_nothing(world: World) -> None:
    world.rep("ann", wage=2200, hire="2025-04-07", leave="2025-04-25")
    world.add("absences", rep_id="ann", date="2025-04-09")
    world.add("absences", rep_id="ann", date="2025-04-12")  # a Saturday
    world.load()
    told = line()
    assert (told["working_days"], told["cost"]) == (14, "1400.00")


def test_who_is_absent_all_the_month_has_no_line(ann: World) -> None:
    for day in weekdays("2025-04-01", "2025-04-30"):
        ann.add("absences", rep_id="ann", date=day)
    ann.touch("ann", "2025-04-05T09:00:00Z", minutes=48)
    ann.load()
    report = april()
    assert report == {
        "loss": "0.00",
        "loss_lo": "0.00",
        "cost": "0.00",
        "share": None,
        "logged_share": None,
        "lines": [],
    }


def test_a_wage_is_that_of_the_day(ann: World) -> None:
    ann.add("rep_costs", rep_id="ann", from_on="2025-04-16", monthly_wage="4400")
    ann.load()
    assert line()["cost"] == "3300.00"  # 11 days at 100, 11 at 200


def test_part_of_a_month_is_divided_by_all_its_days(ann: World) -> None:
    ann.load()
    (told,) = time("2025-04-01", "2025-04-04", "2025-04-30")["lines"]
    assert (told["working_days"], told["cost"]) == (4, "400.00")
    (told,) = april("2025-04-02")["lines"]
    assert (told["working_days"], told["cost"]) == (2, "200.00")


def test_overlapping_calls_count_once(ann: World) -> None:
    ann.touch("ann", "2025-04-01T09:00:00Z", minutes=60)
    ann.touch("ann", "2025-04-01T09:10:00Z", minutes=10)
    ann.touch("ann", "2025-04-01T09:30:00Z", minutes=60, kind="email")
    ann.touch("ann", "2025-04-01T09:00:00Z", minutes=300, kind="training")
    ann.touch("ann", "2025-04-01T12:00:00Z", minutes=5)
    ann.load()
    assert line()["selling_minutes"] == 95


def test_seconds_count_and_a_day_is_floored_once(ann: World) -> None:
    ann.touch("ann", "2025-04-01T09:00:00Z", minutes=1)
    ann.touch("ann", "2025-04-01T09:00:40Z", minutes=1)  # 100 seconds with the first
    ann.touch("ann", "2025-04-01T10:00:00Z", minutes=1)
    ann.touch("ann", "2025-04-01T10:00:30Z", minutes=1)  # 90 more: 190 seconds are 3 minutes
    ann.load()
    assert line()["selling_minutes"] == 3


def test_missing_minutes_are_those_of_the_kind_and_long_ones_are_cut(ann: World) -> None:
    ann.touch("ann", "2025-04-01T06:00:00Z", kind="visit")
    ann.touch("ann", "2025-04-02T06:00:00Z", kind="email", minutes=-1)
    ann.touch("ann", "2025-04-03T06:00:00Z", kind="call", minutes=0)
    ann.touch("ann", "2025-04-04T06:00:00Z", kind="demo", minutes=1000)
    ann.load()
    assert line()["selling_minutes"] == 90 + 5 + 480
    assert line(max_activity_minutes=50)["selling_minutes"] == 50 + 5 + 50
    row = Evidence.objects.filter(measure="loss").order_by("pk")[0]
    assert row.facets["minutes"] == {"email": 5, "visit": 90, "demo": 480}
    assert row.facets["imputed"] == 2
    assert row.facets["selling_by_weekday"] == [0, 90, 5, 0, 480, 0, 0]
    assert row.facets["days_by_weekday"] == [4, 5, 5, 4, 4, 0, 0]


def test_an_activity_belongs_to_the_local_day_it_starts_on(ann: World) -> None:
    """Kyiv is three hours ahead: 21:30 UTC on 30 April is May there."""
    ann.touch("ann", "2025-04-30T20:30:00Z", minutes=60)
    ann.touch("ann", "2025-04-30T21:30:00Z", minutes=60)
    ann.load()
    april_line, may_line = time("2025-04-01", "2025-05-31", "2025-05-31")["lines"]
    assert (april_line["selling_minutes"], may_line["selling_minutes"]) == (60, 60)


def test_only_what_is_done_and_known_counts(ann: World) -> None:
    ann.touch("ann", "2025-04-01T09:00:00Z", minutes=60, status="planned")
    ann.touch("ann", "2025-04-02T09:00:00Z", minutes=60, status="cancelled")
    ann.touch("ann", "2025-04-03T09:00:00Z", minutes=60, recorded_on="2025-05-02")
    ann.touch("ann", "2025-04-04T09:00:00Z", minutes=48, deleted_on="2025-05-02")
    ann.load()
    assert line()["selling_minutes"] == 48
    assert line(as_of="2025-05-01")["selling_minutes"] == 48
    assert line(as_of="2025-05-02")["selling_minutes"] == 60


def test_more_selling_than_paid_time_is_a_share_of_one(ann: World) -> None:
    for day in weekdays("2025-04-01", "2025-04-30"):
        ann.touch("ann", f"{day}T04:00:00Z", minutes=480)
        ann.touch("ann", f"{day}T12:00:00Z", minutes=480)
    ann.load()
    report = april()
    assert (report["loss"], float(report["share"])) == ("0.00", 1)


def test_hours_and_allowance(ann: World) -> None:
    for day in weekdays("2025-04-01", "2025-04-30"):
        ann.touch("ann", f"{day}T09:00:00Z", kind="visit", minutes=135)
    ann.load()
    told = line(hours_per_day="7.5", allowance_share="0.25")
    assert told["available_minutes"] == 9900
    assert told["loss"] == "990.00"  # 1 - 0.25 - 0.3
    assert line(hours_per_day="7.51")["available_minutes"] == "9913.2"


def test_a_line_is_rounded_once_halves_up(world: World) -> None:
    for rep in ("ann", "bob"):
        world.rep(rep, wage="0.33")
        world.touch(rep, "2025-04-01T09:00:00Z", minutes=480)
    world.load()
    report = time("2025-04-01", "2025-04-02", "2025-04-30")
    assert [each["cost"] for each in report["lines"]] == ["0.03", "0.03"]
    assert [each["loss"] for each in report["lines"]] == ["0.02", "0.02"]  # half of 3 cents: 1.5
    assert (report["cost"], report["loss"]) == ("0.06", "0.04")
