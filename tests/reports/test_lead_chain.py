"""How far leads came, by hand: what tells each stage, what does not, and what the page says and opens."""

from datetime import date

from reports.models import Snapshot
from reports.screens.leakage import LEAKAGE_SCREEN
from reports.snapshots.taking import run_of
from sales.models import Lead
from tests.reports.conftest import World
from tests.reports.leads import YEAR, rows, taken

STAGES = ("recorded", "answered", "reached", "qualified", "offer", "won")
DAY = "2025-03-03"


def asked(world: World, **values: str) -> str:
    """A lead of noon in Kyiv."""
    return world.lead(f"{DAY}T10:00:00Z", **{"source": "web"} | values)


def called(world: World, lead: str, outcome: str = "", **values: str) -> None:
    start_at = values.pop("at", "11:00:00")
    world.touch("", f"{DAY}T{start_at}Z", **{"lead_id": lead, "outcome": outcome} | values)


def dealt(world: World, lead: str, *stages: str, day: str = DAY, **values: str) -> None:
    world.deal("", day, *((day, stage, "100") for stage in stages), lead_id=lead, **values)


def stands(snapshot: Snapshot) -> dict[str, str]:
    """Lead -> the furthest stage it came to."""
    return {
        Lead.everything.get(pk=row.subject_id).reference: row.measure
        for row in rows(snapshot, *STAGES)
    }


def counted(snapshot: Snapshot) -> list[tuple[int, int]]:
    """By stage: came as far, and stopped there."""
    told = snapshot.headline
    return [(told[f"came_{stage}"], told[f"stopped_{stage}"]) for stage in STAGES]


def test_each_stage_is_a_part_of_the_one_before(world: World) -> None:
    """One lead stops at each stage; another was won without an answer, a word or an offer on record."""
    silent = asked(world)
    mailed = asked(world)
    called(world, mailed, kind="email")
    spoke = asked(world)
    called(world, spoke, "reached")
    fits = asked(world)
    dealt(world, fits, "new", "qualified")
    offered = asked(world)
    dealt(world, offered, "offer", "lost")
    bought = asked(world, converted_on="2025-04-01", customer_id="A")
    world.customer("A")
    world.load()
    snapshot = taken("leakage", *YEAR)
    assert stands(snapshot) == {
        silent: "recorded",
        mailed: "answered",
        spoke: "reached",
        fits: "qualified",
        offered: "offer",
        bought: "won",
    }
    assert counted(snapshot) == [(6, 1), (5, 1), (4, 1), (3, 1), (2, 1), (1, 1)]
    assert snapshot.whole["steps"] == {"reached": True, "qualified": True, "offer": True}


def test_what_tells_nothing_of_a_lead(world: World) -> None:
    world.customer("T", is_test="1")
    not_spoken = asked(world)
    called(world, not_spoken, "no_answer")
    planned = asked(world)
    called(world, planned, "reached", status="planned")
    before = asked(world)
    called(world, before, "reached", at="09:59:59")
    tomorrow = asked(world)
    called(world, tomorrow, "reached", recorded_on="2026-01-01")
    older = asked(world)
    dealt(world, older, "offer", day="2025-03-02")
    of_test = asked(world)
    dealt(world, of_test, "offer", customer_id="T")
    untold = asked(world)
    dealt(world, untold, "new", "lost")
    late = asked(world, converted_on="2025-06-02", customer_id="B")
    world.customer("B")
    junk = asked(world, closed_on=DAY, closed_reason="junk")
    called(world, junk, "reached")
    world.load()
    snapshot = taken("leakage", *YEAR)
    assert stands(snapshot) == {
        not_spoken: "answered",
        planned: "recorded",
        before: "recorded",
        tomorrow: "recorded",
        older: "recorded",
        of_test: "recorded",
        untold: "recorded",
        late: "recorded",
    }
    assert snapshot.whole["steps"] == {"reached": False, "qualified": False, "offer": False}


def test_who_calls_in_is_reached_and_a_deal_that_was_won_had_an_offer(world: World) -> None:
    rang = asked(world)
    called(world, rang, "call_back", direction="in")
    sold = asked(world)
    dealt(world, sold, "new", "won")
    world.load()
    snapshot = taken("leakage", *YEAR)
    assert stands(snapshot) == {rang: "reached", sold: "offer"}
    # nobody called back, and yet both were heard of
    assert counted(snapshot)[1] == (2, 0)


def test_a_stage_of_later_changes_nothing_before(world: World) -> None:
    lead = asked(world)
    world.deal("", DAY, (DAY, "qualified", "1"), ("2025-05-01", "offer", "1"), lead_id=lead)
    world.load()
    assert stands(taken("leakage", DAY, "2025-03-31", "2025-04-30")) == {lead: "qualified"}
    assert stands(taken("leakage", DAY, "2025-03-31", "2025-05-01")) == {lead: "offer"}


def test_the_rules_say_which_stages_count(world: World) -> None:
    lead = asked(world)
    dealt(world, lead, "Angebot")
    world.load()
    assert stands(taken("leakage", *YEAR)) == {lead: "recorded"}
    ours = taken("leakage", *YEAR, offer_stages=" Angebot,offer , Angebot")
    assert stands(ours) == {lead: "offer"}
    assert run_of(ours).values["offer_stages"] == "Angebot, offer"
    assert stands(taken("leakage", *YEAR, qualified_stages="Angebot")) == {lead: "qualified"}
    assert stands(taken("leakage", *YEAR, offer_stages="")) == {lead: "recorded"}


def test_the_rows_below_name_the_deals_and_who_was_reached(world: World) -> None:
    lead = asked(world)
    called(world, lead, "reached")
    dealt(world, lead, "new", "qualified", day="2025-03-04")
    dealt(world, lead, "offer", day="2025-03-02")
    world.load()
    snapshot = taken("leakage", *YEAR)
    (row,) = rows(snapshot, "qualified")
    touches, deals = LEAKAGE_SCREEN.explain(row, run_of(snapshot)).tables
    assert [each[-1] for each in touches.rows] == ["touch, reached"]
    day = date(2025, 3, 4)
    assert [(each[0], each[2]) for each in deals.rows] == [(day, "New"), (day, "Qualified")]
