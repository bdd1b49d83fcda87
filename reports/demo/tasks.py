"""Next steps of everybody: done ones of the last weeks, and what lies ahead or is late."""

from collections.abc import Iterator
from datetime import time, timedelta
from random import Random

from reports.demo.world import Life, Rep, World
from sales.models import Deal, Task

TITLES = [
    "Call about the next order", "Send samples", "Agree on the delivery day", "Follow up on the offer",
    "Ask for the yearly volumes", "Узгодити ціну на грудень", "Нагадати про оплату", "Visit the new warehouse",
]  # fmt: skip
KINDS = ["call", "call", "email", "call", "meeting", "call", "call", "visit"]


def make_tasks(world: World) -> None:
    """For all reps but the one of the demonstration, whose day is told in `today`."""
    random = world.random("tasks")
    tasks: list[Task] = []
    for key, rep in world.reps.items():
        if key != "oksana" and rep.works_on(world.clock.today):
            held = [
                life
                for life in world.lives
                if life.owner_on(world.clock.today) == key and not life.is_test
            ]
            tasks.extend(_tasks(world, rep, held, random))
    Task.everything.bulk_create(tasks)


def make_deal_steps(world: World) -> None:
    """What comes next in most open deals; the rest is what nobody has thought of."""
    random = world.random("deal steps")
    owned = Deal.everything.open().filter(owner__is_active=True, tasks=None).order_by("reference")
    Task.everything.bulk_create(
        _deal_step(world, deal, random)
        for deal in owned.select_related("owner")
        if deal.owner != world.users["oksana"] and random.random() < 0.72
    )


def _deal_step(world: World, deal: Deal, random: Random) -> Task:
    number = random.randrange(len(TITLES))
    due_on = world.clock.workday_from(world.clock.ago(random.randrange(-15, 4)))
    return Task(
        title=TITLES[number],
        kind=KINDS[number],
        owner=deal.owner,
        customer_id=deal.customer_id,
        deal=deal,
        due_on=due_on,
        created_by=deal.owner,
        created_at=world.clock.at(min(due_on, world.clock.today) - timedelta(days=3), 15 * 60),
    )


def _tasks(world: World, rep: Rep, held: list[Life], random: Random) -> Iterator[Task]:
    alive = [life for life in held if life.last_on is None]
    for life in random.sample(alive, min(14, len(alive))):
        number = random.randrange(len(TITLES))
        due_on = world.clock.workday_from(world.clock.ago(random.randrange(-18, 22)))
        task = Task(
            title=TITLES[number],
            kind=KINDS[number],
            owner=rep.user,
            customer=life.customer,
            contact=life.contacts[0] if life.contacts else None,
            due_on=due_on,
            due_at=time(random.randrange(9, 17), 30) if random.random() < 0.25 else None,
            created_by=rep.user,
            created_at=world.clock.at(due_on - timedelta(days=8), 15 * 60),
        )
        if due_on < world.clock.today and random.random() < 0.7:
            task.state, task.done_at = "done", world.clock.at(due_on, 16 * 60)
        yield task
