"""Loss 3 by hand: the worked example, where its money lies, and what is told of a campaign."""

from datetime import date

import pytest

from customers.models import Customer
from reports.screens.marketing import MARKETING_SCREEN
from reports.snapshots.taking import run_of
from tests.reports.conftest import World
from tests.reports.leads import YEAR, rows, taken, told

SUMMER = ("2025-03-01", "2025-03-31", "2025-06-30")
PARTS = ("loss", "worked", "pending", "without_leads")


def leads(world: World, count: int, calls: int, day: str = "2025-03-05", **values: str) -> None:
    """Leads of the campaign “fair”, each called so many times in the days after."""
    for _ in range(count):
        lead = world.lead(f"{day}T08:00:00Z", **{"campaign_id": "fair"} | values)
        for number in range(calls):
            world.touch("", f"{day}T{9 + number:02}:00:00Z", lead_id=lead, minutes=5)


@pytest.fixture
def hundred(world: World) -> World:
    world.cost("fair", "2025-03-03", "60000")
    world.cost("fair", "2025-03-20", "40000")
    leads(world, 70, 3)
    leads(world, 10, 2)
    leads(world, 20, 0)
    world.load()
    return world


def test_thirty_of_a_hundred_leads_are_not_worked(hundred: World) -> None:
    assert told("marketing", *SUMMER) == {
        "loss": "30000.00",
        "cost": "100000.00",
        "spent_without_leads": "0.00",
        "lines": [
            {
                "campaign_id": "fair",
                "cost": "100000.00",
                "leads": 100,
                "unworked": 30,
                "pending": 0,
                "converted": 0,
                "customers": 0,
                "cost_per_lead": "1000.00",
                "cost_per_customer": None,
                "loss": "30000.00",
            }
        ],
    }


def test_until_their_days_are_over_they_can_be_worked(hundred: World) -> None:
    before = taken("marketing", "2025-03-01", "2025-03-31", "2025-04-03")
    assert (before.headline["loss_cents"], before.headline["pending_cents"]) == (0, 3_000_000)
    assert told("marketing", "2025-03-01", "2025-03-31", "2025-04-04")["loss"] == "30000.00"


def test_the_cost_lies_on_the_leads_to_the_cent(world: World) -> None:
    """10.00 over seven leads; of three unworked 4.29 (30/7 = 4.2857), of one still pending 1.43."""
    world.cost("fair", "2025-03-03", "10")
    leads(world, 3, 0)
    leads(world, 3, 3)
    leads(world, 1, 0, day="2025-03-30")
    world.load()
    snapshot = taken("marketing", "2025-03-01", "2025-03-31", "2025-04-20")
    assert [row.cents for row in rows(snapshot, "loss")] == [143, 143, 143]
    assert [row.cents for row in rows(snapshot, "pending")] == [143]
    assert [row.cents for row in rows(snapshot, "worked")] == [0, 0, 0]
    shared = [row.base_cents for row in rows(snapshot, *PARTS)]
    assert (sorted(shared), sum(shared)) == ([142] + [143] * 6, 1000)
    assert snapshot.headline["cost_cents"] == 1000


def test_less_than_nothing_is_shared_too_and_loses_nothing(world: World) -> None:
    world.cost("fair", "2025-03-03", "-0.05")
    world.cost("idle", "2025-03-03", "7")
    leads(world, 3, 0)
    leads(world, 1, 0, campaign_id="free")
    world.add("campaigns", campaign_id="free", name="free")
    world.load()
    snapshot = taken("marketing", *SUMMER)
    assert [row.base_cents for row in rows(snapshot, "loss")] == [-2, -2, -1, 0]
    assert {row.cents for row in rows(snapshot, "loss")} == {0}
    report = told("marketing", *SUMMER)
    assert (report["loss"], report["cost"], report["spent_without_leads"]) == (
        "0.00",
        "6.95",
        "7.00",
    )
    assert {line["campaign_id"]: line["cost_per_lead"] for line in report["lines"]} == {
        "fair": "-0.02",
        "free": "0.00",
        "idle": None,
    }
    idle = rows(snapshot, "without_leads")[0]
    assert (idle.subject_type, idle.line_key, idle.cents, idle.owner) == (
        "campaign", "idle", 700, None,
    )  # fmt: skip


def test_a_lead_is_its_owners_on_the_day_it_came(world: World) -> None:
    for rep, team in (("ann", "North"), ("bob", "South")):
        world.rep(rep, team=team)
    world.cost("fair", "2025-03-03", "10")
    lead = world.lead("2025-03-05T08:00:00Z", "ann", campaign_id="fair")
    for rep, start, end in (("ann", "2025-03-05", "2025-03-06"), ("bob", "2025-03-06", "")):
        world.numbered(
            "lead_ownership", "P", "ownership_id", lead_id=lead, rep_id=rep, from_on=start,
            to_on=end,
        )  # fmt: skip
    world.load()
    row = rows(taken("marketing", *SUMMER), "loss")[0]
    assert row.owner is not None and row.team is not None
    assert (row.owner.reference, row.team.name, row.cents) == ("ann", "North", 1000)


@pytest.mark.parametrize(
    ("touched", "closed", "expected"),
    [
        ("2025-03-09", "2025-03-09", "worked"),
        ("2025-03-10", "2025-03-09", "loss"),
        ("2025-03-09", "", "loss"),
    ],
)
def test_closing_after_a_touch_is_work(
    world: World, touched: str, closed: str, expected: str
) -> None:
    world.cost("fair", "2025-03-03", "10")
    lead = world.lead(
        "2025-03-05T08:00:00Z", campaign_id="fair", closed_on=closed, closed_reason="lost"
    )
    world.touch("", f"{touched}T10:00:00Z", lead_id=lead)
    world.load()
    assert [row.measure for row in rows(taken("marketing", *SUMMER), *PARTS)] == [expected]


def test_what_a_campaign_brought(world: World) -> None:
    """The first lead has the credit; revenue and margin count from the conversion to the as-of day."""
    for campaign in ("fair", "later"):
        world.cost(campaign, "2025-03-03", "100")
    won = {"converted_on": "2025-03-10", "customer_id": "A"}
    world.order("A", "2025-03-01", "999", cost="1")
    world.order("A", "2025-03-10", "500", cost="200")
    world.order("A", "2025-04-10", "50")
    world.order("A", "2026-01-01", "7", cost="1")
    leads(world, 1, 1, **won)
    leads(world, 1, 1, day="2025-03-06", **won, campaign_id="later")
    world.customer("B", merged_into="A", merged_on="2025-05-01")
    world.order("B", "2025-05-01", "10", cost="10")
    world.load()
    snapshot = taken("marketing", *YEAR)
    lines = snapshot.whole["lines"]
    assert (lines["fair"]["converted"], lines["fair"]["customers"]) == (1, 1)
    assert (lines["later"]["converted"], lines["later"]["customers"]) == (1, 0)
    assert lines["fair"]["revenue_cents"] == 56_000
    assert (lines["fair"]["costed_cents"], lines["fair"]["margin_cents"]) == (51_000, 30_000)
    assert lines["fair"]["roi"] == 2.0
    (won_row,) = rows(snapshot, "won")
    won_customer = Customer.everything.get(pk=won_row.subject_id)
    assert (won_customer.reference, won_row.line_key) == ("A", "fair")
    assert (won_row.cents, won_row.occurred_on) == (56_000, date(2025, 3, 10))
    explained = MARKETING_SCREEN.explain(won_row, run_of(snapshot))
    assert explained.cents == 56_000
    assert [row[2] for row in explained.tables[0].rows] == [50_000, 5_000, 1_000]
    assert (lines["later"]["revenue_cents"], lines["later"]["roi"]) == (0, -1.0)
