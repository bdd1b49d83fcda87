"""Who looked after whom: customers come, reps leave and hand over, newcomers take some over."""

from datetime import date, timedelta
from random import Random

from reports.demo.world import Life, Rep, World

HOME = {
    "Kyiv": "centre", "Centre": "centre", "North": "centre", "West": "west", "South": "south", "East": "south",
    "Europe": "export", "Asia": "export",
}  # fmt: skip
# How many customers followed a leaver out of the house.
WENT_ALONG = {"pavlo": 6, "roman": 6, "inna": 5, "svitlana": 3}
# This one's hand-over is still open: so many customers have nobody yet.
STILL_IN_POOL = {"svitlana": 5}
RAMP_DAYS = 95
MOVED_BY_CHANCE = 14


def assign_owners(world: World) -> None:
    """Fill `owners` of every life, and end the lives that follow a leaver."""
    random = world.random("owners")
    events = sorted(
        [(life.since, 1, life.key) for life in world.lives]
        + [(day, 2, key) for key, day in _leavers(world)]
        + [
            (rep.hired_on + timedelta(days=RAMP_DAYS), 3, key)
            for key, rep in world.reps.items()
            if rep.staff.room
        ]
    )
    lives = {life.key: life for life in world.lives}
    for day, kind, key in events:
        if kind == 1:
            _arrive(world, lives[key], random)
        elif kind == 2:
            _leave(world, key, day, random)
        elif day <= world.clock.today and _hired_lately(world, key):
            _take_some(world, key, day, random)
    _move_some(world, random)


def _leavers(world: World) -> list[tuple[str, date]]:
    """Those who are gone, with their last day."""
    last_days = [(key, rep.left_on) for key, rep in world.reps.items()]
    return [(key, day) for key, day in last_days if day and day < world.clock.today]


def _hired_lately(world: World, key: str) -> bool:
    return world.reps[key].hired_on > world.clock.months_ago(26)


def _arrive(world: World, life: Life, random: Random) -> None:
    if life.rep and world.reps[life.rep].works_on(life.since):
        _since_yurii(world, life)
        return
    rep = _choose(world, HOME[life.region], life.since, random)
    life.owners.append((rep, life.since, None))


def _since_yurii(world: World, life: Life) -> None:
    """The rep's oldest western customers were somebody's before; the others were theirs from the start."""
    yurii = world.reps["yurii"]
    left_on = yurii.left_on
    if life.rep == "oksana" and life.region == "West" and left_on and life.since < left_on:
        handed_over = world.clock.ago(1270)
        life.owners.append(("yurii", life.since, handed_over))
        life.owners.append((life.rep, handed_over, None))
    else:
        life.owners.append((life.rep, life.since, None))


def _choose(world: World, team: str, day: date, random: Random, *, besides: str = "") -> str | None:
    """Somebody of the team with room, past the ramp and not about to leave."""
    free = {
        key: rep.staff.room - _load(world, key)
        for key, rep in world.reps.items()
        if rep.staff.team == team and key != besides and _may_take(rep, day)
    }
    if not free:
        return None
    return max(sorted(free), key=lambda key: free[key] + random.uniform(0, 12))


def _may_take(rep: Rep, day: date) -> bool:
    ready = rep.hired_on + timedelta(days=RAMP_DAYS if rep.staff.beginner else 7)
    return rep.staff.room > 0 and ready <= day and (rep.left_on is None or day < rep.left_on)


def _load(world: World, key: str) -> int:
    return len(_held_by(world, key))


def _held_by(world: World, key: str) -> list[Life]:
    return [
        life
        for life in world.lives
        if life.owners and life.owners[-1][0] == key and life.owners[-1][2] is None
    ]


def _leave(world: World, key: str, left_on: date, random: Random) -> None:
    held = _held_by(world, key)
    for life in _followers(world, held, left_on, WENT_ALONG.get(key, 0), random):
        life.last_on = left_on + timedelta(days=random.randrange(-12, 30))
        life.exact, life.fading, life.once, life.pause = False, False, False, None
    nobody_yet = STILL_IN_POOL.get(key, 0)
    for number, life in enumerate(held):
        delay = 0 if random.random() < 0.6 else random.randrange(4, 32)
        from_on = left_on + timedelta(days=1 + delay)
        _end(life, left_on + timedelta(days=1))
        if number < nobody_yet or from_on > world.clock.today:
            continue
        heir = _choose(world, world.reps[key].staff.team or "", from_on, random, besides=key)
        if heir:
            life.owners.append((heir, from_on, None))


def _followers(
    world: World, held: list[Life], left_on: date, count: int, random: Random
) -> list[Life]:
    """Those of the leaver's customers who bought often enough that their silence is noticed by now."""
    lively = [
        life
        for life in held
        if life.gap <= 30
        and not life.rep
        and not life.contract
        and life.since < left_on - timedelta(days=200)
        and (life.last_on is None or life.last_on > left_on)
    ]
    return random.sample(lively, min(count, len(lively)))


def _end(life: Life, to_on: date) -> None:
    rep, from_on, _open = life.owners[-1]
    life.owners[-1] = (rep, from_on, to_on)


def _take_some(world: World, key: str, day: date, random: Random) -> None:
    """A newcomer past the ramp gets a few customers of colleagues in the team."""
    team = world.reps[key].staff.team
    held = [
        life
        for life in world.lives
        if life.owners
        and not life.rep
        and HOME[life.region] == team
        and life.owners[-1][2] is None
        and life.owners[-1][1] < day
    ]
    for life in random.sample(held, min(7, len(held))):
        _end(life, day)
        life.owners.append((key, day, None))


def _move_some(world: World, random: Random) -> None:
    """A few changes of hands without anybody leaving."""
    steady = [
        life for life in world.lives if not life.rep and life.owners and life.owners[-1][2] is None
    ]
    for life in random.sample(steady, min(MOVED_BY_CHANCE, len(steady))):
        day = world.clock.ago(random.randrange(30, 700))
        owner, from_on, _open = life.owners[-1]
        heir = _choose(world, HOME[life.region], day, random, besides=owner or "")
        if heir and from_on < day and world.reps[heir].works_on(world.clock.today):
            _end(life, day)
            life.owners.append((heir, day, None))
