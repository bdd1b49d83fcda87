"""The ramp of newcomers: what was credited to them since their first day."""

from datetime import date

from reports.rows.ramp import ramp
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


def sold(as_of: date, *names: str) -> dict[str, list[int]]:
    """By reference of a newcomer what was sold by month, summed up."""
    people = dict(User.objects.values_list("reference", "pk"))
    found = ramp(as_of, [people[name] for name in names])
    references = {pk: reference for reference, pk in people.items()}
    return {references[rep_id]: sums for rep_id, sums in found["sold"]}


def test_sums_by_month_of_tenure(world: World) -> None:
    hires(world)
    # the third month of cyd was not whole; a test customer's order is nobody's
    assert sold(date(2025, 5, 9), "ann", "bob", "cyd") == {
        "ann": [12000, 17000, 17000],
        "bob": [1001, 4001, 4001],
        "cyd": [0, 0],
    }


def test_only_months_that_are_over_count(world: World) -> None:
    hires(world)
    assert sold(date(2025, 3, 8), "ann", "bob") == {"ann": [12000]}
    assert sold(date(2025, 2, 26), "ann") == {}
    assert ramp(date(2025, 2, 26), [])["earlier"] == 0


def test_who_is_no_newcomer_is_of_the_band(world: World) -> None:
    """Nine earlier hires who sold 1 to 9 in the first month and nothing after; four had left by the second."""
    world.rep("new", hire="2025-06-02")
    for n in range(1, 10):
        world.rep(f"r{n}", hire="2024-01-01", leave="2024-02-15" if n > 5 else "")
        world.order(f"C{n}", "2024-01-10", str(n), rep_id=f"r{n}")
    world.load()
    (new,) = User.objects.filter(reference="new").values_list("pk", flat=True)
    found = ramp(date(2025, 7, 1), [new])
    assert (found["earlier"], found["sold"]) == (9, [[new, [0]]])
    # of nine two lie below and two above; of the five that stayed, who sold 1 to 5, one and one
    assert found["band"][:2] == [[300, 700], [200, 400]]
    assert len(found["band"]) == 12
    five = list(User.objects.exclude(pk=new).values_list("pk", flat=True))[:5]
    assert (
        ramp(date(2025, 7, 1), [new, *five])["band"] == []
    )  # of four people it would tell something
