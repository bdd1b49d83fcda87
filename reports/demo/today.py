"""The day of the demonstration's rep: new leads, promises that are late, calls of today, calls made."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal

from crm.lib.periods import local_date
from reports.demo.leads import GOAL
from reports.demo.world import World
from sales.models import Activity, Lead, LeadOwnership, LeadSource, Task

REP = "oksana"


@dataclass(frozen=True)
class NewLead:
    """`hours` before now; `expected` in hryvnia."""

    hours: int
    name: str
    person: str
    language: str
    region: str
    source: str
    expected: int
    ask: str
    phone: str
    email: str = ""
    campaign: str = ""


NEW_LEADS = [
    NewLead(
        27, "苏州明华电子有限公司", "陈晓丽 Chen Xiaoli", "zh", "Asia", "web", 1720000,
        "Stretch film, 40 t a quarter, need CIF Ningbo", "+86 512 5550 0188", "chen.xiaoli@minghua.example",
    ),
    NewLead(
        15, "Harbour & Finch Ltd", "Emily Carter", "en", "Europe", "fair", 905000, "Asked for samples",
        "+44 20 7946 0321", "emily.carter@harbour-finch.example", "Trade fair Packaging Kyiv 2026",
    ),
    NewLead(
        2, "ТОВ «Полісся Меблі»", "Ірина Ткачук", "uk", "North", "phone", 164000, "Price list for corner boards",
        "+380 67 555 2014",
    ),
]  # fmt: skip


@dataclass(frozen=True)
class Step:
    """`due`: days from today (below 0: late)."""

    customer: str
    title: str
    due: int
    at: tuple[int, int] | None = None
    kind: str = "call"


STEPS = [
    Step("karpatska", "Ask why nothing was ordered; promise delivery within 48 h", -3),
    Step("lindner", "Send and explain the renewed annual price", -2),
    Step("greenvalley", "Satisfaction call after the October complaint", -1),
    Step("podillia", "Follow up on the offer of 12 November", -1),
    Step("northgate", "Agreed: confirm December volumes", 0, (11, 30)),
    Step("oliia", "Agreed: decision on bubble wrap", 0, (12, 0)),
    Step("yiwu", "Rhythm call: every 30 days", 0),
    Step("orchard", "Rhythm call: every 30 days", 0),
    Step("dolyna", "First call: three weeks a customer", 0),
    Step("zerno", "Уточнити специфікацію біг-бегів", 0),
    Step("chocolate", "Show the gift boxes", 0, (15, 30), "meeting"),
    Step("steklo", "Ask about the January stop", 0),
    Step("apteka", "Send the certificate", 0, None, "email"),
    Step("browar", "Price for shrink film from January", 0),
    Step("suzhou-tea", "Documents for the December container", 2),
    Step("kruger", "Agree on the delivery day", 3, (10, 0)),
    Step("thorne", "Ask how the paper cups sell", 4),
    Step("ivchenko", "Нагадати про оплату", 5),
]
# minute after nine: customer, outcome, minutes, what was said
DONE = [
    (4, "bdzhilka", "reached", 12, "Honey season was short; orders jars again in January."),
    (18, "smereka", "no_answer", 0, ""),
    (21, "thorne", "reached", 16, "Paper cups sell well, wants a second design."),
    (39, "steklo", "reached", 21, "Furnace stops for repair in January, will order before."),
    (62, "kruger", "call_back", 4, "In a meeting, asks to be called on Thursday."),
    (68, "ivchenko", "reached", 11, "Оплатить у п’ятницю."),
    (81, "suzhou-tea", "reached", 19, "Container leaves on the 4th, needs the certificate."),
    (101, "smereka", "no_answer", 0, ""),
    (103, "apteka", "reached", 2, "Certificate by e-mail."),
]
# days ago: what the timeline of the coffee roaster tells
STORY = [
    (82, "call", "reached", 11, "Plans a second roasting line in spring; bags 250 g and 1 kg."),
    (45, "call", "reached", 3, "“Where is the truck?” Promised to ring back the same day."),
    (
        33,
        "email",
        "",
        6,
        "Complaint: the truck arrived 3 days late, the line stood still for a shift.",
    ),
    (27, "call", "reached", 8, "Complaint closed after 6 days. Credit note agreed."),
    (11, "proposal", "", 40, "Offer for coffee bags 2027."),
]


def make_today(world: World) -> None:
    _make_leads(world)
    made = [_call(world, *what) for what in DONE]
    world.activities.extend(call for call in made if call.start_at < world.clock.moment)
    world.activities.extend(_told(world, *what) for what in STORY)
    Task.everything.bulk_create(_task(world, step) for step in STEPS)


def _make_leads(world: World) -> None:
    sources = {source.key: source for source in LeadSource.objects.all()}
    leads = [_lead(world, new, number, sources) for number, new in enumerate(NEW_LEADS)]
    Lead.everything.bulk_create(leads)
    LeadOwnership.everything.bulk_create(
        LeadOwnership(
            reference=f"LO-9{number:04d}",
            lead=lead,
            rep=lead.owner,
            from_on=local_date(lead.arrived_at, world.clock.zone),
            recorded_on=local_date(lead.arrived_at, world.clock.zone),
        )
        for number, lead in enumerate(leads)
    )


def _lead(world: World, new: NewLead, number: int, sources: dict[str, LeadSource]) -> Lead:
    rep = world.users[REP]
    arrived_at = world.clock.moment - timedelta(hours=new.hours, minutes=4)
    lead = Lead(
        reference=f"LE-9{number:04d}",
        name=new.name,
        person=new.person,
        phone=new.phone,
        email=new.email,
        language=new.language,
        region=new.region,
        source=sources[new.source],
        campaign=world.campaigns.get(new.campaign),
        expected_amount=Decimal(new.expected),
        note=new.ask,
        owner=rep,
        created_by=rep,
        arrived_at=arrived_at,
        created_at=arrived_at,
        recorded_on=local_date(arrived_at, world.clock.zone),
        response_due_at=arrived_at + GOAL,
    )
    lead.fill_search_columns()
    return lead


def _call(world: World, minute: int, key: str, outcome: str, minutes: int, note: str) -> Activity:
    return _activity(world, key, world.clock.today, 9 * 60 + minute, "call", outcome, minutes, note)


def _told(world: World, days: int, kind: str, outcome: str, minutes: int, note: str) -> Activity:
    return _activity(
        world, "karpatska", world.clock.ago(days), 10 * 60 + 20, kind, outcome, minutes, note
    )


def _activity(
    world: World, key: str, day: date, minute: int, kind: str, outcome: str, minutes: int, note: str
) -> Activity:
    life = world.life(key)
    return Activity(
        author=world.users[REP],
        kind=kind,
        direction="out",
        start_at=world.clock.at(day, minute),
        minutes=minutes,
        customer=life.customer,
        contact=life.contacts[0],
        outcome=world.outcomes.get(outcome),
        note=note,
    )


def _task(world: World, step: Step) -> Task:
    life = world.life(step.customer)
    deal = next(
        (deal for deal in world.deals if deal.customer == life.customer and deal.closed_on is None),
        None,
    )
    due_on = world.clock.ahead(step.due)
    return Task(
        title=step.title,
        kind=step.kind,
        owner=world.users[REP],
        customer=life.customer,
        contact=life.contacts[0],
        deal=deal,
        due_on=due_on,
        due_at=time(*step.at) if step.at else None,
        created_by=world.users[REP],
        created_at=world.clock.at(due_on - timedelta(days=9), 16 * 60),
    )
