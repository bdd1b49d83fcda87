"""A million things done, in the order they were done, and the next steps."""

from collections.abc import Iterator
from datetime import time, timedelta
from random import Random

from crm.lib.periods import day_start
from reports.demo.clock import Clock
from reports.demo.days import INSIDE, KINDS, OUTCOMES
from reports.demo.large.crowd import Crowd
from reports.demo.large.size import LargeSize
from reports.demo.loading import Row, load
from reports.demo.tasks import TITLES
from reports.demo.words import NOTES
from sales.models import Activity, Outcome, Task

MONTHS = 24
ABOUT_LEADS = 0.12
# Share of all tasks that are still open.
OPEN = 0.4


def make_work(
    clock: Clock,
    size: LargeSize,
    crowd: Crowd,
    first_customer: int,
    first_lead: int,
    random: Random,
) -> None:
    load(
        Activity,
        [
            "reference", "author_id", "kind", "direction", "start_at", "minutes", "customer_id", "lead_id",
            "outcome_id", "note", "recorded_on", "created_at",
        ],
        _activities(clock, size, crowd, first_customer, first_lead, random),
    )  # fmt: skip
    load(
        Task,
        [
            "title",
            "kind",
            "owner_id",
            "customer_id",
            "due_on",
            "due_at",
            "state",
            "done_at",
            "created_at",
        ],
        _tasks(clock, size, crowd, first_customer, random),
    )


def _activities(
    clock: Clock,
    size: LargeSize,
    crowd: Crowd,
    first_customer: int,
    first_lead: int,
    random: Random,
) -> Iterator[Row]:
    outcomes = dict(Outcome.objects.values_list("key", "pk"))
    days = clock.workdays(clock.ago(MONTHS * 30), clock.ago(1))
    kinds, weights = list(KINDS), [weight for weight, _short, _long in KINDS.values()]
    ends, end_weights = list(OUTCOMES), list(OUTCOMES.values())
    begun, morning = None, day_start(days[0], clock.zone)
    for number in range(size.activities):
        day = days[number * len(days) // size.activities]
        if day != begun:
            begun, morning = day, day_start(day, clock.zone)
        kind = random.choices(kinds, weights)[0]
        _weight, short, long = KINDS[kind]
        customer = lead = None
        who = random.choice(crowd.sellers)
        if kind not in INSIDE and random.random() < ABOUT_LEADS:
            lead = first_lead + random.randrange(size.leads)
        elif kind not in INSIDE:
            place = random.randrange(size.customers)
            customer, who = first_customer + place, crowd.owner_of(place)
        start = morning + timedelta(minutes=540 + random.randrange(0, 500))
        minutes = random.randrange(short, long)
        yield (
            f"AC-{number + 1:08d}", who, kind, "" if kind in INSIDE else "out", start, minutes, customer, lead,
            outcomes[random.choices(ends, end_weights)[0]] if kind == "call" else None,
            random.choice(NOTES[kind]) if kind in NOTES else "", day, start + timedelta(minutes=minutes),
        )  # fmt: skip


def _tasks(
    clock: Clock, size: LargeSize, crowd: Crowd, first_customer: int, random: Random
) -> Iterator[Row]:
    for number in range(size.tasks):
        place = number * 7 % size.customers
        is_open = random.random() < OPEN
        due = clock.ago(random.randrange(-40, 4) if is_open else random.randrange(1, 300))
        yield (
            random.choice(TITLES), "call", crowd.owner_of(place), first_customer + place, due,
            time(random.randrange(9, 17), 0) if number % 5 == 0 else None, "open" if is_open else "done",
            None if is_open else clock.at(due, 900), clock.at(due - timedelta(days=9), 900),
        )  # fmt: skip
