"""Leads: where they came from, who answered when, and what became of them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

from crm.lib.periods import local_date
from reports.demo.campaigns import campaign_for, pull_on
from reports.demo.customers import LANGUAGES, draw_person
from reports.demo.lives import REGIONS, draw_firm
from reports.demo.names.reach import email, phone
from reports.demo.owners import HOME
from reports.demo.touches import first_touch, touches
from reports.demo.world import Life, World
from sales.models import Activity, Lead, LeadEnding, LeadOwnership, LeadSource
from team.models import User

A_DAY = 1.05
# The newest leads of the demonstration's rep are told in `today`.
TOLD_DAYS = 12
GOAL = timedelta(hours=24)
SOURCES = {"web": 34, "phone": 22, "ads": 8, "fair": 1, "referral": 8, "cold": 7, "other": 3}
# Share of leads answered in time and late; the rest never were.
ANSWERS = {
    "oksana": (86, 14), "dmytro": (30, 30), "vitalii": (36, 30), "sofiia": (55, 25), "lin": (60, 25),
}  # fmt: skip
USUAL_ANSWERS = (64, 20)
ASKS = [
    "Stretch film, 12 t a quarter", "Boxes for 3 kg of honey", "Price list for corner boards", "Asks for samples",
    "Запит на гофроящики 600×400×400", "Паперові пакети з логотипом", "Coffee bags with valve, 5,000 a month",
    "Needs bubble wrap by Friday", "Labels on rolls, four colours", "Big bags with liner",
]  # fmt: skip


@dataclass
class Story:
    """A lead with what happened to it."""

    lead: Lead
    owner: str
    touches: list[Activity]
    ending: LeadEnding | None = None


def make_leads(world: World) -> list[Story]:
    random = world.random("leads")
    sources = {source.key: source for source in LeadSource.objects.all()}
    drafts = _won(world, random) + _others(world, random)
    drafts.sort(key=lambda draft: (draft[0].arrived_at, draft[0].name))
    stories = []
    for number, (lead, source, life) in enumerate(drafts, start=1):
        day = local_date(lead.arrived_at, world.clock.zone)
        lead.reference = f"LE-{number:05d}"
        lead.source = sources[source]
        lead.campaign = campaign_for(world, source, day, random)
        stories.append(_tell(world, lead, life, day, random))
    store_leads(world, stories)
    return stories


def _won(world: World, random: Random) -> list[tuple[Lead, str, Life | None]]:
    """Seven in ten new customers were a lead before."""
    first = world.clock.months_ago(world.size.months - 2)
    young = [
        life
        for life in world.lives
        if life.since > first and not life.is_test and "-" not in life.key
    ]
    drafts: list[tuple[Lead, str, Life | None]] = []
    for life in young:
        if random.random() < 0.72:
            day = life.since - timedelta(days=random.randrange(4, 62))
            source = random.choices(
                ["web", "phone", "referral", "ads", "fair", "cold"], [34, 22, 18, 14, 8, 4]
            )[0]
            drafts.append(
                (_lead(world, life.name, life.country, life.region, day, random), source, life)
            )
    return drafts


def _others(world: World, random: Random) -> list[tuple[Lead, str, Life | None]]:
    """Leads that did not become customers; campaigns bring them in waves."""
    drafts: list[tuple[Lead, str, Life | None]] = []
    day = world.clock.months_ago(world.size.months + 1)
    while day < world.clock.today:
        weights = {
            source: weight + 4 * pull_on(world, source, day) for source, weight in SOURCES.items()
        }
        expected = (
            A_DAY
            * sum(weights.values())
            / sum(SOURCES.values())
            * (1 if day.weekday() < 5 else 0.45)
        )
        for _ in range(int(expected) + (random.random() < expected % 1)):
            name, _segment, country, _place = draw_firm(random)
            region = {"cn": "Asia", "uk": random.choice(list(REGIONS))}.get(country, "Europe")
            source = random.choices(list(weights), list(weights.values()))[0]
            drafts.append((_lead(world, name, country, region, day, random), source, None))
        day += timedelta(days=1)
    return drafts


def _lead(world: World, name: str, country: str, region: str, day: date, random: Random) -> Lead:
    person = draw_person(country, random)
    # most write during the day, some late at night
    minute = (
        random.randrange(8 * 60, 18 * 60)
        if random.random() < 0.74
        else random.randrange(0, 24 * 60)
    )
    arrived_at = world.clock.at(day, minute)
    return Lead(
        name=name,
        person=person if random.random() < 0.9 else "",
        phone=phone(country, world.next_phone()) if random.random() < 0.85 else "",
        email=email(person, name) if random.random() < 0.75 else "",
        region=region,
        language=LANGUAGES[country],
        expected_amount=Decimal(random.randrange(20, 400) * 1000)
        if random.random() < 0.6
        else None,
        note=random.choice(ASKS),
        arrived_at=arrived_at,
        created_at=arrived_at,
        recorded_on=day,
        response_due_at=arrived_at + GOAL,
    )


def _tell(world: World, lead: Lead, life: Life | None, day: date, random: Random) -> Story:
    owner = _owner(world, lead, life, day, random)
    rep = world.reps[owner]
    timely, late = ANSWERS.get(owner, USUAL_ANSWERS)
    weights = [82, 15, 3] if life else [timely, late, 100 - timely - late]
    answer = random.choices(["timely", "late", "never"], weights)[0]
    first = first_touch(world, lead, answer, random)
    ending = _convert(lead, life) if life else _close(world, lead, owner, first, day, random)
    until = min(ending.on if ending else world.clock.today, rep.left_on or world.clock.today)
    more = random.choices([0, 1, 2, 3, 4, 6], [15, 16, 24, 22, 15, 8])[0]
    done = touches(world, lead, first, more, until, rep.user, random) if first else []
    lead.first_touch_at = min((touch.start_at for touch in done), default=None)
    ended = ending is not None and (rep.left_on is None or ending.on <= rep.left_on)
    lead.owner = rep.user if ended else _still_here(world, owner, random)
    return Story(lead, owner, done, ending)


def _owner(world: World, lead: Lead, life: Life | None, day: date, random: Random) -> str:
    if life and life.owners[0][0] and world.reps[life.owners[0][0]].works_on(day):
        return life.owners[0][0]
    there = [
        key
        for key, rep in world.reps.items()
        if rep.staff.team == HOME[lead.region]
        and rep.staff.room
        and rep.works_on(day)
        and (key != "oksana" or day < world.clock.ago(TOLD_DAYS))
    ]
    return random.choice(there)


def _still_here(world: World, owner: str, random: Random) -> User:
    """A leaver's leads went to somebody of the same team."""
    rep = world.reps[owner]
    if rep.works_on(world.clock.today):
        return rep.user
    heirs = [
        other.user
        for other in world.reps.values()
        if other.staff.team == rep.staff.team
        and other.staff.room
        and other.works_on(world.clock.today)
    ]
    return random.choice(heirs)


def _convert(lead: Lead, life: Life) -> LeadEnding:
    lead.customer, lead.converted_on = life.customer, life.since
    return LeadEnding(
        lead=lead, kind="converted", on=life.since, customer=life.customer, recorded_on=life.since
    )


def _close(
    world: World, lead: Lead, owner: str, first: datetime | None, day: date, random: Random
) -> LeadEnding | None:
    """Most end as lost; some reps call more of them junk than others."""
    if first is None:
        # forgotten ones are swept out after months
        on = day + timedelta(days=random.randrange(75, 130))
    else:
        on = local_date(first, world.clock.zone) + timedelta(days=random.randrange(4, 70))
    junk = 26 if owner == "dmytro" else 8
    weights = [58, 15, junk, 4, 9 if first else 0]
    reason = random.choices(["lost", "disqualified", "junk", "duplicate", ""], weights)[0]
    if on >= world.clock.today or not reason:
        return None
    lead.closed_on, lead.closed_reason = on, reason
    return LeadEnding(lead=lead, kind="closed", on=on, reason=reason, recorded_on=on)


def store_leads(world: World, stories: list[Story]) -> None:
    """Leads with their endings, owners and touches."""
    for story in stories:
        story.lead.created_by = world.users[story.owner]
        story.lead.fill_search_columns()
    Lead.everything.bulk_create([story.lead for story in stories])
    LeadEnding.everything.bulk_create([story.ending for story in stories if story.ending])
    periods = [period for story in stories for period in _periods(world, story)]
    for number, period in enumerate(periods, start=1):
        period.reference = f"LO-{number:05d}"
    LeadOwnership.everything.bulk_create(periods)
    for story in stories:
        for touch in story.touches:
            # the lead has its key only now
            touch.lead = story.lead
            world.activities.append(touch)


def _periods(world: World, story: Story) -> list[LeadOwnership]:
    """From arrival on the first owner's; a leaver's until the last day."""
    lead, rep = story.lead, world.reps[story.owner]
    day = local_date(lead.arrived_at, world.clock.zone)
    if lead.owner == rep.user:
        return [LeadOwnership(lead=lead, rep=rep.user, from_on=day, recorded_on=day)]
    assert rep.left_on is not None
    handed_on = rep.left_on + timedelta(days=1)
    return [
        LeadOwnership(lead=lead, rep=rep.user, from_on=day, to_on=handed_on, recorded_on=day),
        LeadOwnership(lead=lead, rep=lead.owner, from_on=handed_on, recorded_on=handed_on),
    ]
