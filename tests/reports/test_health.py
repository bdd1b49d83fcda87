"""Health is an order for calls: silence, the last answer, revenue, open complaints; checked after a year."""

from datetime import date, timedelta

from crm.lib.periods import Period
from customers.models import Complaint, Customer
from reports.acts.health import Third, check, in_order
from reports.definitions.churn import CHURN
from reports.models import Snapshot
from reports.reading.scope import in_scope
from reports.showing import run_for
from reports.snapshots.taking import take_snapshot
from team.models import User
from tests.reports.conftest import World


def snapshot_of(day: str) -> Snapshot:
    as_of = date.fromisoformat(day)
    period = Period(as_of.replace(day=1), as_of)
    return take_snapshot(CHURN, run_for(CHURN, period, as_of))


def buys(world: World, name: str, *amounts: int, until: str = "2025-09-01") -> None:
    """A purchase every 30 days, the last on `until`: a threshold of 90 days."""
    last = date.fromisoformat(until)
    for back, amount in enumerate(reversed(amounts)):
        world.order(name, str(last - timedelta(days=30 * back)), amount)


def at_risk(snapshot: Snapshot) -> list[str]:
    rows = snapshot.evidence.filter(measure="at_risk")
    names = dict(rows.values_list("id", "line_key"))
    return [names[one.evidence_id] for one in in_order(rows, snapshot)]


def test_the_worst_health_comes_first(world: World) -> None:
    buys(world, "steady", *[10] * 13)
    buys(world, "falls", *[30] * 9, *[10] * 4)
    buys(world, "angry", *[30] * 9, *[10] * 4)
    world.survey("angry", "2025-08-01", 9)
    world.survey("angry", "2025-08-20", 2)
    world.survey("steady", "2025-08-20", 10)
    world.load()
    snapshot = snapshot_of("2025-11-15")
    assert at_risk(snapshot) == ["angry", "falls", "steady"]
    rows = snapshot.evidence.filter(measure="at_risk")
    first, second, third = in_order(rows, snapshot)
    assert (first.answer, second.answer, third.answer) == (2, None, 10)
    assert first.silence == 75 / 90
    # 4 of the last half-year (from 18 May) at 10, 6 of the one before at 30
    assert (second.trend, third.trend) == (40 / 180, 4 / 6)
    assert in_order(rows, snapshot, most=1) == [first]


def test_a_viewers_part_is_ordered_by_itself(world: World) -> None:
    world.rep("ann")
    for name in ("a", "b"):
        buys(world, name, *[10] * 13)
    world.owned("b", "ann", "2024-01-01")
    world.load()
    snapshot, ann = snapshot_of("2025-11-15"), User.objects.get(reference="ann")
    rows = snapshot.evidence.filter(in_scope(ann), measure="at_risk")
    assert [one.silence for one in in_order(rows, snapshot)] == [75 / 90]


def test_answers_after_the_day_are_not_known(world: World) -> None:
    buys(world, "a", *[10] * 13)
    world.survey("a", "2025-11-16", 0, sent_on="2025-11-01")
    world.load()
    snapshot = snapshot_of("2025-11-15")
    (told,) = in_order(snapshot.evidence.filter(measure="at_risk"), snapshot)
    assert told.answer is None


def test_who_complained_and_waits_comes_first_as_it_was_known_that_day(world: World) -> None:
    for name in ("settled", "later", "waits", "deleted"):
        buys(world, name, *[10] * 13)
    world.load()
    rows = {row.reference: row for row in Customer.everything.all()}
    for name, made, values in (
        ("settled", "2025-11-01", {"settled_on": "2025-11-15"}),
        ("waits", "2025-11-01", {"settled_on": "2025-11-16"}),
        ("waits", "2025-11-10", {}),
        ("later", "2025-11-16", {}),
        ("deleted", "2025-11-01", {"deleted_on": "2025-11-10"}),
    ):
        Complaint.everything.create(
            customer=rows[name], about="Late", made_on=made, recorded_on=made, **values
        )
    snapshot = snapshot_of("2025-11-15")
    found = in_order(snapshot.evidence.filter(measure="at_risk"), snapshot)
    assert [one.complaints for one in found] == [2, 0, 0, 0]
    assert at_risk(snapshot)[0] == "waits"


def test_the_order_is_checked_against_who_was_lost(world: World) -> None:
    """Of six at risk the two worst are lost a year later, and one of the two best."""
    for number in range(6):
        name = f"K{number}"
        buys(world, name, *[10] * 13)
        world.survey(name, "2025-08-01", number)
        if number not in (0, 1, 5):
            world.order(name, "2026-11-01", 10)
    world.load()
    then, now = snapshot_of("2025-11-15"), snapshot_of("2026-11-15")
    rows = then.evidence.filter(measure="at_risk")
    assert check(rows, then, now) == [Third(1, 2, 2), Third(2, 2, 0), Third(3, 2, 1)]
    assert [third.rate for third in check(rows, then, now)] == [1, 0, 0.5]
