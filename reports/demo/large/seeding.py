"""Making the large company: the demonstration's size times 250, row by row into the tables."""

from datetime import date

from django.db import connection, transaction

from reports.demo.large.crowd import make_crowd
from reports.demo.large.money import make_money
from reports.demo.large.parties import make_parties
from reports.demo.large.selling import make_campaigns, make_deals, make_leads
from reports.demo.large.size import LargeSize
from reports.demo.large.work import make_work
from reports.demo.people import make_company
from reports.demo.seeding import clock_of, finish, first_figures, refuse_unless_empty
from reports.demo.world import World

WHOLE = LargeSize()


def seed_large(seed: int, today: date | None = None, size: LargeSize = WHOLE) -> dict[str, int]:
    """Make it all or nothing, and then its first figures, like `seed_demo`."""
    with transaction.atomic():
        _take_time()
        refuse_unless_empty()
        world = World(seed, clock_of(today))
        clock = world.clock
        make_company(world)
        crowd = make_crowd(clock, size, world.random("people"))
        first_customer = make_parties(clock, size, crowd, world.random("parties"))
        make_money(clock, size, crowd, first_customer, world.random("money"))
        make_campaigns(clock, world.random("campaigns"))
        first_lead = make_leads(clock, size, crowd, first_customer, world.random("leads"))
        make_deals(clock, size, crowd, first_customer, world.random("deals"))
        make_work(clock, size, crowd, first_customer, first_lead, world.random("work"))
        counts = finish(world)
    first_figures(clock)
    return counts


def _take_time() -> None:
    """The limits that keep pages quick are not for minutes of one transaction on a busy machine."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
            )
