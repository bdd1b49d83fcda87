"""R2 for the reports on leads: what is entered after the day changes nothing, whatever kind of fact it is."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F

from customers.models import Customer, Merge, Revenue
from sales.models import (
    Activity,
    CampaignCost,
    Lead,
    LeadEnding,
    LeadOwnership,
)
from team.models import Membership, Team, User
from tests.reports.conftest import World
from tests.reports.leads import FEW, rows, taken, told

pytestmark = pytest.mark.thorough

FROZEN = ("2025-02-01", "2025-03-31", "2025-03-31")
MORE = {**FEW, "convert_days": 20, "touch_days": 10}
LATER = date(2025, 4, 1)
SLUGS = ("leakage", "speed", "marketing")


def _history(world: World, *, after: bool) -> None:
    """Something of every kind before the end of March 2025; and, if asked, after it as well."""

    def later(day: str) -> str:
        return day if after else ""

    for rep, team in (("ann", "North"), ("bob", "South")):
        world.rep(rep, team=team)
    for name in ("A", "B"):
        world.customer(name, merged_into=later("A") if name == "B" else "",
            merged_on=later("2025-04-02") if name == "B" else "")  # fmt: skip
        world.order(name, "2025-02-10", "100", cost="60", deleted_on=later("2025-04-03"))
    for number in range(8):
        day = f"2025-02-{3 + number:02}"
        won = {"converted_on": day, "customer_id": "AB"[number % 2]} if number < 4 else {}
        lost = {"closed_on": later("2025-04-05"), "closed_reason": later("junk")}
        lead = world.lead(
            f"{day}T08:00:00Z", "", source="web", campaign_id="fair",
            **won, **(lost if number == 5 else {}),
            deleted_on=later("2025-04-06") if number == 6 else "",
        )  # fmt: skip
        world.numbered("lead_ownership", "P", "ownership_id", lead_id=lead, rep_id="ann",
            from_on=day, to_on=later("2025-04-02"))  # fmt: skip
        if number < 6:
            world.touch("ann", f"{day}T09:00:00Z", lead_id=lead,
                deleted_on=later("2025-04-04") if number == 2 else "")  # fmt: skip
        if after:
            world.touch("ann", f"{day}T08:30:00Z", lead_id=lead, recorded_on="2025-04-01")
            world.touch("ann", "2025-04-01T08:30:00Z", lead_id=lead)
            world.numbered("lead_ownership", "Q", "ownership_id", lead_id=lead, rep_id="bob",
                from_on="2025-04-02")  # fmt: skip
    world.cost("fair", "2025-02-20", "77.77", deleted_on=later("2025-04-01"))
    if after:
        world.cost("fair", "2025-04-01", "5")
        world.cost("fair", "2025-03-01", "5", recorded_on="2025-04-01")
        world.order("A", "2025-03-01", "1000", recorded_on="2025-04-02")
        world.lead("2025-03-31T21:00:00Z", source="web", campaign_id="fair")  # midnight in Kyiv


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("as_of", ["2025-03-31", "2025-03-05", "2025-02-12"])
def test_what_comes_after_changes_nothing(world: World, slug: str, as_of: str) -> None:
    few = MORE if slug == "leakage" else {}
    _history(world, after=True)
    world.load()
    with_the_future = told(slug, "2025-02-01", "2025-03-31", as_of, **few)
    for kept in world.rows.values():
        kept.clear()
    _history(world, after=False)
    world.load(replace=True)
    without = told(slug, "2025-02-01", "2025-03-31", as_of, **few)
    assert with_the_future == without


def _reopen() -> None:
    """A closing and a conversion are taken back, and another lead is closed, as the screens write it."""
    LeadEnding.everything.update(deleted_on=LATER)
    Lead.everything.update(converted_on=None, customer=None, closed_on=LATER, closed_reason="junk")
    for lead in Lead.everything.all():
        LeadEnding.everything.create(
            lead=lead, kind="closed", on=LATER, reason="junk", recorded_on=LATER
        )


def _hand_over() -> None:
    rep = User.objects.get(reference="bob")
    LeadOwnership.everything.update(to_on=LATER)
    Lead.everything.update(owner=rep)
    for lead in Lead.everything.all():
        LeadOwnership.everything.create(lead=lead, rep=rep, from_on=LATER, recorded_on=LATER)


def _correct_an_owner() -> None:
    """A period that was wrong is deleted and written anew, from its first day on."""
    rep = User.objects.get(reference="bob")
    for period in LeadOwnership.everything.all():
        LeadOwnership.everything.filter(pk=period.pk).update(deleted_on=LATER)
        LeadOwnership.everything.create(
            lead=period.lead, rep=rep, from_on=period.from_on, recorded_on=LATER
        )


def _rewrite_activities() -> None:
    for activity in Activity.everything.all():
        Activity.everything.filter(pk=activity.pk).update(deleted_on=LATER)
        Activity.everything.create(
            author=activity.author, lead=activity.lead, kind="call", direction="out",
            start_at=activity.start_at - timedelta(minutes=20), recorded_on=LATER,
            created_at=activity.start_at,
        )  # fmt: skip


def _merge() -> None:
    a, b = (Customer.everything.get(reference=name) for name in "AB")
    Merge.everything.create(customer=b, into=a, merged_on=LATER, recorded_on=LATER)


def _spend_differently() -> None:
    CampaignCost.objects.update(deleted_on=LATER)
    cost = CampaignCost.objects.get()
    CampaignCost.objects.create(
        campaign=cost.campaign, on=cost.on, amount=Decimal(5), recorded_on=LATER
    )


def _move_teams() -> None:
    Membership.objects.update(deleted_on=LATER)
    team = Team.objects.create(name="East")
    for user in User.objects.exclude(reference=""):
        Membership.objects.create(user=user, team=team, from_on=date(2020, 1, 1), recorded_on=LATER)


def _refund() -> None:
    Revenue.everything.create(
        customer=Customer.everything.get(reference="A"), on=date(2025, 2, 10),
        amount=Decimal(-100), recorded_on=LATER,
    )  # fmt: skip
    Revenue.everything.filter(customer__reference="B").update(deleted_on=LATER)


def _delete_leads() -> None:
    Lead.everything.update(deleted_on=LATER, version=F("version") + 1)


EDITS = (
    _reopen,
    _hand_over,
    _correct_an_owner,
    _rewrite_activities,
    _merge,
    _spend_differently,
    _move_teams,
    _refund,
    _delete_leads,
)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__.strip("_"))
def test_a_freeze_stays_as_it_was_known(world: World, edit: Callable[[], None]) -> None:
    """Ruling 12: each kind of fact edited after the day; the same rows, of the same owners, to the cent."""
    _history(world, after=False)
    world.load()
    before = [_all(slug) for slug in SLUGS]
    assert all(before[0]) and all(before[2])
    edit()
    assert [_all(slug) for slug in SLUGS] == before


def _all(slug: str) -> tuple[Any, ...]:
    snapshot = taken(slug, *FROZEN, **MORE)
    measures = snapshot.evidence.values_list("measure", flat=True)
    evidence = [
        (row.measure, row.subject_id, row.owner_id, row.team_id, row.cents, row.base_cents)
        for row in rows(snapshot, *set(measures))
    ]
    return snapshot.headline, snapshot.whole, sorted(evidence, key=str)
