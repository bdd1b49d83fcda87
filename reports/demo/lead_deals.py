"""Deals that came from leads: how far the leads came that did not become customers, and how those did that were won."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from crm.lib.periods import local_date
from reports.demo.deals import PATH, Move, settle
from reports.demo.leads import Story
from reports.demo.world import World
from sales.models import Deal, DealChange, Stage

# Of leads that somebody spoke with: the share with a deal, if they became customers and if they did not.
OF_WON, OF_OTHERS = 0.8, 0.42
# Stages that the others' deals came through, with their weights.
CAME_TO = {1: 20, 2: 44, 3: 24, 4: 12}


def make_lead_deals(world: World, stories: list[Story]) -> None:
    random = world.random("lead deals")
    stages = {stage.key: stage for stage in Stage.objects.all()}
    first_deal, first_change = len(world.deals) + 1, DealChange.everything.count() + 1
    drafts = [draft for story in stories if (draft := _draw(world, story, random)) is not None]
    changes: list[DealChange] = []
    for number, (deal, moves) in enumerate(drafts, start=first_deal):
        deal.reference = f"DE-{number:05d}"
        changes.extend(settle(deal, moves, stages))
    made = [deal for deal, _moves in drafts]
    Deal.everything.bulk_create(made)
    world.deals += made
    for number, change in enumerate(changes, start=first_change):
        change.reference = f"DC-{number:06d}"
    DealChange.everything.bulk_create(changes)


def _draw(world: World, story: Story, random: Random) -> tuple[Deal, list[Move]] | None:
    """Nobody is sold to without a word; the rep whose morning the demonstration tells has deals of its own."""
    spoke_on = _spoke_on(world, story)
    won_on = story.lead.converted_on
    likely = random.random() < (OF_WON if won_on else OF_OTHERS)
    if spoke_on is None or not likely or (won_on and spoke_on >= won_on):
        return None
    if story.owner == "oksana" and won_on is None:
        return None
    ended_on = won_on or story.lead.closed_on or world.clock.ago(1)
    if ended_on <= spoke_on:
        return None
    moves = _moves(story, spoke_on, ended_on, random)
    return _deal(world, story, spoke_on, is_open=moves[-1].stage not in ("won", "lost")), moves


def _spoke_on(world: World, story: Story) -> date | None:
    """The day on which somebody was reached for the first time."""
    spoken = [each for each in story.touches if each.outcome is not None and each.outcome.reached]
    if not spoken:
        return None
    return local_date(min(each.start_at for each in spoken), world.clock.zone)


def _moves(story: Story, opened_on: date, ended_on: date, random: Random) -> list[Move]:
    """In even steps from the first word to the end; a lead that is still open has a deal that still is."""
    lead = story.lead
    amount = lead.expected_amount or Decimal(random.randrange(15, 250) * 1000)
    came_to = len(PATH)
    if not lead.converted_on:
        came_to = random.choices(list(CAME_TO), list(CAME_TO.values()))[0]
    closes_on = opened_on + timedelta(days=random.randrange(30, 100))
    span = (ended_on - opened_on).days
    days = [opened_on + timedelta(days=span * place // (came_to + 1)) for place in range(came_to)]
    path = [stage for stage, _shortest, _longest in PATH[:came_to]]
    moves = [Move(day, stage, amount, closes_on) for day, stage in zip(days, path, strict=True)]
    if lead.converted_on:
        return [*moves, Move(ended_on, "won", amount, ended_on)]
    if lead.closed_on:
        reason = random.choice(["price", "timing", "no_need", "no_answer", "competitor"])
        return [*moves, Move(ended_on, "lost", amount, ended_on, reason)]
    return moves


def _deal(world: World, story: Story, opened_on: date, *, is_open: bool) -> Deal:
    lead = story.lead
    deal = Deal(
        title=f"{lead.name}: {lead.note}"[:250] if lead.note else lead.name,
        lead=lead,
        customer=lead.customer,
        opened_on=opened_on,
        created_at=world.clock.at(opened_on, 11 * 60),
    )
    deal.owner = lead.owner if is_open else world.users[story.owner]
    return deal
