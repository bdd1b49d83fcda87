"""A manager's overview adds up sums by team: to the same cents as the rows, whoever they belong to and wherever."""

from datetime import date
from itertools import product
from typing import Any

import pytest

from reports.definitions.churn import CHURN
from reports.models import Evidence, Part, Snapshot, TeamSum
from reports.overview.ledger_view import totals_of_ledgers
from reports.reading.shelf import Shelf
from reports.report import Sum
from reports.snapshots.filling import add_up
from reports.snapshots.taking import delete_snapshots
from team.models import Team, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def snapshot(
    rep: User,
    sub_rep: User,
    other_rep: User,
    manager: User,
    north: Team,
    north_sub: Team,
    south: Team,
) -> Snapshot:
    """A ledger without reports of whose rows each person has one in each team and in none, each of its own amount."""
    made = Snapshot.objects.create(
        slug="ledger",
        formula_version=1,
        kind=Snapshot.Kind.DAILY,
        values={},
        values_hash="",
        from_on=date(2026, 1, 1),
        to_on=date(2026, 12, 31),
        as_of=date(2026, 11, 22),
        whole={"snapshots": {}},
    )
    people, teams = (rep, sub_rep, other_rep, manager, None), (north, north_sub, south, None)
    rows = [
        Evidence(
            snapshot=made,
            measure=measure,
            line_key=f"{n}",
            subject_type="customer",
            subject_id=n,
            owner=owner,
            team=team,
            occurred_on=date(2026, 1 + n % 12, 1),
            cents=2**n,
            low_cents=n,
            high_cents=2**n + n,
            in_base=n % 2 == 0,
            base_cents=n,
        )
        for measure in ("loss", "overlap_1_6")
        for n, (owner, team) in enumerate(product(people, teams))
    ]
    Evidence.objects.bulk_create(rows)
    add_up(made, CHURN.monthly_measures, by_line=False)
    return made


def added(rows: Any) -> Sum:
    """The sum of rows of evidence, one by one."""
    total = Sum()
    for row in rows:
        base = (1, row.base_cents) if row.in_base else (0, 0)
        total += Sum(1, row.cents, row.low_cents, row.high_cents, *base)
    return total


@pytest.mark.parametrize("who", ["manager", "other_manager", "rep", "admin", "lone"])
def test_sums_are_those_of_the_rows(
    who: str, snapshot: Snapshot, north: Team, north_sub: Team, south: Team, hire: Any, request: Any
) -> None:
    viewer = hire("Lena Lone", is_manager=True) if who == "lone" else request.getfixturevalue(who)
    # who sees all, narrowed to nothing, reads what was added up once for the company
    choices = [
        *([None] if who != "admin" else []),
        {north.pk},
        {south.pk},
        {north_sub.pk, south.pk},
    ]
    for teams in choices:
        shelf = Shelf(viewer, [], teams)
        told = totals_of_ledgers([snapshot], shelf.rows(), apart=shelf.apart())[snapshot.pk][0]
        seen = Evidence.objects.filter(shelf.rows(), snapshot=snapshot)
        for measure in ("loss", "overlap_1_6"):
            assert told[measure] == added(seen.filter(measure=measure)), teams


def test_what_a_manager_reads(
    snapshot: Snapshot, manager: User, other_manager: User, rep: User
) -> None:
    """All of their teams, what they did in others', and what their people did in none: each amount is a bit."""

    def bits(viewer: User) -> set[int]:
        shelf = Shelf(viewer, [], None)
        told = totals_of_ledgers([snapshot], shelf.rows(), apart=shelf.apart())[snapshot.pk][0]
        return {n for n in range(20) if told["loss"].cents >> n & 1}

    # of five people, in north, its sub-team, south, no team
    assert bits(manager) == {0, 1, 3, 4, 5, 7, 8, 9, 12, 13, 14, 15, 16, 17}
    assert bits(other_manager) == {2, 6, 10, 11, 14, 18}
    assert bits(rep) == {0, 1, 2, 3}


def test_what_is_narrowed_to_a_person_is_read_from_parts(
    snapshot: Snapshot, manager: User, rep: User
) -> None:
    shelf = Shelf(manager, [], None, narrow={"owner": rep.pk})
    assert shelf.apart() is None
    told = totals_of_ledgers([snapshot], shelf.rows(), apart=shelf.apart())[snapshot.pk][0]
    assert told["loss"].cents == 2**0 + 2**1 + 2**3


def test_they_go_with_their_snapshot(snapshot: Snapshot) -> None:
    assert TeamSum.objects.count() == 2 * (3 + 5)  # three teams, and five owners in none
    delete_snapshots(Snapshot.objects.filter(pk=snapshot.pk))
    assert not TeamSum.objects.exists()
    assert not Part.objects.exists()
