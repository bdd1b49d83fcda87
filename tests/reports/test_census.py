"""A census answers for every day what the tables themselves do, over odd data."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from customers.models import Contract, Customer, Merge, Ownership, Revenue, Survey
from reports.calendar import month_ends
from reports.definitions.churn import CHURN
from reports.report import all_reports
from reports.snapshots.census import Census
from reports.snapshots.sources import EVENTS, seen_by
from sales.models import Activity, Campaign, CampaignCost, Lead, LeadEnding
from team.models import Absence, Company, Employment, User, Wage

FIRST = date(2025, 1, 1)


def _day(dice: random.Random) -> date:
    return FIRST + timedelta(days=dice.randrange(60))


def _known(dice: random.Random, on: date) -> dict[str, date | None]:
    """Recorded on the day, before or after it; some of them deleted, even before they were recorded."""
    recorded = on + timedelta(days=dice.choice([0, 0, 0, 1, 5, -3, -20]))
    deleted = dice.choice([None, None, None, recorded + timedelta(days=dice.randrange(-2, 20))])
    return {"recorded_on": recorded, "deleted_on": deleted}


def _odd(dice: random.Random) -> None:
    Company.get()
    Company.objects.update(time_zone="America/New_York")
    people = [User.objects.create(name=f"P{n}") for n in range(3)]
    customers = [
        Customer.everything.create(
            name=f"C{n}", is_test=n == 3, purchases=n, owner=dice.choice([None, people[0]])
        )
        for n in range(5)
    ]
    campaign = Campaign.objects.create(name="fair")
    for n in range(60):
        customer, person, on = dice.choice(customers), dice.choice(people), _day(dice)
        at = datetime.combine(on, time(dice.randrange(24), 59, 59), tzinfo=UTC)
        Revenue.everything.create(customer=customer, on=on, amount=1, **_known(dice, on))
        CampaignCost.objects.create(campaign=campaign, on=on, amount=1, **_known(dice, on))
        Survey.everything.create(
            customer=customer, kind="nps", score=9, sent_on=on,
            answered_on=dice.choice([None, on]), **_known(dice, on),
        )  # fmt: skip
        Activity.everything.create(start_at=at, created_at=at, author=person, **_known(dice, on))
        Absence.objects.create(user=person, on=on, **_known(dice, on))
        Wage.objects.create(user=person, from_on=on, monthly_wage=1, **_known(dice, on))
        lead = Lead.everything.create(
            name=f"L{n}", arrived_at=at, **dice.choice([{}, _known(dice, on)])
        )
        ended = _known(dice, on) | {"deleted_on": None}
        LeadEnding.everything.create(lead=lead, kind="closed", on=on, **ended)
        Contract.everything.create(customer=customer, start_on=on, **_known(dice, on))
        gone = _known(dice, on) | {"deleted_on": on + timedelta(days=3)}
        Ownership.everything.create(customer=customer, rep=person, from_on=on, **gone)
        Merge.everything.create(
            customer=customers[0], into=customers[1], merged_on=dice.choice([None, on]), **gone
        )
        Employment.objects.create(user=person, hired_on=dice.choice([None, on]), **gone)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.thorough
def test_a_census_and_the_tables_say_the_same(db: None, seed: int) -> None:
    _odd(random.Random(seed))
    everything = replace(CHURN, slug="everything", reads=tuple(EVENTS))
    reports = [*all_reports(), everything]
    census = Census(reports)
    for number in range(-25, 90, 4):
        day = FIRST + timedelta(days=number)
        for report in reports:
            assert census.at(day).of(report) == seen_by(report, day), (day, report.slug)


def test_it_says_how_it_was_when_it_was_taken(db: None) -> None:
    customer = Customer.everything.create(name="C")
    census = Census()
    Revenue.everything.create(customer=customer, on=FIRST, amount=1, recorded_on=FIRST)
    assert census.at(FIRST).sources["revenue"] == {"rows": 0, "last": None}
    assert Census().at(FIRST).sources["revenue"]["rows"] == 1
    assert Census().at(FIRST).coverage["revenue"] == "2025-01-01"


def test_the_tables_are_read_once_for_all_days(db: None, django_assert_num_queries: object) -> None:
    census = Census()
    with django_assert_num_queries(1):  # type: ignore[operator]
        for period in month_ends(date(2026, 6, 30), 25):
            census.at(period.end)  # who buys and whose they are today, once
