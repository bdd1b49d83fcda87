"""Customers, the people there, their owners so far, and the few that were merged."""

from datetime import date, timedelta
from random import Random

from crm.lib.periods import day_start
from customers.models import Contact, Customer, Merge, Ownership
from reports.demo.names import chinese, ukrainian, western
from reports.demo.names.reach import domain, email, phone
from reports.demo.world import Life, World

ROLES = [
    "Buyer",
    "Accounts",
    "Director",
    "Warehouse",
    "Head of supply",
    "Logistics",
    "Packing line",
    "Owner",
]
NOTES = [
    "Wants pallets under 1.6 m.", "Pays in 21 days, reminds us when late.", "Приймає товар лише до 15:00.",
    "Asks for a certificate with each delivery.", "Не телефонувати у п’ятницю після обіду.",
    "Prefers e-mail; answers within the hour.", "Has own transport.", "Просить пробну партію перед кожним замовленням.",
]  # fmt: skip
LANGUAGES = {"cn": "zh", "uk": "uk", "en": "en", "de": "de"}
MERGED = 3


def make_customers(world: World) -> None:
    random = world.random("customers")
    world.lives.sort(key=lambda life: (life.is_test, life.since, life.key))
    for number, life in enumerate(world.lives, start=1):
        life.customer = _customer(world, life, number, random)
    Customer.everything.bulk_create([life.customer for life in world.lives])
    contacts = [contact for life in world.lives for contact in _contacts(world, life, random)]
    for number, contact in enumerate(contacts, start=1):
        contact.reference = f"CO-{number:05d}"
        contact.fill_search_columns()
    Contact.everything.bulk_create(contacts)
    _make_ownerships(world)
    _merge_some(world, random)


def _customer(world: World, life: Life, number: int, random: Random) -> Customer:
    known_on = life.since - timedelta(days=random.randrange(0, 25))
    customer = Customer(
        reference=f"CU-{number:05d}",
        name=life.name,
        segment=life.segment,
        region=life.region,
        place=life.place,
        phone=phone(life.country, world.next_phone()) if random.random() < 0.95 else "",
        email=email("office", life.name) if random.random() < 0.85 else "",
        website=f"https://{domain(life.name)}" if random.random() < 0.5 else "",
        language=LANGUAGES[life.country],
        currency=life.currency,
        note=random.choice(NOTES) if random.random() < 0.25 else "",
        is_test=life.is_test,
        recorded_on=known_on,
        created_at=day_start(known_on, world.clock.zone) + timedelta(hours=random.randrange(9, 18)),
        owner=world.user(_owner_now(life)),
    )
    customer.created_by = customer.owner
    customer.fill_search_columns()
    return customer


def _owner_now(life: Life) -> str | None:
    rep, _from_on, to_on = life.owners[-1]
    return rep if to_on is None else None


def _contacts(world: World, life: Life, random: Random) -> list[Contact]:
    people = life.people or _draw_people(life, random)
    life.contacts = [
        Contact(
            customer=life.customer,
            name=name,
            role=role,
            phone=phone(life.country, world.next_phone()) if random.random() < 0.92 else "",
            email=email(name, life.name) if random.random() < 0.8 else "",
            language=LANGUAGES[life.country],
            created_at=life.customer.created_at,
        )
        for name, role in people
    ]
    return life.contacts


def _draw_people(life: Life, random: Random) -> list[tuple[str, str]]:
    count = random.choices([0, 1, 2, 3, 4], weights=[3, 32, 38, 19, 8])[0]
    roles = random.sample(ROLES, count)
    return [(draw_person(life.country, random), role) for role in roles]


def draw_person(country: str, random: Random) -> str:
    draw = {
        "uk": ukrainian.person,
        "cn": chinese.person,
        "en": western.english_person,
        "de": western.german_person,
    }[country]
    return draw(random)


def _make_ownerships(world: World) -> None:
    periods = [
        (from_on, life, rep, to_on) for life in world.lives for rep, from_on, to_on in life.owners
    ]
    periods.sort(key=lambda period: (period[0], period[1].customer.reference))
    Ownership.everything.bulk_create(
        Ownership(
            reference=f"OW-{number:05d}",
            customer=life.customer,
            rep=world.user(rep),
            from_on=from_on,
            to_on=to_on,
            recorded_on=from_on,
        )
        for number, (from_on, life, rep, to_on) in enumerate(periods, start=1)
    )


def _merge_some(world: World, random: Random) -> None:
    """Customers that were entered twice, bought under both names, and were put together later."""
    first = [life for life in world.lives if life.key.startswith("twin")]
    merges = []
    for life in first:
        survivor = world.life(life.key.removeprefix("twin-"))
        life.customer.merged_into = survivor.customer
        life.customer.owner = survivor.customer.owner
        merges.append(_merge(life, survivor))
    Customer.everything.bulk_update([life.customer for life in first], ["merged_into", "owner"])
    Merge.everything.bulk_create(merges)


def _merge(life: Life, survivor: Life) -> Merge:
    merged_on = merge_day(life)
    return Merge(
        customer=life.customer, into=survivor.customer, merged_on=merged_on, recorded_on=merged_on
    )


def merge_day(life: Life) -> date:
    assert life.last_on is not None
    return life.last_on + timedelta(days=20)
