"""Loss 2 by hand: the worked example both ways, and how its money lies on the leads and their owners."""

import pytest

from tests.reports.conftest import World
from tests.reports.leads import FEW, YEAR, answered, ignored, rows, taken, told, won


@pytest.fixture
def hundred(world: World) -> World:
    """85 old and 15 new customers at 100,000 in 2025; 60 of 100 leads answered in an hour, 40 never."""
    for number in range(85):
        for year in (2023, 2025):
            world.order(f"Old{number:02}", f"{year}-06-15", "100000")
    for number in range(15):
        won(world, "2025-03-03", f"New{number:02}", "100000")
    answered(world, "2025-03-03", count=45)
    ignored(world, "2025-03-03", count=40)
    world.load()
    return world


def test_forty_of_a_hundred_leads_are_never_answered(hundred: World) -> None:
    report = told("leakage", *YEAR)
    line = report.pop("lines")
    assert report == {
        "loss": "1000000.00",
        "lo": "561738.73",
        "hi": "1438261.27",
        "leads": 100,
        "leaked": 40,
        "at_risk": "0.00",
        "norm": {
            "available": True,
            "sales": "10000000.00",
            "new_sales": "1500000.00",
            "expected": "2500000.00",
            "loss": "1000000.00",
        },
        "unreported": {"new_customers": 15, "without_lead": 0},
    }
    assert line == [
        {
            "source": "web",
            "leads": 100,
            "timely": 60,
            "late": 0,
            "never": 40,
            "pending": 0,
            "leaked": 40,
            "leaked_converted": 0,
            "rate": "0.25",
            "rate_n": 60,
            "rate_scope": "source",
            "value": "100000.00",
            "value_n": 15,
            "value_scope": "source",
            "estimable": True,
            "loss": "1000000.00",
            "lo": "561738.73",
            "hi": "1438261.27",
            "at_risk_leads": 0,
            "at_risk": "0.00",
        }
    ]


def test_until_they_are_mature_they_can_be_saved(hundred: World) -> None:
    day_before = told("leakage", "2025-01-01", "2025-12-31", "2025-05-31")
    assert (day_before["loss"], day_before["at_risk"]) == ("0.00", "1000000.00")
    assert told("leakage", "2025-01-01", "2025-12-31", "2025-06-01")["loss"] == "1000000.00"


def test_conversion_by_speed(hundred: World) -> None:
    assert told("speed", *YEAR) == {
        "<=1h": {"leads": 60, "converted": 15, "rate": "0.25"},
        "<=24h": {"leads": 0, "converted": 0, "rate": None},
        ">24h": {"leads": 0, "converted": 0, "rate": None},
        "never": {"leads": 40, "converted": 0, "rate": "0.0"},
    }


def test_the_cents_of_a_line_lie_on_its_leads(world: World) -> None:
    """0.5 of three leads at 1.01 are 1.515 -> 1.52: 51, 51 and 50 cents; the first by reference have more."""
    won(world, "2025-02-03", "A", "1.01")
    answered(world, "2025-02-03")
    ignored(world, "2025-02-03", count=3)
    world.load()
    snapshot = taken("leakage", *YEAR, **FEW)
    assert told("leakage", *YEAR, **FEW)["loss"] == "1.52"
    assert [row.cents for row in rows(snapshot, "loss")] == [51, 51, 50]
    assert sum(row.low_cents for row in rows(snapshot, "loss")) == snapshot.headline["lo_cents"]
    assert sum(row.high_cents for row in rows(snapshot, "loss")) == snapshot.headline["hi_cents"]
    line = snapshot.whole["lines"]["web"]
    assert (line["rate"], line["value"], line["leaked"]) == ("1/2", "101", 3)
    assert snapshot.whole["curve"][0][:2] == [0, 0.5]


def test_a_leak_is_its_owners_on_the_day_it_was_due(world: World) -> None:
    """Due 24 hours after the arrival; who had it before or after has no part in it."""
    for rep, team in (("ann", "North"), ("bob", "South")):
        world.rep(rep, team=team)
    lead = world.lead("2025-02-03T10:00:00Z", "ann", source="web")
    world.numbered(
        "lead_ownership", "P", "ownership_id", lead_id=lead, rep_id="ann",
        from_on="2025-02-03", to_on="2025-02-04",
    )  # fmt: skip
    world.numbered(
        "lead_ownership", "P", "ownership_id", lead_id=lead, rep_id="bob", from_on="2025-02-04"
    )
    world.lead("2025-02-03T21:59:00Z", "ann", source="web")
    world.lead("2025-02-03T10:00:00Z", source="web")
    world.load()
    owners = [
        (row.owner and row.owner.reference, row.team and row.team.name)
        for row in rows(taken("leakage", *YEAR), "never")
    ]
    assert sorted(owners, key=str) == [("ann", "North"), ("bob", "South"), (None, None)]


def test_junk_is_no_lead_but_is_counted_beside_them(world: World) -> None:
    ignored(world, "2025-02-03", closed_on="2025-02-05", closed_reason="junk")
    ignored(world, "2025-02-03", closed_on="2025-02-05", closed_reason="duplicate")
    ignored(world, "2025-02-03", closed_on="2025-02-05", closed_reason="lost", count=2)
    world.load()
    snapshot = taken("leakage", *YEAR)
    assert told("leakage", *YEAR)["leads"] == 2
    assert (snapshot.headline["junk"], snapshot.headline["junk_share"]) == (2, 0.5)
    assert {row.facets["closed_reason"] for row in rows(snapshot, "junk")} == {"junk", "duplicate"}
    before = taken("leakage", "2025-01-01", "2025-12-31", "2025-02-04")
    assert (before.headline["junk"], before.headline["leads"]) == (0, 4)


@pytest.mark.parametrize(("touch", "kind"), [("14:00:00", "timely"), ("14:00:01", "late")])
def test_working_hours_run_over_the_weekend(world: World, touch: str, kind: str) -> None:
    """Friday 17:00 in Kyiv, 8 working hours, 9 to 18: due on Monday at 16:00."""
    lead = world.lead("2025-02-07T15:00:00Z", source="web")
    world.touch("", f"2025-02-10T{touch}Z", lead_id=lead)
    world.load()
    line = told("leakage", *YEAR, sla_clock="working", sla_hours=8)["lines"][0]
    assert {name: line[name] for name in ("timely", "late", "never", "pending") if line[name]} == {
        kind: 1
    }


def test_new_customers_whom_no_lead_had_told_of(world: World) -> None:
    world.rep("ann", team="North")
    won(world, "2025-02-03", "Told", "10")
    world.order("Early", "2025-02-03", "10")  # its lead came a day after its purchase
    ignored(world, "2025-02-04", converted_on="2025-02-05", customer_id="Early")
    world.order("Never", "2025-02-03", "10")
    world.owned("Never", "ann", "2025-02-03")
    world.order("Old", "2024-02-03", "10")
    world.load()
    snapshot = taken("leakage", *YEAR)
    assert told("leakage", *YEAR)["unreported"] == {"new_customers": 3, "without_lead": 2}
    assert {row.line_key for row in rows(snapshot, "reported")} == {"Told"}
    assert {
        row.line_key: row.owner and row.owner.reference for row in rows(snapshot, "unreported")
    } == {"Early": None, "Never": "ann"}


def test_a_lead_without_a_source_is_a_line_of_its_own(world: World) -> None:
    ignored(world, "2025-02-03", source="")
    world.load()
    report = told("leakage", *YEAR)
    assert [(line["source"], line["never"]) for line in report["lines"]] == [("(none)", 1)]
    assert (report["lines"][0]["rate"], report["lines"][0]["estimable"]) == (None, False)


def test_no_leads_no_lines(world: World) -> None:
    world.load()
    report = told("leakage", *YEAR)
    assert (report["loss"], report["leads"], report["lines"]) == ("0.00", 0, [])
    assert report["norm"] == {
        "available": False,
        "sales": None,
        "new_sales": None,
        "expected": None,
        "loss": None,
    }
