"""Customers, the people there and who looked after them, row by row into the tables."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from crm.lib.periods import day_start
from crm.lib.text import sort_key
from customers.models import Contact, Customer, Ownership
from reports.demo.clock import Clock
from reports.demo.customers import LANGUAGES, ROLES, draw_person
from reports.demo.large.crowd import Crowd
from reports.demo.large.size import OF_REP, LargeSize
from reports.demo.lives import REGIONS, draw_firm
from reports.demo.loading import Row, first_key, load
from reports.demo.names import ukrainian
from reports.demo.names.reach import e164, email, phone

CURRENCIES = {"cn": "CNY", "en": "EUR", "de": "EUR", "uk": "UAH"}
# Share of customers that somebody else looked after before.
HANDED_OVER = 0.15
WITHOUT_OWNER = 0.01


def make_parties(clock: Clock, size: LargeSize, crowd: Crowd, random: Random) -> int:
    """Store them; answers the key of the first customer, the others follow it."""
    since = [clock.ago(random.randrange(20, size.months * 30)) for _ in range(size.customers)]
    owners = [
        None if random.random() < WITHOUT_OWNER and number % OF_REP else crowd.owner_of(number)
        for number in range(size.customers)
    ]
    load(
        Customer,
        [
            "reference", "name", "sort_name", "segment", "region", "place", "phone", "phone_e164", "email", "language",
            "currency", "recorded_on", "created_at", "owner_id",
        ],
        _customers(clock, size, since, owners, random),
    )  # fmt: skip
    first = first_key(Customer)
    load(
        Contact,
        ["reference", "customer_id", "name", "sort_name", "role", "phone", "phone_e164", "email", "created_at"],
        _contacts(clock, size, first, random),
    )  # fmt: skip
    load(
        Ownership,
        ["reference", "customer_id", "rep_id", "from_on", "to_on", "recorded_on"],
        _ownerships(clock, crowd, first, since, owners, random),
    )
    return first


def _customers(
    clock: Clock, size: LargeSize, since: list[date], owners: list[int | None], random: Random
) -> Iterator[Row]:
    for number in range(size.customers):
        firm, segment, country, place = draw_firm(random)
        name = f"{firm} {number}"
        region = {"cn": "Asia", "uk": random.choice(list(REGIONS))}.get(country, "Europe")
        number_written = phone(country, 10_037 * number)
        yield (
            f"CU-{number + 1:07d}", name, sort_key(name), segment, region, place or ukrainian.place(random, region),
            number_written, e164(number_written), f"office{number}@large.example", LANGUAGES[country],
            CURRENCIES[country], since[number], day_start(since[number], clock.zone), owners[number],
        )  # fmt: skip


def _contacts(clock: Clock, size: LargeSize, first: int, random: Random) -> Iterator[Row]:
    made_at = day_start(clock.ago(400), clock.zone)
    for number in range(size.contacts):
        country = random.choice(["uk", "uk", "uk", "uk", "cn", "en", "de"])
        name = draw_person(country, random)
        written = phone(country, 10_037 * number + 5)
        yield (
            f"CO-{number + 1:07d}", first + number % size.customers, name, sort_key(name), random.choice(ROLES),
            written, e164(written), email(name, f"firm{number % size.customers}"), made_at,
        )  # fmt: skip


def _ownerships(
    clock: Clock,
    crowd: Crowd,
    first: int,
    since: list[date],
    owners: list[int | None],
    random: Random,
) -> Iterator[Row]:
    number = 0
    for place, (start, owner) in enumerate(zip(since, owners, strict=True)):
        if owner is None:
            continue
        handed_on = start + timedelta(days=random.randrange(10, 900))
        if random.random() < HANDED_OVER and handed_on < clock.today:
            number += 1
            yield (
                f"OW-{number:07d}",
                first + place,
                random.choice(crowd.sellers),
                start,
                handed_on,
                start,
            )
            start = handed_on
        number += 1
        yield f"OW-{number:07d}", first + place, owner, start, None, start
