"""Campaigns, what they cost, and which of them brings a lead on a day."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from crm.lib.periods import add_months
from reports.demo.rates import rate_on
from reports.demo.world import World
from sales.models import Campaign, CampaignCost


@dataclass(frozen=True)
class Plan:
    """Days before today from the first to the last day (None: runs on; below 0: ends ahead).

    `monthly` and `once` in `currency`; `pull` is how strongly it draws leads of its source.
    """

    name: str
    channel: str
    source: str
    first: int
    last: int | None
    pull: int
    monthly: int = 0
    once: int = 0
    currency: str = "UAH"
    owner: str = "manager"


PLANS = [
    Plan("Search ads: boxes and film", "Search ads", "ads", 1080, None, 5, monthly=31000),
    Plan("Autumn online 2024", "Social media", "ads", 810, 745, 8, monthly=38000),
    Plan("Trade fair Packaging Kyiv 2024", "Trade fair", "fair", 790, 786, 20, once=240000, owner="serhii"),
    Plan("Spring online 2025", "Social media", "ads", 610, 550, 8, monthly=42000),
    Plan("Bring a neighbour", "Referral", "referral", 720, None, 4, monthly=6500),
    Plan("Autumn online 2025", "Social media", "ads", 440, 378, 9, monthly=52000),
    Plan("Trade fair Packaging Kyiv 2025", "Trade fair", "fair", 425, 421, 20, once=265000, owner="serhii"),
    Plan("LinkedIn for exporters", "Social media", "web", 400, None, 4, monthly=420, currency="EUR", owner="emma"),
    Plan("Price letter to furniture makers", "Direct mail", "web", 330, 300, 5, once=64000),
    Plan("Spring online 2026", "Social media", "ads", 255, 192, 10, monthly=58000),
    Plan("Radio Dnipro", "Radio", "", 215, 126, 0, monthly=33000, owner="serhii"),
    Plan("ProPak Asia, Shanghai 2026", "Trade fair", "fair", 168, 165, 16, once=34000, currency="CNY", owner="emma"),
    Plan("Trade fair Packaging Kyiv 2026", "Trade fair", "fair", 61, 57, 24, once=288000),
    Plan("FachPack, Nürnberg 2026", "Trade fair", "fair", 55, 52, 16, once=5900, currency="EUR", owner="emma"),
    Plan("Autumn online 2026", "Social media", "ads", 78, -14, 12, monthly=66000),
]  # fmt: skip
# Leads of a fair keep coming in for some days after it closes.
ECHO = 18
# How many leads of a source come by no campaign at all, on the scale of `pull`.
UNMARKED = {"web": 9, "referral": 3}


def make_campaigns(world: World) -> None:
    random = world.random("campaigns")
    campaigns = [_campaign(world, plan, number) for number, plan in enumerate(PLANS, start=1)]
    Campaign.objects.bulk_create(campaigns)
    world.campaigns = dict(zip((plan.name for plan in PLANS), campaigns, strict=True))
    costs = [cost for plan in PLANS for cost in _costs(world, plan, random)]
    costs.sort(key=lambda cost: cost.on)
    for number, cost in enumerate(costs, start=1):
        cost.reference = f"CC-{number:04d}"
        cost.fill_cents()
    CampaignCost.objects.bulk_create(costs)


def _campaign(world: World, plan: Plan, number: int) -> Campaign:
    return Campaign(
        reference=f"CA-{number:03d}",
        name=plan.name,
        channel=plan.channel,
        started_on=world.clock.ago(plan.first),
        ended_on=None if plan.last is None else world.clock.ago(plan.last),
        owner=world.users[plan.owner],
        created_by=world.users[plan.owner],
        created_at=world.clock.at(world.clock.ago(plan.first + 14), 11 * 60),
    )


def _costs(world: World, plan: Plan, random: Random) -> list[CampaignCost]:
    first = world.clock.ago(plan.first)
    if plan.once:
        half = Decimal(plan.once // 2)
        return [
            _cost(world, plan, first - timedelta(days=30), half),
            _cost(world, plan, first + timedelta(days=9), half),
        ]
    last = min(world.clock.ago(plan.last or 0), world.clock.ago(4))
    days: list[date] = []
    while not days or add_months(first, len(days)) <= last:
        days.append(add_months(first, len(days)))
    return [
        _cost(world, plan, day, Decimal(round(plan.monthly * random.uniform(0.85, 1.15))))
        for day in days
    ]


def _cost(world: World, plan: Plan, day: date, amount: Decimal) -> CampaignCost:
    return CampaignCost(
        campaign=world.campaigns[plan.name],
        on=day,
        amount=amount,
        currency=plan.currency,
        fx_rate=rate_on(plan.currency, day, world.clock.today),
        recorded_on=min(day + timedelta(days=3), world.clock.today),
    )


def campaign_for(world: World, source: str, day: date, random: Random) -> Campaign | None:
    """One of the campaigns of that source that ran on the day, or none."""
    running = [plan for plan in PLANS if plan.source == source and _draws(world, plan, day)]
    if not running:
        return None
    pulls = [plan.pull for plan in running]
    plan = random.choices([*running, None], weights=[*pulls, UNMARKED.get(source, 2)])[0]
    return world.campaigns[plan.name] if plan else None


def pull_on(world: World, source: str, day: date) -> int:
    """How strongly the campaigns of a source draw on a day."""
    return sum(plan.pull for plan in PLANS if plan.source == source and _draws(world, plan, day))


def _draws(world: World, plan: Plan, day: date) -> bool:
    echo = ECHO if plan.once else 0
    last = world.clock.today if plan.last is None else world.clock.ago(plan.last - echo)
    return world.clock.ago(plan.first) <= day <= last
