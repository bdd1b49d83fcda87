"""Campaigns, leads and deals with their history."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from crm.lib.text import sort_key
from reports.demo.clock import Clock
from reports.demo.customers import draw_person
from reports.demo.deals import COMPETITORS, PATH, REASONS
from reports.demo.large.crowd import Crowd
from reports.demo.large.size import LargeSize
from reports.demo.leads import ASKS, GOAL, SOURCES
from reports.demo.lives import draw_firm
from reports.demo.loading import Row, first_key, load
from reports.demo.names.reach import e164, phone
from reports.demo.products import COST
from sales.models import (
    Campaign,
    CampaignCost,
    Deal,
    DealChange,
    Lead,
    LeadEnding,
    LeadOwnership,
    LeadSource,
    Stage,
)

CAMPAIGNS = 60
# Only leads newer than this may still be open without an answer: nobody has hundreds on Today.
NEW_DAYS = 20
MONTHS = 26


def make_campaigns(clock: Clock, random: Random) -> None:
    load(
        Campaign,
        ["reference", "name", "channel", "started_on", "ended_on"],
        _campaigns(clock, random),
    )
    first = first_key(Campaign)
    costs = (
        (f"CC-{number:05d}", first + number % CAMPAIGNS, clock.ago(number % 700 + 5), 20_000, "UAH", 2_000_000,
         clock.ago(number % 700 + 5))
        for number in range(CAMPAIGNS * 12)
    )  # fmt: skip
    load(
        CampaignCost,
        ["reference", "campaign_id", "on", "amount", "currency", "cents", "recorded_on"],
        costs,
    )


def _campaigns(clock: Clock, random: Random) -> Iterator[Row]:
    for number in range(CAMPAIGNS):
        start = clock.ago(random.randrange(60, 760))
        channel = random.choice(["Search ads", "Social media", "Trade fair", "Direct mail"])
        yield (
            f"CA-{number + 1:04d}",
            f"{channel} {number + 1}",
            channel,
            start,
            start + timedelta(days=60),
        )


def make_leads(
    clock: Clock, size: LargeSize, crowd: Crowd, first_customer: int, random: Random
) -> int:
    """Store them in the order of their arrival; answers the key of the first."""
    owners = [random.choice(crowd.sellers) for _ in range(size.leads)]
    days = [
        clock.ago(MONTHS * 30 - number * MONTHS * 30 // size.leads) for number in range(size.leads)
    ]
    endings = [_ending(clock, day, random) for day in days]
    load(
        Lead,
        [
            "reference", "name", "sort_name", "person", "phone", "phone_e164", "source_id", "campaign_id", "note",
            "owner_id", "arrived_at", "created_at", "recorded_on", "response_due_at", "first_touch_at", "converted_on",
            "customer_id", "closed_on", "closed_reason",
        ],
        _leads(clock, days, owners, endings, first_customer, random),
    )  # fmt: skip
    first = first_key(Lead)
    load(
        LeadOwnership,
        ["reference", "lead_id", "rep_id", "from_on", "recorded_on"],
        (
            (f"LO-{n + 1:06d}", first + n, owner, day, day)
            for n, (owner, day) in enumerate(zip(owners, days, strict=True))
        ),
    )
    load(
        LeadEnding,
        ["lead_id", "kind", "on", "reason", "customer_id", "recorded_on"],
        (
            (
                first + n,
                "closed" if reason else "converted",
                on,
                reason,
                None if reason else first_customer + n,
                on,
            )
            for n, (on, reason) in enumerate(endings)
            if on
        ),
    )
    return first


def _ending(clock: Clock, day: date, random: Random) -> tuple[date | None, str]:
    """A day and a reason; an empty reason: it became a customer; no day: still open."""
    on = day + timedelta(days=random.randrange(3, 80))
    if on >= clock.today or random.random() < 0.1:
        return None, ""
    return on, random.choices(
        ["lost", "disqualified", "junk", "duplicate", ""], [52, 18, 12, 4, 14]
    )[0]


def _leads(
    clock: Clock,
    days: list[date],
    owners: list[int],
    endings: list[tuple[date | None, str]],
    first_customer: int,
    random: Random,
) -> Iterator[Row]:
    sources = dict(LeadSource.objects.values_list("key", "pk"))
    keys, weights, campaign = list(SOURCES), list(SOURCES.values()), first_key(Campaign)
    for number, (day, owner, (on, reason)) in enumerate(zip(days, owners, endings, strict=True)):
        name, _segment, country, _place = draw_firm(random)
        arrived = clock.at(
            day, random.randrange(1, 600) if day >= clock.today else random.randrange(60, 1400)
        )
        waited = timedelta(minutes=random.choice([20, 90, 400, 1200, 2000, 4000]))
        open_long = on is None and day < clock.ago(NEW_DAYS)
        answers = arrived + waited < clock.moment and (open_long or random.random() < 0.8)
        answered = arrived + waited if answers else None
        won = on is not None and not reason
        written = phone(country, 10_037 * number + 9)
        yield (
            f"LE-{number + 1:06d}", name, sort_key(name), draw_person(country, random), written, e164(written),
            sources[random.choices(keys, weights)[0]],
            campaign + random.randrange(CAMPAIGNS) if random.random() < 0.5 else None, random.choice(ASKS), owner,
            arrived, arrived, day, arrived + GOAL, answered, on if won else None,
            first_customer + number if won else None, None if won else on, reason,
        )  # fmt: skip


def make_deals(
    clock: Clock, size: LargeSize, crowd: Crowd, first_customer: int, random: Random
) -> int:
    """Store deals and every change of theirs; answers the key of the first deal."""
    plans = [_plan(clock, number, size, random) for number in range(size.deals)]
    stages = dict(Stage.objects.values_list("key", "pk"))
    load(
        Deal,
        [
            "reference", "title", "sort_title", "customer_id", "owner_id", "stage_id", "stage_since", "amount",
            "currency", "cents", "expected_close_on", "opened_on", "closed_on", "reason", "competitor", "created_at",
        ],
        _deals(clock, plans, stages, size, crowd, first_customer, random),
    )  # fmt: skip
    first = first_key(Deal)
    load(
        DealChange,
        [
            "reference",
            "deal_id",
            "on",
            "stage_id",
            "amount",
            "cents",
            "expected_close_on",
            "reason",
            "recorded_on",
        ],
        _changes(plans, stages, first),
    )
    return first


# days and stages of a deal, its amount in hryvnia, why it was lost
Plan = tuple[list[tuple[date, str]], int, str]


def _plan(clock: Clock, number: int, size: LargeSize, random: Random) -> Plan:
    day = clock.ago(MONTHS * 30 - number * (MONTHS * 30 - 1) // size.deals)
    path = []
    for stage, shortest, longest in PATH[: random.randrange(1, 5)]:
        path.append((day, stage))
        day += timedelta(days=random.randrange(shortest, longest))
        if day >= clock.today:
            break
    reason = ""
    if day < clock.today and random.random() < 0.85:
        won = random.random() < 0.4
        reason = "" if won else random.choices(list(REASONS), list(REASONS.values()))[0]
        path.append((day, "won" if won else "lost"))
    return path, random.randrange(20, 4000) * 100, reason


def _deals(
    clock: Clock,
    plans: list[Plan],
    stages: dict[str, int],
    size: LargeSize,
    crowd: Crowd,
    first_customer: int,
    random: Random,
) -> Iterator[Row]:
    products = list(COST)
    for number, (path, amount, reason) in enumerate(plans):
        customer = number * 13 % size.customers
        title = f"{random.choice(products)}, {number % 90 + 1} t"
        opened_on, (last_on, stage) = path[0][0], path[-1]
        yield (
            f"DE-{number + 1:07d}", title, sort_key(title), first_customer + customer, crowd.owner_of(customer),
            stages[stage], last_on, amount, "UAH", amount * 100, opened_on + timedelta(days=75), opened_on,
            last_on if stage in ("won", "lost") else None, reason,
            random.choice(COMPETITORS) if reason == "price" else "", clock.at(opened_on, 600),
        )  # fmt: skip


def _changes(plans: list[Plan], stages: dict[str, int], first: int) -> Iterator[Row]:
    number = 0
    for place, (path, amount, reason) in enumerate(plans):
        for on, stage in path:
            number += 1
            yield (
                f"DC-{number:08d}", first + place, on, stages[stage], amount, amount * 100,
                path[0][0] + timedelta(days=75), reason if stage == "lost" else "", on,
            )  # fmt: skip
