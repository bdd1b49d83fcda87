"""Contracts: open, ended and renewed, ended for good, cancelled. And what customers answered."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from crm.lib.periods import add_months
from customers.models import Contract, Survey
from reports.demo.world import Life, World

# how many customers of each kind
KINDS = {"open": 20, "renewed": 7, "ended": 5, "cancelled": 6}


def plan_contracts(world: World) -> None:
    """Choose who has one before orders are made: who cancels also stops buying."""
    random = world.random("contracts")
    for kind, count in KINDS.items():
        steady = _steady(world)
        for life in random.sample(steady, min(count, len(steady) // 5)):
            life.contract = kind
            if kind == "cancelled":
                life.last_on = world.clock.ago(random.randrange(60, 700))
                life.exact, life.pause = True, None


def _steady(world: World) -> list[Life]:
    long_here = world.clock.months_ago(30)
    return [
        life
        for life in world.lives
        if not (life.rep or life.contract or life.is_test or life.once or life.last_on)
        and life.since < long_here
    ]


def make_contracts(world: World) -> None:
    bound = [life for life in world.lives if life.contract]
    contracts = [contract for life in bound for contract in _contracts(world, life)]
    for number, contract in enumerate(contracts, start=1):
        contract.reference = f"CT-{number:04d}"
    Contract.everything.bulk_create(contracts)


def _contracts(world: World, life: Life) -> Iterator[Contract]:
    start = life.since + timedelta(days=30)
    if life.contract == "renewed":
        middle = add_months(start, 12)
        yield _contract(life, start, end_on=middle - timedelta(days=1))
        yield _contract(life, middle)
    elif life.contract == "ended":
        yield _contract(life, start, end_on=add_months(start, 12) - timedelta(days=1))
    elif life.contract == "cancelled" and life.last_on:
        yield _contract(
            life,
            start,
            end_on=add_months(life.last_on, 7),
            cancelled_on=life.last_on + timedelta(days=14),
        )
    else:
        yield _contract(life, start)


def _contract(life: Life, start_on: date, **ends: date) -> Contract:
    return Contract(customer=life.customer, start_on=start_on, recorded_on=start_on, **ends)


def make_surveys(world: World) -> None:
    random = world.random("surveys")
    surveys = [
        survey
        for life in world.lives
        if not life.is_test and not life.key.startswith("twin")
        for survey in _surveys(world, life, random)
    ]
    surveys.sort(key=lambda survey: (survey.sent_on, survey.customer.reference))
    for number, survey in enumerate(surveys, start=1):
        survey.reference = f"SU-{number:05d}"
    Survey.everything.bulk_create(surveys)


def _surveys(world: World, life: Life, random: Random) -> Iterator[Survey]:
    """Would they recommend us: twice a year. Satisfied: every four months. Under half answer."""
    for kind, every, share in (("nps", 182, 0.7), ("csat", 121, 0.4)):
        if random.random() > share:
            continue
        day = max(life.since + timedelta(days=60), world.clock.ago(900)) + timedelta(
            days=random.randrange(every)
        )
        while day < min(world.clock.today, life.last_on or world.clock.today):
            yield _survey(world, life, kind, world.clock.workday_from(day), random)
            day += timedelta(days=every)


def _survey(world: World, life: Life, kind: str, sent_on: date, random: Random) -> Survey:
    answered_on = sent_on + timedelta(days=random.randrange(0, 12))
    answered = random.random() < 0.44 and answered_on < world.clock.today
    return Survey(
        customer=life.customer,
        kind=kind,
        sent_on=sent_on,
        answered_on=answered_on if answered else None,
        score=_score(life, kind, answered_on, random) if answered else None,
        recorded_on=sent_on,
    )


def _score(life: Life, kind: str, day: date, random: Random) -> int:
    """Those about to leave are less content, most of the time."""
    leaving = life.last_on is not None and (life.last_on - day).days < 200
    if kind == "nps":
        weights = [4, 5, 8, 9, 8, 6, 4] if leaving else [1, 1, 4, 8, 16, 22, 18]
        return random.choices([3, 5, 6, 7, 8, 9, 10], weights)[0]
    weights = [12, 24, 30, 24, 10] if leaving else [1, 4, 15, 45, 35]
    return random.choices([1, 2, 3, 4, 5], weights)[0]
