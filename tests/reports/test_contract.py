"""What every registered report promises: sums, splits, viewers' parts, the same rows twice, few queries."""

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.lib.periods import Period
from reports.models import Evidence, Snapshot
from reports.reading.evidence import listed
from reports.reading.hiding import hides_money
from reports.report import Dimension, Report, Run, Sum, all_reports
from reports.rules.parameters import values_for
from reports.snapshots.taking import compute, run_of, take_snapshot
from team.models import Team, User
from tests.kept import kept
from tests.reports.conftest import World
from tests.reports.shown import added, figures, totals

DAY = date(2025, 12, 31)
thorough = pytest.mark.thorough
# The world is too small for the model as it ships.
FEW = {"bgnbd_min_customers": 30, "bgnbd_min_repeaters": 20}
REPORTS = [pytest.param(report, id=report.slug) for report in all_reports()]
every_report = pytest.mark.parametrize("report", REPORTS)
# of the others the run with CRM_REQUIRE asks the same
LOSSES = [
    pytest.param(
        report, id=report.slug, marks=[] if report.loss or report.slug == "ledger" else thorough
    )
    for report in all_reports()
]
losses_first = pytest.mark.parametrize("report", LOSSES)
# where each takes long: one of customers, one of leads, and what is made of all
STANDING = ("churn", "leakage", "ledger")
few_first = pytest.mark.parametrize(
    "report",
    [
        pytest.param(report, id=report.slug, marks=[] if report.slug in STANDING else thorough)
        for report in all_reports()
    ],
)


@kept
def fill(world: World, customers: int) -> None:
    """A company whose every report has rows: reps in two teams, some of what there is nobody's."""
    dice = random.Random(customers)
    for rep, team in (("ann", "North"), ("bob", "North"), ("cyd", "South")):
        leave, hire = ("2025-06-30", "2025-02-03") if rep == "bob" else ("", "2020-01-01")
        world.rep(rep, team=team, hire=hire, leave=leave, wage="20000")
    _sell(world, dice, customers)
    _return(world)
    _market(world, dice, customers)
    if customers >= 8:
        _neglect(world)
    _work(world, dice)
    _speak(world)
    world.load()


def _sell(world: World, dice: random.Random, customers: int) -> None:
    """Customers with rhythms, costs, refunds and a contract, their answers, and deals."""
    for number in range(customers):
        name = f"K{number:03}"
        day = date(2023, 1, 1) + timedelta(days=dice.randrange(600))
        for _ in range(dice.randrange(1, 9)):
            if day > DAY:
                break
            amount = dice.randrange(1, 9000) / 100
            cost = round(amount / 2, 2) if number % 3 else ""
            world.order(name, day.isoformat(), amount, cost=cost, product=dice.choice("xyz"))
            day += timedelta(days=dice.choice([8, 20, 41, 120, 300]))
        world.rows["customers"][-1] |= {"segment": dice.choice(["", "retail"]), "region": "Kyiv"}
        if number % 4:
            world.owned(name, ("", "ann", "bob", "cyd")[number % 4], "2023-01-01")
        world.survey(name, str(_in_2025(dice)), dice.randrange(11))
        world.survey(name, str(_in_2025(dice)), dice.randrange(1, 6), kind="csat")
        world.survey(name, str(_in_2025(dice) - timedelta(days=364)), dice.randrange(11))
        rep, opened = ("", "ann", "bob", "cyd")[number % 4], _in_2025(dice)
        ends = [[], [("2025-11-30", "won", "100")], [("2025-11-30", "lost", "70")]]
        changes = [(str(opened), "offer", "80"), *ends[number % 3]]
        world.deal(rep, str(opened), *changes, customer_id=name, closes="2025-12-20", why="price")
    world.contract("K000", "2024-01-01", "2025-05-31")


def _return(world: World) -> None:
    """Customers who buy at a rate of their own until they leave: enough of them for the fitted model."""
    dice = random.Random(5)
    for number in range(60):
        rate, leaves = dice.gammavariate(1, 1 / 40), dice.betavariate(1, 3)
        day = date(2023, 1, 1) + timedelta(days=dice.randrange(600))
        while day <= DAY:
            world.order(f"R{number:03}", day.isoformat(), dice.randrange(100, 900))
            day += timedelta(days=1 + int(dice.expovariate(rate)))
            if dice.random() < leaves:
                break
        world.owned(f"R{number:03}", ("ann", "bob", "cyd")[number % 3], "2023-01-01")


def _market(world: World, dice: random.Random, leads: int) -> None:
    """A campaign with its costs and leads: some answered in time, late, never; some became customers."""
    world.cost("fair", "2025-03-01", "1000.01")
    world.cost("idle", "2025-03-01", "50")
    for number in range(2 * leads):
        rep, day = ("", "ann", "bob", "cyd")[number % 4], _in_2025(dice)
        bought = {
            "converted_on": str(day + timedelta(days=9)),
            "customer_id": f"K{number % leads:03}",
        }
        lead = world.lead(
            f"{day}T09:00:00Z", rep, source=dice.choice(["web", "fair"]), campaign_id="fair",
            **(bought if number % 5 == 0 else {}),
        )  # fmt: skip
        for later in range(number % 4):
            at = day + timedelta(days=dice.choice([0, 2]))
            world.touch(rep, f"{at}T{10 + later}:00:00Z", lead_id=lead, minutes=10)


def _neglect(world: World) -> None:
    """Leads of a shop that convert if they are answered, and some of a campaign that nobody answered."""
    for number in range(40):
        answered = number < 30
        won = {"converted_on": "2025-02-20", "customer_id": f"K{number:03}"} if number < 8 else {}
        about = {"source": "shop", **won, **({} if answered else {"campaign_id": "fair"})}
        lead = world.lead("2025-02-03T09:00:00Z", ("ann", "bob", "cyd")[number % 3], **about)
        if answered:
            world.touch("ann", "2025-02-03T10:00:00Z", lead_id=lead, minutes=5)


def _work(world: World, dice: random.Random) -> None:
    for rep in ("ann", "cyd"):
        for _ in range(40):
            world.touch(rep, f"{_in_2025(dice)}T{dice.randrange(6, 16):02}:00:00Z", minutes=90)


def _speak(world: World) -> None:
    """Who has one person, and who has two."""
    for number, row in enumerate(world.rows["customers"][::3]):
        for rep in ("ann", "bob")[: 1 + number % 2]:
            world.touch(rep, "2025-06-02T09:00:00Z", customer_id=row["customer_id"], minutes=5)


def _in_2025(dice: random.Random) -> date:
    return date(2025, 1, 2) + timedelta(days=dice.randrange(300))


@pytest.fixture
@kept
def snapshot(report: Report, world: World) -> Snapshot:
    fill(world, 40)
    return take_snapshot(report, run(report))


def run(report: Report) -> Run:
    year = Period(date(2025, 1, 1), DAY)
    if report.only_ripe:
        year = Period(date(2024, 1, 1), date(2024, 12, 31))
    values = values_for(report.parameter_names, FEW)
    return Run(report.period_for(year, DAY), DAY, values)


def viewers() -> dict[str, User]:
    """Everybody: an administrator, a manager of each team, each rep."""
    User.objects.filter(reference="bob").update(
        is_active=True
    )  # a leaver is none while testing sums
    people = {
        user.reference: user for user in User.objects.filter(reference__in=["ann", "bob", "cyd"])
    }
    for team in Team.objects.filter(name__in=["North", "South"]):
        boss = User.objects.create_user(f"{team.name}@x.example", name=team.name, is_manager=True)
        Team.objects.filter(pk=team.pk).update(manager=boss)
        people[team.name] = boss
    people["all"] = User.objects.create_user(
        "all@x.example", name="All", is_admin=True, is_director=True
    )
    return people


@losses_first
def test_lists_open_to_the_figures(snapshot: Snapshot, report: Report) -> None:
    everybody = viewers()
    for viewer in everybody.values():
        seen = figures(snapshot, viewer)
        for list_ in report.lists:
            rows = added(listed(snapshot, viewer, list_.key))
            if list_.count:
                assert rows.n == seen[list_.count], (viewer, list_.key)
            if list_.money and not hides_money(report, viewer, list_.measures):
                # the rule expects nothing: no rows, and no figure
                assert rows.cents == (seen[list_.money] or 0), (viewer, list_.key)
    assert added(listed(snapshot, everybody["all"], report.lists[0].key)).n > 0


@pytest.mark.thorough
@few_first
def test_splits_add_up(snapshot: Snapshot, report: Report) -> None:
    """Narrowed to each value that a row has, or to none, the parts of a list are the whole of it."""
    everybody = viewers()
    for viewer in (everybody["all"], everybody["North"], everybody["ann"]):
        for list_ in report.lists:
            rows = list(listed(snapshot, viewer, list_.key))
            for dimension in report.dimensions:
                parts = [
                    added(listed(snapshot, viewer, list_.key, {dimension.key: value}))
                    for value in {_value(row, dimension) for row in rows}
                ]
                assert sum(parts, Sum()) == added(rows), (list_.key, dimension.key)


def _value(row: Evidence, dimension: Dimension) -> Any:
    if dimension.source == "column":
        return getattr(row, f"{dimension.key}_id")
    value = row.facets.get(dimension.key)
    return None if value == "" else value


@losses_first
def test_parts_of_viewers_add_up_to_the_company(snapshot: Snapshot, report: Report) -> None:
    everybody = viewers()
    whole = totals(snapshot, everybody["all"])
    for measure in report.measures:
        in_parts = [totals(snapshot, everybody[rep])[measure.key] for rep in ("ann", "bob", "cyd")]
        nobodys = added(snapshot.evidence.filter(measure=measure.key, owner__isnull=True))
        assert sum((part.cents for part in in_parts), nobodys.cents) == whole[measure.key].cents
        assert sum((part.n for part in in_parts), nobodys.n) == whole[measure.key].n
        teams = [totals(snapshot, everybody[team])[measure.key] for team in ("North", "South")]
        assert sum((part.n for part in teams), nobodys.n) == whole[measure.key].n


@losses_first
def test_a_rep_reads_no_row_of_another(snapshot: Snapshot, report: Report) -> None:
    everybody = viewers()
    for list_ in report.lists:
        rows = listed(snapshot, everybody["ann"], list_.key)
        assert {row.owner.reference for row in rows} <= {"ann"}
    assert Evidence.objects.filter(snapshot=snapshot).exclude(owner=everybody["ann"]).exists()


@every_report
def test_the_stored_headline_is_the_sum_of_the_rows(snapshot: Snapshot, report: Report) -> None:
    summed = report.headline(totals(snapshot, viewers()["all"]), run_of(snapshot), snapshot.whole)
    stored = Snapshot.objects.get(pk=snapshot.pk).headline
    assert stored == summed


@few_first
def test_the_same_rows_twice(snapshot: Snapshot, report: Report) -> None:
    again = compute(report, run(report), kind=Snapshot.Kind.ON_DEMAND)
    columns = ("measure", "line_key", "owner_id", "team_id", "occurred_on", "cents", "base_cents")
    both = [sorted(each.evidence.values_list(*columns), key=str) for each in (snapshot, again)]
    assert both[0] == both[1]
    assert len(both[0]) > 0


@few_first
def test_queries_do_not_grow_with_the_rows(report: Report, world: World, settings: object) -> None:
    counts = []
    for customers in (8, 80):
        for rows in world.rows.values():
            rows.clear()
        (fill if customers == 8 else _refill)(world, customers)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            made = take_snapshot(report, run(report))
            report.printed(made, run(report))
        counts.append(len(queries))
    slugs = Snapshot.objects.values("slug").distinct().count()
    assert counts[0] == counts[1] < 100 * slugs  # some are made of the snapshots of others


def _refill(world: World, customers: int) -> None:
    world_load = world.load
    world.load = lambda: world_load(replace=True)  # type: ignore[method-assign]
    fill(world, customers)
