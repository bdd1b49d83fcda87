"""The worked example and the edges of loss-reports.md section 6, typed by hand."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.reports.conftest import World, printed


def time(start: str, end: str, as_of: str = "", **parameters: Any) -> Any:
    words = ["--from", start, "--to", end, *(["--as-of", as_of] if as_of else [])]
    return printed("time", *words, **parameters)


def weekdays(start: str, end: str) -> list[date]:
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if day.weekday() < 5]


def test_ten_reps_sell_a_third_of_april(world: World) -> None:
    for number in range(10):
        world.rep(f"R{number}", wage=20000)
        for day in weekdays("2025-04-01", "2025-04-30"):
            world.touch(f"R{number}", f"{day}T10:00:00Z", kind="meeting", minutes=100)
            world.touch(f"R{number}", f"{day}T11:30:00Z", minutes=70)
    world.load()
    report = time("2025-04-01", "2025-04-30", "2025-04-30")
    lines = report.pop("lines")
    assert (
        report
        == {
            "loss": "133333.30",
            "loss_lo": "133333.30",
            "cost": "200000.00",
            "share": pytest.approx(1 / 3, abs=1e-9),
            "logged_share": 1.0,
        }
        or report["share"]
    )
    assert report["loss"] == "133333.30"
    assert report["loss_lo"] == "133333.30"
    assert report["cost"] == "200000.00"
    assert float(report["share"]) == pytest.approx(1 / 3, abs=1e-9)
    assert float(report["logged_share"]) == 1
    assert len(lines) == 10
    assert {**lines[0], "share": None} == {
        "rep_id": "R0",
        "month": "2025-04",
        "working_days": 22,
        "logged_days": 22,
        "available_minutes": 10560,
        "selling_minutes": 3520,
        "share": None,
        "cost": "20000.00",
        "loss": "13333.33",
        "loss_lo": "13333.33",
    }
