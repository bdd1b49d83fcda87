"""Deals on their way: opened with a customer, moved stage by stage, won, lost or still open."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from crm.lib.money import base_cents
from reports.demo.products import assortment
from reports.demo.rates import rate_on
from reports.demo.world import Life, World
from sales.models import Deal, DealChange, Stage

WORDS = {
    "uk": ["річна угода", "пробна партія", "тендер", "нова лінія"],
    "": ["yearly contract", "trial order", "tender"],
}
# stage, days until the next move (from, to)
PATH = [("new", 3, 16), ("qualified", 6, 28), ("offer", 8, 40), ("negotiation", 6, 45)]
REASONS = {
    "price": 34,
    "competitor": 22,
    "timing": 16,
    "no_need": 10,
    "no_answer": 9,
    "terms": 6,
    "other": 3,
}
COMPETITORS = ["Пакувальний Дім", "UkrPack Trade", "Тара-Центр", "EuroBox", "华丰包装"]
WINS = {"dmytro": 0.22, "vitalii": 0.3, "oksana": 0.52, "yuliia": 0.5, "lin": 0.46}
USUAL_WINS = 0.4


@dataclass
class Move:
    """One change of a deal."""

    on: date
    stage: str
    amount: Decimal
    closes_on: date
    reason: str = ""
    competitor: str = ""


@dataclass(frozen=True)
class Wanted:
    """An open deal of the demonstration's rep: days ago it was opened and reached its stage, closes ahead."""

    customer: str
    title: str
    amount: int
    stage: str
    opened: int
    since: int
    closes: int


WANTED = [
    Wanted("karpatska", "Coffee bags 2027", 310000, "offer", 40, 11, 25),
    Wanted("lindner", "Bread bags, yearly price", 14500, "negotiation", 75, 19, 8),
    Wanted("podillia", "Big bags for the spring", 186000, "offer", 30, 11, 18),
    Wanted("northgate", "Shrink film, December volumes", 12400, "negotiation", 48, 9, 7),
    Wanted("oliia", "Bubble wrap for glass bottles", 540000, "negotiation", 62, 24, 4),
    Wanted("chocolate", "Різдвяні подарункові коробки", 420000, "qualified", 21, 9, 31),
    Wanted("zerno", "Біг-беги 2027, річна угода", 760000, "offer", 52, 33, -3),
    Wanted("yiwu", "Kraft bags, trial container", 88000, "qualified", 17, 6, 40),
    Wanted("browar", "Shrink film for cans", 134000, "new", 5, 5, 55),
]


def make_deals(world: World) -> None:
    random = world.random("deals")
    stages = {stage.key: stage for stage in Stage.objects.all()}
    drafts = [_wanted(world, wanted) for wanted in WANTED]
    buying = [life for life in world.lives if not life.is_test and not life.key.startswith("twin")]
    while len(drafts) < world.size.deals:
        draft = _draw(world, random.choice(buying), random)
        if draft:
            drafts.append(draft)
    drafts.sort(key=lambda draft: (draft[1][0].on, draft[0].title))
    changes: list[DealChange] = []
    for number, (deal, moves) in enumerate(drafts, start=1):
        deal.reference = f"DE-{number:05d}"
        changes.extend(settle(deal, moves, stages))
    world.deals = [deal for deal, _moves in drafts]
    Deal.everything.bulk_create(world.deals)
    for number, change in enumerate(changes, start=1):
        change.reference = f"DC-{number:06d}"
    DealChange.everything.bulk_create(changes)


def _draw(world: World, life: Life, random: Random) -> tuple[Deal, list[Move]] | None:
    """A deal with a customer that buys at that time and has an owner."""
    opened_on = world.clock.workday_from(
        world.clock.ago(random.randrange(2, world.size.months * 32))
    )
    owner = life.owner_on(opened_on)
    gone = life.last_on is not None and opened_on > life.last_on
    if owner is None or gone or opened_on < life.since or opened_on >= world.clock.today:
        return None
    moves = _moves(world, life, owner, opened_on, random)
    still_open = moves[-1].stage not in ("won", "lost")
    if owner == "oksana" and still_open:
        return None
    deal = _deal(world, life, _title(life, random), opened_on)
    deal.owner = world.user(life.owner_on(world.clock.today) if still_open else owner)
    return deal, moves


def _deal(world: World, life: Life, title: str, opened_on: date) -> Deal:
    return Deal(
        title=title,
        customer=life.customer,
        contact=life.contacts[0] if life.contacts else None,
        currency=life.currency,
        fx_rate=rate_on(life.currency, opened_on, world.clock.today),
        opened_on=opened_on,
        created_at=world.clock.at(opened_on, 10 * 60),
    )


def _title(life: Life, random: Random) -> str:
    product = random.choice(assortment(life.key, life.segment))
    words = WORDS.get(life.country, WORDS[""]) if random.random() < 0.5 else WORDS[""]
    return f"{product}: {random.choice(words)}"


def _moves(world: World, life: Life, owner: str, opened_on: date, random: Random) -> list[Move]:
    """Each stage takes its days; some are lost on the way, the rest at the end or won."""
    amount = Decimal(max(1, round(life.yearly * random.uniform(0.06, 0.5) / 100)) * 100)
    wins = random.random() < WINS.get(owner, USUAL_WINS)
    lost_after = len(PATH) if wins else random.choices([1, 2, 3, 4], [14, 20, 38, 28])[0]
    closes_on = opened_on + timedelta(days=random.randrange(30, 110))
    moves: list[Move] = []
    day = opened_on
    for stage, shortest, longest in PATH[:lost_after]:
        moves.append(Move(day, stage, amount, closes_on))
        day = world.clock.workday_from(day + timedelta(days=random.randrange(shortest, longest)))
        if day >= world.clock.today:
            return moves
        if stage == "offer" and random.random() < 0.35:
            amount = (amount * Decimal("0.93")).quantize(Decimal(100))
        if closes_on < day:
            closes_on = day + timedelta(days=random.randrange(14, 40))
    return [*moves, _last_move(day, wins, max(amount, Decimal(100)), random)]


def _last_move(day: date, wins: bool, amount: Decimal, random: Random) -> Move:
    if wins:
        return Move(day, "won", amount, day)
    reason = random.choices(list(REASONS), list(REASONS.values()))[0]
    rival = (
        random.choice(COMPETITORS)
        if reason in ("price", "competitor") and random.random() < 0.7
        else ""
    )
    return Move(day, "lost", amount, day, reason, rival)


def _wanted(world: World, wanted: Wanted) -> tuple[Deal, list[Move]]:
    """Through the stages before its own in even steps."""
    life = world.life(wanted.customer)
    keys = [stage for stage, _shortest, _longest in PATH]
    steps = keys[: keys.index(wanted.stage) + 1]
    span = wanted.opened - wanted.since
    days = [wanted.opened - span * n // max(1, len(steps) - 1) for n in range(len(steps))]
    deal = _deal(world, life, wanted.title, world.clock.ago(wanted.opened))
    deal.owner = world.users[life.rep]
    closes_on = world.clock.ahead(wanted.closes)
    moves = [
        Move(world.clock.ago(day), stage, Decimal(wanted.amount), closes_on)
        for day, stage in zip(days, steps, strict=True)
    ]
    return deal, moves


def settle(deal: Deal, moves: list[Move], stages: dict[str, Stage]) -> list[DealChange]:
    """The deal repeats its last change."""
    last = moves[-1]
    deal.stage, deal.stage_since = stages[last.stage], last.on
    deal.amount, deal.expected_close_on = last.amount, last.closes_on
    deal.reason, deal.competitor = last.reason, last.competitor
    deal.closed_on = last.on if last.stage in ("won", "lost") else None
    deal.created_by = deal.owner
    deal.fill_columns()
    return [_change(deal, move, stages[move.stage]) for move in moves]


def _change(deal: Deal, move: Move, stage: Stage) -> DealChange:
    return DealChange(
        deal=deal,
        on=move.on,
        stage=stage,
        amount=move.amount,
        cents=base_cents(move.amount, deal.fx_rate),
        expected_close_on=move.closes_on,
        reason=move.reason,
        competitor=move.competitor,
        by=deal.owner,
        recorded_on=move.on,
    )
