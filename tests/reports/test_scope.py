"""Who reads what of churn: the owner and the team at the event decide, not today's."""

from datetime import date
from decimal import Decimal

import pytest

from crm.lib.periods import Period
from customers.models import Customer, Ownership, Revenue
from customers.purchases import refresh_purchases
from reports.definitions.churn import CHURN
from reports.models import Evidence, Part, Snapshot
from reports.reading.evidence import listed
from reports.showing import run_for
from reports.snapshots.taking import take_snapshot
from team.models import Membership, Team, User
from tests.kept import kept
from tests.reports.shown import figures, totals

BOUGHT = date(2025, 3, 1)
START = date(2024, 1, 1)


def sold(name: str, owner: User | None, cents: int, on: date = BOUGHT) -> Customer:
    """A customer who bought once, on a day, of an owner from the start."""
    customer = Customer.everything.create(name=name, owner=owner, reference=name)
    if owner is not None:
        Ownership.everything.create(customer=customer, rep=owner, from_on=START, recorded_on=START)
    Revenue.everything.create(customer=customer, on=on, amount=Decimal(cents) / 100, recorded_on=on)
    return customer


@pytest.fixture
@kept
def taken(rep: User, sub_rep: User, other_rep: User) -> Snapshot:
    """Four customers lost in one year: of a rep, of a sub-team, of another team, of nobody."""
    sold("Rita's", rep, 10_000)
    sold("Sasha's", sub_rep, 2_000)
    sold("Otto's", other_rep, 300)
    sold("Nobody's", None, 40)
    refresh_purchases(None)
    period = Period(date(2026, 1, 1), date(2026, 12, 31))
    return take_snapshot(CHURN, run_for(CHURN, period, date(2026, 11, 22)))


def seen(snapshot: Snapshot, viewer: User) -> tuple[int, int, set[str]]:
    rows = listed(snapshot, viewer, "loss")
    shown = figures(snapshot, viewer)
    assert sum(row.cents for row in rows) == shown["loss_cents"]
    return shown["loss_cents"], shown["opening_customers"], {row.line_key for row in rows}


def test_everybody_reads_their_part(
    taken: Snapshot,
    rep: User,
    sub_rep: User,
    other_rep: User,
    manager: User,
    other_manager: User,
    admin: User,
    director: User,
) -> None:
    assert seen(taken, rep) == (10_000, 1, {"Rita's"})
    assert seen(taken, sub_rep) == (2_000, 1, {"Sasha's"})
    assert seen(taken, manager) == (12_000, 2, {"Rita's", "Sasha's"})
    assert seen(taken, other_manager) == (300, 1, {"Otto's"})
    for everything in (admin, director):
        assert seen(taken, everything)[0] == 12_340
    months = totals(taken, rep).by_month("loss")
    assert {month: sum_.cents for month, sum_ in months.items()} == {"2026-02": 10_000}


def test_rates_are_those_of_the_part_with_their_interval(
    taken: Snapshot, rep: User, admin: User
) -> None:
    one, all_of_them = figures(taken, rep), figures(taken, admin)
    assert (one["logo_churn"], all_of_them["logo_churn"]) == (1.0, 1.0)
    assert one["logo_churn_lo"] == pytest.approx(0.206549, abs=1e-6)  # 1 of 1
    assert all_of_them["logo_churn_lo"] == pytest.approx(0.510109, abs=1e-6)  # 4 of 4


def test_the_past_of_a_leaver_stays_with_the_team_it_happened_in(
    taken: Snapshot, rep: User, manager: User, other_manager: User, south: Team
) -> None:
    """The rep moves to another team: the loss stays in the part of the old one alone, so that parts add up."""
    Membership.objects.filter(user=rep).update(to_on=date(2026, 11, 23))
    Membership.objects.create(
        user=rep, team=south, from_on=date(2026, 11, 23), recorded_on=date(2026, 11, 23)
    )
    rep.team = south
    rep.save()
    assert "Rita's" in seen(taken, User.objects.get(pk=manager.pk))[2]
    assert "Rita's" not in seen(taken, User.objects.get(pk=other_manager.pk))[2]
    rep.team = None
    rep.is_active = False
    rep.save()
    assert "Rita's" in seen(taken, User.objects.get(pk=manager.pk))[2]
    assert "Rita's" not in seen(taken, User.objects.get(pk=other_manager.pk))[2]


def test_what_happened_before_any_team_was_entered_is_read_by_the_manager_of_today(
    taken: Snapshot, rep: User, manager: User, other_manager: User
) -> None:
    """Orders of years ago are brought in on the day on which teams are made."""
    Evidence.objects.filter(snapshot=taken, owner=rep).update(team=None)
    Part.objects.filter(snapshot=taken, owner=rep).update(team=None)
    assert seen(taken, manager) == (12_000, 2, {"Rita's", "Sasha's"})
    assert "Rita's" not in seen(taken, other_manager)[2]


def test_who_may_not_sign_in_reads_nothing(taken: Snapshot, rep: User) -> None:
    rep.is_active = False
    rep.save()
    assert seen(taken, User.objects.get(pk=rep.pk)) == (0, 0, set())


def test_handing_over_later_does_not_move_the_loss(
    taken: Snapshot, rep: User, other_rep: User
) -> None:
    customer = Customer.everything.get(reference="Rita's")
    Ownership.everything.filter(customer=customer).update(to_on=date(2026, 6, 1))
    Ownership.everything.create(
        customer=customer, rep=other_rep, from_on=date(2026, 6, 1), recorded_on=date(2026, 6, 1)
    )
    Customer.everything.filter(pk=customer.pk).update(owner=other_rep)
    period = Period(date(2026, 1, 1), date(2026, 12, 31))
    again = take_snapshot(CHURN, run_for(CHURN, period, date(2026, 11, 22)))
    assert again == taken
    assert seen(again, rep)[0] == 10_000
    assert seen(again, other_rep)[0] == 300


def test_the_parts_add_up_to_the_company_to_the_cent(
    taken: Snapshot,
    rep: User,
    sub_rep: User,
    other_rep: User,
    manager: User,
    other_manager: User,
    admin: User,
) -> None:
    """What nobody answered for is in nobody's part, only in the whole."""
    whole, nobodys = seen(taken, admin)[0], 40
    assert sum(seen(taken, one)[0] for one in (rep, sub_rep, other_rep)) + nobodys == whole
    assert sum(seen(taken, one)[0] for one in (manager, other_manager)) + nobodys == whole
    for one in (rep, sub_rep, other_rep, manager, other_manager):
        assert "Nobody's" not in seen(taken, one)[2]
