"""What customers complained of, and how long the answer took; the last ones of those who stay wait still."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from customers.models import Complaint
from reports.demo.world import Life, World

ABOUT = [
    ("Late delivery", "Truck arrived three days late, the line stood still for a shift."),
    ("Torn pallets", "Two of ten pallets torn at the corner."),
    ("Пізня доставка", "Чекали на машину два дні."),
    ("Wrong thickness", "17 µm ordered, 20 µm delivered."),
    ("Рахунок із помилкою", "У рахунку стара ціна."),
]
ANSWERS = [
    "Replaced, half the freight back.",
    "Вибачилися, замінили за наш рахунок.",
    "New invoice sent.",
]
SHARE = 0.16
MONTHS = 14
# days within which a complaint of the demonstration may still be open
WAITS = 12


def make_complaints(world: World) -> None:
    random = world.random("complaints")
    made = [
        complaint
        for life in world.lives
        if not life.is_test and not life.key.startswith("twin") and random.random() < SHARE
        for complaint in _complaints(world, life, random)
    ]
    made.sort(key=lambda row: (row.made_on, row.customer.reference))
    for number, row in enumerate(made, start=1):
        row.reference = f"CP-{number:04d}"
    Complaint.everything.bulk_create(made)


def _complaints(world: World, life: Life, random: Random) -> Iterator[Complaint]:
    """Who leaves complained shortly before, some of the others once or twice in a year."""
    last = min(world.clock.today - timedelta(days=1), life.last_on or world.clock.today)
    for _each in range(random.choice([1, 1, 2])):
        reach = 60 if life.last_on else MONTHS * 30
        day = last - timedelta(days=random.randrange(reach))
        if day <= life.since:
            continue
        about, note = random.choice(ABOUT)
        row = Complaint(
            customer=life.customer, made_on=day, about=about, note=note, recorded_on=day
        )
        settled = day + timedelta(days=random.randrange(1, WAITS))
        if settled < world.clock.today:
            row.settled_on, row.answer = settled, random.choice(ANSWERS)
        yield row
