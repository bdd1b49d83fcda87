"""What reps did with leads: the first answer, in time or late, and what followed."""

from datetime import date, datetime, timedelta
from random import Random

from crm.lib.periods import local_date
from reports.demo.world import World
from sales.models import Activity, Lead
from team.models import User

OPENING, CLOSING = 9 * 60 + 5, 17 * 60 + 30
FIRST_WORDS = [
    "Asked what they pack and how much a month.", "Sent the price list and two samples.",
    "Wants an offer for a trial pallet.", "Compares three suppliers, decides this month.",
    "Цікавить гофротара, 5 т на місяць.", "Просить зразки плівки.", "Buys from a competitor, open to talk.",
    "Needs delivery on Saturdays.",
]  # fmt: skip
LATER_WORDS = [
    "Offer received, is thinking.", "Boss on leave until Monday.", "Samples arrived, quality is fine.",
    "Просить знижку 5 %.", "Still waiting for their engineer.", "Will decide after the stock-taking.",
]  # fmt: skip


def at_work(world: World, instant: datetime, random: Random) -> datetime:
    """This instant if it lies in working hours, else early on the next working day."""
    zone = world.clock.zone
    day = local_date(instant, zone)
    minute = int((instant - world.clock.at(day, 0)).total_seconds() // 60)
    if world.clock.is_workday(day) and OPENING <= minute <= CLOSING:
        return instant
    after = day if minute < OPENING else day + timedelta(days=1)
    return world.clock.at(world.clock.workday_from(after), OPENING + random.randrange(5, 75))


def first_touch(world: World, lead: Lead, kind: str, random: Random) -> datetime | None:
    """When the first answer went out: `timely`, `late` or `never`."""
    if kind == "never":
        return None
    if kind == "timely":
        waited = timedelta(minutes=min(1380.0, random.lognormvariate(4.6, 1.25)))
        answered = at_work(world, lead.arrived_at + waited, random)
        if answered - lead.arrived_at > timedelta(hours=24) and random.random() < 0.6:
            # somebody on duty writes on a free day too
            answered = lead.arrived_at + timedelta(hours=random.uniform(1, 14))
    else:
        answered = at_work(
            world, lead.arrived_at + timedelta(hours=random.uniform(26, 170)), random
        )
    return answered if answered < world.clock.moment else None


def touches(
    world: World, lead: Lead, first: datetime, more: int, until: date, by: User, random: Random
) -> list[Activity]:
    """The first touch and up to `more` others, on working days until a day."""
    made = [_touch(world, lead, first, by, random, FIRST_WORDS)]
    moment = first
    for _ in range(more):
        moment = at_work(world, moment + timedelta(days=random.uniform(1.5, 9)), random)
        if moment >= world.clock.moment or local_date(moment, world.clock.zone) > until:
            break
        made.append(_touch(world, lead, moment, by, random, LATER_WORDS))
    return made


def _touch(
    world: World, lead: Lead, moment: datetime, by: User, random: Random, words: list[str]
) -> Activity:
    kind = random.choices(["call", "email", "message", "meeting"], [58, 30, 8, 4])[0]
    outcome = (
        random.choices(["reached", "no_answer", "call_back"], [70, 20, 10])[0]
        if kind == "call"
        else None
    )
    spoken = outcome != "no_answer"
    return Activity(
        author=by,
        kind=kind,
        direction="out",
        start_at=moment.replace(second=0, microsecond=0),
        minutes=_minutes(kind, spoken, random),
        lead=lead,
        outcome=world.outcomes[outcome] if outcome else None,
        note=random.choice(words) if spoken else "",
    )


def _minutes(kind: str, spoken: bool, random: Random) -> int:
    if kind == "meeting":
        return random.randrange(30, 80, 5)
    if kind == "call":
        return random.randrange(3, 19) if spoken else 1
    return random.randrange(3, 13)
