"""Making the demonstration company in an empty database."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from crm.lib.periods import local_date
from customers.models import Customer
from reports.demo.agreements import make_contracts, make_surveys, plan_contracts
from reports.demo.clock import Clock
from reports.demo.customers import make_customers
from reports.demo.lives import draw_lives
from reports.demo.orders import make_orders
from reports.demo.owners import assign_owners
from reports.demo.people import make_company, make_people
from reports.demo.world import World
from sales.models import Lead
from team.audit import record
from team.models import Company, User


class NotEmpty(Exception):
    """The database has records already; the demonstration would mix with them."""


def seed_demo(seed: int, today: date | None = None) -> dict[str, int]:
    """Make the demonstration as of `today` (the company's zone; default: the present day), all or nothing.

    The same seed and day give the same company. Raises `NotEmpty`. Answers counts by kind of record.
    """
    with transaction.atomic():
        refuse_unless_empty()
        world = World(seed, _clock(today))
        make_company(world)
        make_people(world)
        draw_lives(world)
        plan_contracts(world)
        assign_owners(world)
        make_customers(world)
        make_orders(world)
        make_contracts(world)
        make_surveys(world)
        counts = count_records()
        record("seed", None, by=None, after={"seed": seed, "today": world.clock.today, **counts})
    return counts


def _clock(today: date | None) -> Clock:
    zone = Company.get().zone
    now = timezone.now()
    return Clock.on(today or local_date(now, zone), zone, now)


def refuse_unless_empty() -> None:
    people, customers, leads = (
        User.objects.count(),
        Customer.everything.count(),
        Lead.everything.count(),
    )
    if people or customers or leads:
        raise NotEmpty(
            f"This database already has records ({people} people, {customers} customers, {leads} leads). "
            "The demonstration company needs an empty one. Nothing was changed."
        )


def count_records() -> dict[str, int]:
    return {"people": User.objects.count(), "customers": Customer.everything.count()}
