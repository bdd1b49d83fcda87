"""What is known when: merges, test customers, deletions, owners, departures; and R2's test of removal."""

import pytest

from tests.reports.conftest import World, churn, lost, printed

pytestmark = pytest.mark.thorough

QUICK = {"default_interval_days": 10, "floor_days": 30}


def test_rows_of_a_merged_customer_belong_to_the_survivor_from_the_day_of_merging(
    world: World,
) -> None:
    world.order("A", "2025-01-01", "100")
    world.order("B", "2025-01-20", "60")
    world.rows["customers"][1] |= {"merged_into": "A", "merged_on": "2025-02-10"}
    world.load()
    before = churn("2025-01-01", "2025-03-31", "2025-02-09", **QUICK)
    after = churn("2025-01-01", "2025-03-31", "2025-02-28", **QUICK)
    assert lost(before) == {"A": "2025-02-01"}
    assert lost(after) == {"A": "2025-02-20"}
    assert after["loss"] == "160.00"
    assert after["lines"][0]["purchases"] == 2


def test_a_chain_of_merges_is_followed_to_its_end(world: World) -> None:
    for name, into in (("A", ""), ("B", "A"), ("C", "B")):
        world.customer(name, merged_into=into, merged_on="2025-02-01" if into else "")
    world.order("C", "2025-01-01", "5")
    world.load()
    assert lost(churn("2025-01-01", "2025-03-31", "2025-03-31", **QUICK)) == {"A": "2025-02-01"}


def test_test_customers_are_left_out_and_so_is_what_was_merged_into_one(world: World) -> None:
    world.customer("Test", is_test="1")
    world.customer("B", merged_into="Test", merged_on="2025-02-10")
    world.order("Test", "2025-01-01", "1000")
    world.order("B", "2025-01-01", "30")
    world.order("C", "2025-01-01", "7")
    world.load()
    report = churn("2025-01-01", "2025-03-31", "2025-03-31", **QUICK)
    assert lost(report) == {"C": "2025-02-01"}
    before = churn("2025-01-01", "2025-03-31", "2025-02-09", **QUICK)
    assert lost(before) == {"B": "2025-02-01", "C": "2025-02-01"}


def test_a_deleted_row_counts_until_the_day_before(world: World) -> None:
    world.order("A", "2025-01-01", "100")
    world.order("A", "2025-01-10", "50", deleted_on="2025-03-01")
    world.load()
    assert churn("2025-01-01", "2025-03-31", "2025-02-28", **QUICK)["loss"] == "150.00"
    later = churn("2025-01-01", "2025-03-31", "2025-03-01", **QUICK)
    assert (later["loss"], lost(later)) == ("100.00", {"A": "2025-02-01"})


def test_several_purchases_on_a_day_are_one_date_and_several_purchases(world: World) -> None:
    world.order("A", "2025-01-01", "100", order_id="1")
    world.order("A", "2025-01-01", "100", order_id="2")
    world.order("A", "2025-01-01", "100", order_id="2")
    world.load()
    line = churn("2025-01-01", "2025-03-31", "2025-03-31", **QUICK)["lines"][0]
    assert (line["purchases"], line["one_time"], line["loss"]) == (2, True, "300.00")


def test_a_credit_without_order_is_no_purchase(world: World) -> None:
    world.order("A", "2025-01-01", "100")
    world.order("A", "2025-01-20", "-100")
    world.load()
    report = churn("2025-01-01", "2025-03-31", "2025-03-31", **QUICK)
    assert (lost(report), report["loss"]) == ({"A": "2025-02-01"}, "0.00")
    assert report["lost_customers"] == 1


def test_the_owner_is_the_one_at_the_last_purchase(world: World) -> None:
    for rep in ("ann", "bob"):
        world.rep(rep)
    world.order("A", "2025-01-01", "100")
    world.owned("A", "ann", "2024-01-01", "2025-01-02")
    world.owned("A", "bob", "2025-01-02")
    world.order("B", "2025-01-01", "100")
    world.load()
    report = churn("2025-01-01", "2025-03-31", "2025-03-31", **QUICK)
    assert [line["owner"] for line in report["lines"]] == ["ann", "(none)"]


@pytest.fixture
def leavers(world: World) -> World:
    """Section 8's worked example: three reps leave, one of two customers of each stops in that month."""
    for rep, month in (("R1", 1), ("R2", 2), ("R3", 3)):
        world.rep(rep, leave=f"2025-{month:02}-28")
        for customer in (f"{rep}-stays", f"{rep}-goes"):
            last = month if customer.endswith("goes") else 24
            for n in range(-12, last):
                year, index = divmod(2025 * 12 + n, 12)
                world.order(customer, f"{year}-{index + 1:02}-10", "25000")
            world.owned(customer, rep, "2023-01-01", f"2025-{month:02}-28")
    world.load()
    return world


def test_losses_that_went_with_a_departed_rep(leavers: World) -> None:
    report = churn("2025-01-01", "2025-12-31", "2025-12-31")
    assert {line["customer_id"]: line["departure"] for line in report["lines"]} == {
        "R1-goes": "R1",
        "R2-goes": "R2",
        "R3-goes": "R3",
    }
    assert report["loss_to_departures"] == "900000.00"
    assert report["loss"] == "900000.00"


def test_the_days_of_grace_and_of_handing_over_bound_a_departure(leavers: World) -> None:
    year = ("2025-01-01", "2025-12-31", "2025-12-31")
    # handed over on the day of leaving, last purchases 18 days before it
    exact = churn(*year, departure_grace_days=0, handover_days=1)
    assert exact["loss_to_departures"] == "900000.00"
    assert churn(*year, handover_days=0)["loss_to_departures"] == "0.00"
    later = churn("2026-01-01", "2027-12-31", "2027-12-31")
    assert (later["lost_customers"], later["loss_to_departures"]) == (3, "0.00")


def test_the_latest_departure_wins_then_the_smallest_reference(world: World) -> None:
    for rep, leave in (("b", "2025-01-05"), ("a", "2025-01-05"), ("0", "2025-01-04")):
        world.rep(rep, leave=leave)
    world.order("A", "2025-01-01", "100")
    for rep, start, end in (
        ("0", "2024-01-01", "2025-01-01"),
        ("b", "2025-01-01", "2025-01-02"),
        ("a", "2025-01-02", ""),
    ):
        world.owned("A", rep, start, end)
    world.load()
    assert churn("2025-01-01", "2025-03-31", "2025-03-31", **QUICK)["lines"][0]["departure"] == "a"


def _history(world: World, *, after: bool) -> None:
    """A company with something of every kind before 28 February 2025; and, if asked, after it as well."""

    def later(date: str) -> str:
        return date if after else ""

    world.rep("ann", team="North", leave=later("2025-03-10"))
    world.rep("bob", team="South", leave="2025-02-01")
    world.customer("A", segment="retail")
    world.customer("B", merged_into=later("A"), merged_on=later("2025-03-02"))
    world.customer("C", merged_into="A", merged_on="2025-02-20")
    world.customer("D")
    for name, owner in (("A", "ann"), ("B", "bob"), ("C", "bob"), ("D", "ann")):
        world.owned(
            name, owner, "2024-01-01", "2025-02-02" if owner == "bob" else later("2025-03-11")
        )
    for name, day in (
        ("A", "2024-12-01"),
        ("A", "2024-12-11"),
        ("A", "2024-12-21"),
        ("B", "2024-12-30"),
    ):
        world.order(name, day, "100")
    for day in ("2022-05-01", "2022-05-11", "2022-05-21", "2022-09-01", "2022-09-12"):
        world.order("E", day, "10")
    world.order("C", "2024-12-24", "12.345", fx_rate="41.5", order_id="X")
    world.order("C", "2024-12-26", "-2.345", fx_rate="41.5", order_id="X")
    world.order("D", "2025-01-15", "40", deleted_on=later("2025-03-05"))
    world.order("D", "2025-02-01", "41", order_id="Y")
    world.contract("D", "2024-02-01", "2025-01-31", cancelled_on="2025-01-10")
    world.contract("B", "2024-02-01", "2025-12-31", cancelled_on=later("2025-03-15"))
    if after:
        world.order("D", "2025-03-01", "-41", order_id="Y")
        world.order("A", "2025-01-05", "999", recorded_on="2025-03-01")
        world.order("A", "2025-03-03", "50")
        world.contract("A", "2025-03-01")
        world.owned("B", "ann", "2025-03-11")


@pytest.mark.parametrize("slug", ["churn", "cohorts", "calibration"])
@pytest.mark.parametrize("as_of", ["2025-02-28", "2025-02-15", "2025-01-31"])
def test_what_comes_after_changes_nothing(world: World, slug: str, as_of: str) -> None:
    """R2: run, remove or blank everything after the day, run again: all outputs are equal."""
    words = ["--from", "2025-01-01", "--to", "2025-02-28", "--as-of", as_of]
    _history(world, after=True)
    world.load()
    with_the_future = printed(slug, *words)
    for rows in world.rows.values():
        rows.clear()
    _history(world, after=False)
    world.load(replace=True)
    without = printed(slug, *words)
    assert with_the_future == without
    assert without != printed(slug, *words[:2], "--to", "2026-12-31", "--as-of", "2026-12-31")
