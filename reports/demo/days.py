"""The working days of the reps: calls, mails, visits and the office, as they were recorded."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from crm.lib.periods import local_date
from reports.demo.loading import load_instances
from reports.demo.words import NOTES
from reports.demo.world import Life, Rep, World
from sales.models import Activity

# kind: weight, minutes (from, to)
KINDS = {
    "call": (34, 3, 19), "email": (22, 4, 16), "message": (6, 2, 6), "meeting": (11, 40, 95), "visit": (9, 60, 150),
    "demo": (2, 40, 70), "proposal": (8, 30, 75), "negotiation": (5, 35, 80), "admin": (6, 15, 45),
    "internal": (6, 20, 60), "report": (2, 20, 40), "travel": (5, 25, 80), "training": (1, 60, 120),
}  # fmt: skip
INSIDE = {"admin", "internal", "report", "travel", "training"}
ANY_DIRECTION = {"meeting", "visit", "demo", "negotiation"}
OUTCOMES = {
    "reached": 60,
    "no_answer": 18,
    "call_back": 8,
    "left_word": 8,
    "bad_number": 2,
    "refused": 4,
}
DAY_ENDS = 17 * 60 + 40
# Share of customers about to leave that are still spoken with after their last order.
LAST_CALLS = 0.3
# What happened with this customer lately is told in `today`.
TOLD, TOLD_DAYS = "karpatska", 95


class Book:
    """Whom a rep may speak with on a day: customers then theirs and alive, the larger ones more often."""

    def __init__(self, world: World, key: str, random: Random) -> None:
        self.periods = [
            (from_on, min(to_on or world.clock.today, _end_of_talk(life, world, random)), life)
            for life in world.lives
            for rep, from_on, to_on in life.owners
            if rep == key and not life.is_test
        ]
        self.month: tuple[int, int] | None = None
        self.lives: list[Life] = []
        self.weights: list[int] = []

    def draw(self, day: date, random: Random) -> Life | None:
        if (day.year, day.month) != self.month:
            self.month = (day.year, day.month)
            self.lives = [life for from_on, to_on, life in self.periods if from_on <= day < to_on]
            total = 0
            self.weights = [total := total + 2 + 60 // life.gap for life in self.lives]
        if not self.lives:
            return None
        return self.lives[bisect_right(self.weights, random.randrange(self.weights[-1]))]


def _end_of_talk(life: Life, world: World, random: Random) -> date:
    if life.key == TOLD:
        return world.clock.ago(TOLD_DAYS)
    if life.last_on is None or random.random() < LAST_CALLS:
        return world.clock.today
    return life.last_on + timedelta(days=random.randrange(5, 40))


def make_days(world: World) -> None:
    """Everything the reps recorded up to yesterday."""
    first = world.clock.months_ago(world.size.months)
    for key, rep in world.reps.items():
        random = world.random(f"days:{key}")
        book = Book(world, key, random)
        last = min(world.clock.ago(1), rep.left_on or world.clock.today)
        for day in world.clock.workdays(max(first, rep.hired_on), last):
            if day not in rep.absent and random.random() < _diligence(rep, day):
                world.activities.extend(_day(world, rep, day, book, random))


def _diligence(rep: Rep, day: date) -> float:
    """Share of days with a record: newcomers without a record have next to none while they are new."""
    new = (day - rep.hired_on).days < 92
    if new and rep.staff.beginner == "idle":
        return 0.08
    return rep.staff.logs


def _day(world: World, rep: Rep, day: date, book: Book, random: Random) -> Iterator[Activity]:
    """One thing after the other from nine o'clock, until the rep's usual selling time is full."""
    minute = 9 * 60 + random.randrange(0, 40)
    selling = rep.staff.talk * 480 * random.uniform(0.7, 1.3)
    weights = [weight for weight, _short, _long in KINDS.values()]
    while selling > 0 and minute < DAY_ENDS:
        kind = random.choices(list(KINDS), weights)[0]
        _weight, short, long = KINDS[kind]
        minutes = random.randrange(short, long)
        life = None if kind in INSIDE else book.draw(day, random)
        if kind not in INSIDE:
            selling -= minutes
        if life or kind in INSIDE:
            yield _entry(world, rep, day, minute, kind, minutes, life, random)
        minute += minutes + random.randrange(3, 22)


def _entry(
    world: World,
    rep: Rep,
    day: date,
    minute: int,
    kind: str,
    minutes: int,
    life: Life | None,
    random: Random,
) -> Activity:
    entry = Activity(
        author=rep.user,
        kind=kind,
        start_at=world.clock.at(day, minute),
        minutes=minutes,
        direction=_direction(kind, random),
        recorded_on=_entered(world, day, random),
    )
    if life:
        entry.customer = life.customer
        entry.contact = random.choice(life.contacts) if life.contacts else None
        entry.note = random.choice(NOTES[kind]) if kind in NOTES and random.random() < 0.6 else ""
    if kind == "call":
        outcome = random.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]
        entry.outcome = world.outcomes[outcome]
        if not entry.outcome.reached:
            entry.minutes, entry.note = random.randrange(0, 3), ""
    return entry


def _direction(kind: str, random: Random) -> str:
    if kind in INSIDE:
        return ""
    if kind in ANY_DIRECTION:
        return random.choice(["out", "in"])
    return "out" if random.random() < 0.8 else "in"


def _entered(world: World, day: date, random: Random) -> date:
    """Now and then a day is written down later."""
    return min(
        day + timedelta(days=random.randrange(1, 5) if random.random() < 0.03 else 0),
        world.clock.today,
    )


def store_activities(world: World) -> None:
    """In the order of their start, with everything that follows from it."""
    world.activities.sort(key=lambda entry: (entry.start_at, entry.author_id or 0))
    for number, entry in enumerate(world.activities, start=1):
        entry.reference = f"AC-{number:07d}"
        entry.created_at = entry.start_at + timedelta(minutes=entry.minutes or 0)
        if entry.recorded_on is None:
            entry.recorded_on = local_date(entry.start_at, world.clock.zone)
    load_instances(world.activities)
