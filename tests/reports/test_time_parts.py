"""A line of selling time in parts: by team and by day; and who sells least in a team."""

import random
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from crm.lib.periods import Period
from reports.acts.slow_sellers import below_half_of_team
from reports.report import Run, report_named
from reports.rows.rep_days import days_of
from reports.rules.parameters import values_for
from reports.snapshots.taking import take_snapshot
from team.models import Company, Membership, Team, User
from tests.oracle.odd_business import odd_business
from tests.reports.conftest import World
from tests.reports.test_work_against_oracle import SEEDS, load, own_parameters

APRIL = Period(date(2025, 4, 1), date(2025, 4, 30))


def run(period: Period = APRIL, as_of: date | None = None, **values: Any) -> Run:
    names = report_named("time").parameter_names
    return Run(period, as_of or period.end, values_for(names, values))


def snapshot(of: Run) -> Any:
    return take_snapshot(report_named("time"), of)


@pytest.fixture
def moved(world: World) -> World:
    """Ann is in North until 10 April, in South from then on, and earns more from 16 April."""
    world.rep("ann", team="North", wage="2200.02")
    world.rep("bob", team="South", wage="1000")
    world.add("rep_costs", rep_id="ann", from_on="2025-04-16", monthly_wage="4400")
    world.touch("ann", "2025-04-03T09:00:00Z", minutes=55)
    world.touch("ann", "2025-04-22T09:00:00Z", minutes=100)
    world.load()
    day = date(2025, 4, 11)
    membership = Membership.objects.get(user__reference="ann")
    membership.to_on = day
    membership.save()
    Membership.objects.create(
        user=membership.user, team=Team.objects.get(name="South"), from_on=day, recorded_on=day
    )
    return world


def test_a_line_is_shared_out_over_the_teams_of_its_days(moved: World) -> None:
    made = snapshot(run())
    rows = {
        (row.measure, row.team.name): row
        for row in made.evidence.filter(owner__reference="ann").select_related("team")
    }
    loss = rows["loss", "North"], rows["loss", "South"]
    # 8 days at 100.00091; 3 of these and 11 at 200
    costs = [Fraction("2200.02") / 22 * 8, Fraction("2200.02") / 22 * 3 + 2200]
    whole = round(sum(costs) * 100)
    assert sum(row.base_cents for row in loss) == whole == 330001
    assert [row.base_cents for row in loss] == [80001, 250000]
    lost = 100 * sum(costs) * (1 - Fraction(155, 22 * 480))
    assert sum(row.cents for row in loss) == round(lost)
    assert abs(loss[0].cents - lost * costs[0] / sum(costs)) < 1
    assert [rows["selling", team].cents for team in ("North", "South")] == [55, 100]
    assert [rows["working_days", team].cents for team in ("North", "South")] == [8, 14]
    assert [rows["available", team].cents for team in ("North", "South")] == [8 * 480, 14 * 480]
    assert [rows["logged_days", team].cents for team in ("North", "South")] == [1, 1]
    assert loss[0].occurred_on == date(2025, 4, 10)
    assert [row.in_base for row in loss] == [True, True]
    assert {row.line_key for row in rows.values()} == {"ann 2025-04"}


def test_no_money_among_the_facets(moved: World) -> None:
    told = {"month", "share", "minutes", "imputed", "selling_by_weekday", "days_by_weekday"}
    for row in snapshot(run()).evidence.all():
        assert set(row.facets) == (told if row.measure == "loss" else {"month"})


def test_minutes_of_a_team_without_paid_days_are_still_minutes(world: World) -> None:
    world.rep("ann", team="North", wage=2200, leave="2025-04-10")
    world.touch("ann", "2025-04-22T09:00:00Z", minutes=100)
    world.load()
    Membership.objects.update(to_on=date(2025, 4, 11))
    made = snapshot(run())
    assert made.headline["cost_cents"] == 80000
    assert made.headline["share"] == 100 / (8 * 480)
    apart = made.evidence.get(measure="selling", team=None)
    assert (apart.cents, apart.occurred_on) == (100, date(2025, 4, 11))
    assert not made.evidence.filter(measure="loss", team=None).exists()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.django_db
def test_the_days_of_a_rep_add_up_to_its_row(seed: int, tmp_path: Path) -> None:
    odd = own_parameters(odd_business(random.Random(seed)))
    load(tmp_path, odd)
    period = Period(odd.from_, max(odd.from_, odd.to))
    if odd.as_of < odd.from_:
        return
    values = {k: v for k, v in odd.params.items() if k in report_named("time").parameter_names}
    of = run(period, odd.as_of, **values)
    lines: dict[tuple[int, date], dict[str, int]] = {}
    made = snapshot(of)
    for row in made.evidence.exclude(measure="loss"):
        key = row.owner_id, date.fromisoformat(f"{row.facets['month']}-01")
        sums = lines.setdefault(key, {})
        sums[row.measure] = sums.get(row.measure, 0) + row.cents
    people = User.objects.in_bulk()
    for (owner, month), sums in list(lines.items())[:12]:
        days = days_of(people[owner], month, of.as_of, of.values, within=of.period)
        assert sum(day.is_paid for day in days) == sums["working_days"]
        assert sum(day.is_logged for day in days) == sums["logged_days"]
        assert sum(day.selling_minutes for day in days) == sums["selling"]


def test_a_month_day_by_day(moved: World, django_assert_num_queries: Any) -> None:
    moved.touch("ann", "2025-04-05T09:00:00Z", kind="meeting")
    moved.touch("ann", "2025-04-05T09:30:00Z", minutes=20)
    moved.touch("ann", "2025-04-05T12:00:00Z", kind="note", minutes=5)
    moved.add("absences", rep_id="ann", date="2025-04-04")
    moved.load(replace=True)
    ann, values = User.objects.get(reference="ann"), run().values
    with (
        Company.read_once(),
        django_assert_num_queries(6),
    ):  # with the company and what it said before
        days = days_of(ann, date(2025, 4, 15), date(2025, 4, 30), values)
    assert len(days) == 30
    assert [day.state for day in days[:5]] == ["working"] * 3 + ["absent", "off"]
    saturday = days[4]
    assert [entry.kind for entry in saturday.entries] == ["meeting", "call", "other"]
    assert [entry.seconds for entry in saturday.entries] == [3600, 0, 0]
    assert (saturday.selling_minutes, saturday.counted, saturday.imputed) == (60, 1, 1)
    assert not saturday.is_logged


def test_days_outside_of_employment_and_after_the_as_of_day(world: World) -> None:
    world.rep("ann", wage=1, hire="2025-04-03")
    world.load()
    ann = User.objects.get(reference="ann")
    days = days_of(ann, date(2025, 4, 1), date(2025, 4, 4), run().values)
    assert [day.state for day in days] == ["not_employed"] * 2 + ["working"] * 2
    assert days_of(ann, date(2025, 5, 1), date(2025, 4, 4), run().values) == []


def test_reps_below_half_of_their_team(world: World) -> None:
    for rep, team, minutes in (
        ("a", "North", 400), ("b", "North", 300), ("c", "North", 149), ("d", "North", 150), ("e", "North", 350),
        ("f", "South", 10), ("g", "South", 12), ("h", "", 5), ("i", "", 400),
    ):  # fmt: skip
        world.rep(rep, team=team, wage=1000)
        world.touch(rep, "2025-04-01T05:00:00Z", kind="visit", minutes=minutes)
    world.load()
    made = snapshot(run())
    found = below_half_of_team(made.parts.all())
    names = dict(User.objects.values_list("pk", "reference"))
    assert [names[each.owner_id] for each in found] == ["h", "c"]
    assert found[1].share == Fraction(149, 22 * 480)
    assert found[1].team_share == Fraction(300, 22 * 480)
