"""The ramp of newcomers: credited revenue by month of tenure."""

from datetime import date

from reports.rows.ramp import RampMonth, ramp
from team.models import User
from tests.reports.conftest import World


def hires(world: World) -> None:
    """Three hires of 2025; cyd leaves in the third month."""
    world.rep("ann", hire="2025-01-31")
    world.rep("bob", hire="2025-02-10")
    world.rep("cyd", hire="2025-02-10", leave="2025-04-20")
    world.customer("Test", is_test=1)
    for rep, day, amount in (
        ("ann", "2025-01-30", "9"),
        ("ann", "2025-01-31", "100"),
        ("ann", "2025-02-27", "20"),
        ("ann", "2025-02-28", "50"),
        ("bob", "2025-03-09", "10.01"),
        ("bob", "2025-03-10", "40"),
        ("bob", "2025-03-11", "-10"),
        ("cyd", "2025-04-10", "800"),
    ):
        world.order("A", day, amount, rep_id=rep)
    world.order("Test", "2025-02-01", "5000", rep_id="ann")
    world.load()


def test_quartiles_by_month_of_tenure(world: World) -> None:
    hires(world)
    first, second, third = ramp(date(2025, 5, 9), months=3)
    # 0, 10.01 and 120; 0, 30 and 50; the third month of cyd was not whole
    assert first == RampMonth(1, 3, 501, 1001, 6501)
    assert second == RampMonth(2, 3, 1500, 3000, 4000)
    assert third == RampMonth(3, 2, 0, 0, 0)
    assert len(ramp(date(2025, 5, 9))) == 3


def test_only_months_that_are_over_count(world: World) -> None:
    hires(world)
    assert ramp(date(2025, 3, 8)) == [RampMonth(1, 1, 12000, 12000, 12000)]
    assert ramp(date(2025, 2, 26)) == []


def test_of_some_reps(world: World) -> None:
    hires(world)
    bob = User.objects.get(reference="bob").pk
    assert ramp(date(2025, 3, 9), rep_ids=[bob]) == [RampMonth(1, 1, 1001, 1001, 1001)]
