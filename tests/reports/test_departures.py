"""Loss 6: the worked example and the edges of section 8, typed by hand; who gets the customers; what is still open."""

from datetime import date
from typing import Any

import pytest

from crm.lib.periods import Period
from reports.definitions.churn import CHURN
from reports.definitions.departures import DEPARTURES
from reports.models import Snapshot
from reports.report import Run
from reports.rules.parameters import values_for
from reports.snapshots.taking import take_snapshot
from tests.reports.conftest import World, printed

pytestmark = pytest.mark.thorough


def departures(start: str, end: str, as_of: str = "", **parameters: Any) -> Any:
    words = ["--from", start, "--to", end, *(["--as-of", as_of] if as_of else [])]
    return printed("departures", *words, **parameters)


def taken(start: str, end: str, as_of: str) -> Snapshot:
    period = Period(date.fromisoformat(start), date.fromisoformat(end))
    values = values_for(DEPARTURES.parameter_names)
    return take_snapshot(DEPARTURES, Run(period, date.fromisoformat(as_of), values))


@pytest.fixture
def three_leavers(world: World) -> World:
    """Three reps leave on 28 January, February, March; one of the two customers of each stops then."""
    for n, rep in enumerate(("R1", "R2", "R3"), 1):
        world.rep(rep, team=f"T{n}", leave=f"2025-{n:02}-28")
        for customer, months in ((f"{rep}-gone", 12 + n), (f"{rep}-stays", 24)):
            for month in range(months):
                world.order(customer, f"{2024 + month // 12}-{month % 12 + 1:02}-05", "25000")
            world.owned(customer, rep, "2023-12-01")
    return world


def test_three_leavers(three_leavers: World) -> None:
    three_leavers.load()
    report = departures("2025-01-01", "2025-12-31")
    assert (report["loss"], report["customers"]) == ("900000.00", 3)
    assert (report["reps"], report["departures_in_period"]) == (3, 3)
    assert report["lines"][0] == {
        "customer_id": "R1-gone",
        "rep_id": "R1",
        "leave_on": "2025-01-28",
        "last_purchase": "2025-01-05",
        "lost_on": "2025-04-09",
        "loss": "300000.00",
    }


def test_owner_and_team_are_the_leavers(three_leavers: World) -> None:
    """At the last purchase somebody else owned it: churn is theirs, the departure is the leaver's."""
    three_leavers.rep("heir", team="Heirs")
    own = three_leavers.rows["ownership"][0]
    assert own["customer_id"] == "R1-gone"
    own["to_on"] = "2025-01-01"
    three_leavers.owned("R1-gone", "heir", "2025-01-01")
    three_leavers.load()
    snapshot = taken("2025-01-01", "2025-12-31", "2025-12-31")
    row = snapshot.evidence.get(measure="loss", line_key="R1-gone")
    assert row.owner is not None and row.team is not None
    assert (row.owner.reference, row.team.name) == ("R1", "T1")
    lost = Snapshot.objects.get(slug="churn").evidence.get(measure="loss", line_key="R1-gone")
    assert lost.owner is not None
    assert lost.owner.reference == "heir"
    assert (row.cents, row.occurred_on) == (lost.cents, lost.occurred_on)


def test_the_lines_are_those_of_churn(three_leavers: World) -> None:
    three_leavers.load()
    snapshot = taken("2025-01-01", "2025-12-31", "2025-12-31")
    churn = Snapshot.objects.get(slug="churn")
    columns = ("line_key", "subject_id", "occurred_on", "cents")
    copied = snapshot.evidence.filter(measure="loss").values_list(*columns)
    lost = churn.evidence.filter(measure="departed").values_list(*columns)
    assert sorted(copied) == sorted(lost)
    assert snapshot.headline["loss_cents"] == churn.headline["loss_to_departures_cents"]


def test_a_churn_that_is_there_and_current_is_used(three_leavers: World) -> None:
    three_leavers.load()
    day = date(2025, 12, 31)
    run = Run(Period(date(2025, 1, 1), day), day, values_for(CHURN.parameter_names))
    there = take_snapshot(CHURN, run)
    take_snapshot(DEPARTURES, run, kind=Snapshot.Kind.MONTH_END)
    churn = Snapshot.objects.get(slug="churn")
    assert (churn.pk, churn.kind) == (there.pk, "month-end")


def _left_alone(world: World, *heirs: tuple[str, str, str]) -> dict[str, Any]:
    """R leaves on 30 June with one customer; who has it afterwards, as the row of the loss tells it."""
    world.rep("R", leave="2025-06-30")
    for month in range(1, 7):
        world.order("A", f"2025-{month:02}-15", "100")
    world.owned("A", "R", "2024-01-01", "2025-07-01" if heirs else "")
    for heir, start, stop in heirs:
        world.rep(heir)
        world.owned("A", heir, start, stop)
    world.load()
    facets: dict[str, Any] = (
        taken("2025-07-01", "2025-12-31", "2025-12-31").evidence.get(measure="loss").facets
    )
    return {name: facets[name] for name in ("successor", "days_without_owner", "without_owner")}


def test_taken_over_at_once(world: World) -> None:
    told = _left_alone(world, ("S", "2025-07-01", ""))
    assert told == {"successor": "S", "days_without_owner": 0, "without_owner": "0"}


def test_taken_over_after_a_while(world: World) -> None:
    told = _left_alone(world, ("T", "2025-09-01", ""), ("S", "2025-07-16", "2025-09-01"))
    assert told == {"successor": "S", "days_without_owner": 15, "without_owner": "15-60"}


def test_taken_over_by_nobody(world: World) -> None:
    told = _left_alone(world)
    assert told == {"successor": None, "days_without_owner": 184, "without_owner": "61+"}


def test_a_leave_date_that_took_nobody_along_counts_as_a_departure(world: World) -> None:
    world.rep("R", team="North", leave="2025-06-30")
    world.order("A", "2025-06-01", "100")
    world.load()
    report = departures("2025-06-01", "2025-06-30", "2025-07-15")
    assert report == {
        "loss": "0.00", "customers": 0, "reps": 0, "departures_in_period": 1, "lines": [],
    }  # fmt: skip
    assert departures("2025-06-01", "2025-06-30", "2025-06-29")["departures_in_period"] == 0


class TestToHandOver:
    """Live: customers of who leaves or has left, as of 31 December 2025."""

    def rows(self) -> dict[str, tuple[int, str]]:
        snapshot = taken("2025-12-01", "2025-12-31", "2025-12-31")
        rows = snapshot.evidence.filter(measure="to_hand_over").select_related("owner")
        return {row.line_key: (row.cents, row.owner.reference if row.owner else "") for row in rows}

    @pytest.fixture
    def leaver(self, world: World) -> World:
        world.rep("R", team="North", leave="2025-11-30")
        world.rep("heir", team="South")
        for day, amount in (("2024-12-31", "7"), ("2025-01-01", "100"), ("2025-11-20", "50")):
            world.order("A", day, amount)
        return world

    def test_no_receiver(self, leaver: World) -> None:
        leaver.owned("A", "R", "2024-01-01")
        leaver.load()
        assert self.rows() == {"A": (15_000, "R")}
        assert (
            Snapshot.objects.get(slug="departures").evidence.get(measure="to_hand_over").team.name
            == "North"
        )

    def test_no_owner_at_all(self, leaver: World) -> None:
        leaver.owned("A", "R", "2024-01-01", "2025-12-01")
        leaver.load()
        assert self.rows() == {"A": (15_000, "R")}

    def test_received_and_not_touched(self, leaver: World) -> None:
        leaver.owned("A", "R", "2024-01-01", "2025-12-01")
        leaver.owned("A", "heir", "2025-12-01")
        leaver.touch("heir", "2025-11-30T10:00:00Z", customer_id="A")
        leaver.touch("heir", "2025-12-05T10:00:00Z", customer_id="A", direction="in")
        leaver.touch("R", "2025-12-05T10:00:00Z", customer_id="A")
        leaver.load()
        assert self.rows() == {"A": (15_000, "heir")}

    def test_received_and_touched(self, leaver: World) -> None:
        leaver.owned("A", "R", "2024-01-01", "2025-12-01")
        leaver.owned("A", "heir", "2025-12-01")
        leaver.touch("heir", "2025-12-05T10:00:00Z", customer_id="A")
        leaver.load()
        assert self.rows() == {}

    def test_handed_over_long_before(self, leaver: World) -> None:
        leaver.owned("A", "R", "2024-01-01", "2025-10-01")
        leaver.owned("A", "heir", "2025-10-01")
        leaver.load()
        assert self.rows() == {}

    def test_a_leave_date_ahead(self, world: World) -> None:
        world.rep("R", leave="2026-02-28")
        world.order("A", "2025-12-01", "100")
        world.order("B", "2025-12-01", "100")
        world.order("B", "2025-12-02", "-120")
        world.customer("C")
        for customer in "ABC":
            world.owned(customer, "R", "2024-01-01")
        world.load()
        assert self.rows() == {"A": (10_000, "R"), "B": (0, "R")}

    def test_it_is_not_printed_and_makes_no_revision(self, leaver: World) -> None:
        leaver.owned("A", "R", "2024-01-01")
        leaver.load()
        first = taken("2025-12-01", "2025-12-31", "2025-12-31")
        leaver.owned("A", "heir", "2025-12-30")
        assert "to_hand_over" not in str(departures("2025-12-01", "2025-12-31"))
        assert Snapshot.objects.get(slug="departures").pk == first.pk
