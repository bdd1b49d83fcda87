"""Making the demonstration company in an empty database."""

from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from crm.lib.periods import Period, local_date
from customers.models import Contact, Customer, Revenue
from customers.purchases import refresh_purchases
from customers.search import SEARCHABLE, index_records
from reports.calendar import choices
from reports.demo.agreements import make_contracts, make_surveys, plan_contracts
from reports.demo.campaigns import make_campaigns
from reports.demo.clock import Clock
from reports.demo.complaints import make_complaints
from reports.demo.customers import make_customers
from reports.demo.days import make_days, store_activities
from reports.demo.deals import make_deals
from reports.demo.lead_deals import make_lead_deals
from reports.demo.lead_ways import make_lead_ways
from reports.demo.leads import make_leads
from reports.demo.lives import draw_lives
from reports.demo.orders import make_orders
from reports.demo.owners import assign_owners
from reports.demo.people import make_company, make_people
from reports.demo.prices import make_prices
from reports.demo.tasks import make_deal_steps, make_tasks
from reports.demo.today import make_today
from reports.demo.world import Size, World
from reports.models import Snapshot
from reports.rows.rolling_days import refresh_selling_days
from reports.snapshots.census import Census
from reports.snapshots.nights import Step, steps_of, take
from sales.deals.stage_pace import refresh_paces
from sales.models import Activity, Deal, Lead, Outcome, Task
from team.audit import record
from team.models import Company, User

WHOLE = Size()


class NotEmpty(Exception):
    """The database has records already; the demonstration would mix with them."""


def seed_demo(seed: int, today: date | None = None, size: Size = WHOLE) -> dict[str, int]:
    """Make the demonstration as of `today` (the company's zone; default: the present day), all or nothing.

    The first figures follow once it stands. The same seed and day give the same company. Raises
    `NotEmpty`. Answers counts by kind of record.
    """
    with transaction.atomic():
        refuse_unless_empty()
        world = World(seed, clock_of(today), size)
        make_company(world)
        make_people(world)
        draw_lives(world)
        plan_contracts(world)
        assign_owners(world)
        make_customers(world)
        make_orders(world)
        make_contracts(world)
        make_surveys(world)
        make_complaints(world)
        make_campaigns(world)
        world.outcomes = {outcome.key: outcome for outcome in Outcome.objects.all()}
        stories = make_leads(world)
        make_deals(world)
        make_lead_deals(world, stories)
        make_days(world)
        make_tasks(world)
        make_today(world)
        make_deal_steps(world)
        make_prices(world)
        make_lead_ways(world)
        store_activities(world)
        counts = finish(world)
    first_figures(world.clock)
    return counts


def finish(world: World) -> dict[str, int]:
    """Work out what is derived from the rows, and write the one audit entry. Answers the counts."""
    refresh_purchases(None, today=world.clock.today)
    refresh_selling_days()
    refresh_paces()
    for kind in SEARCHABLE:
        index_records(kind)
    counts = count_records()
    record("seed", None, by=None, after={"seed": world.seed, "today": world.clock.today, **counts})
    return counts


def first_figures(clock: Clock) -> None:
    """What the first look needs: the last twelve months of every report, and the ledger's year of month-ends.

    The first night, which comes as soon as workers run, takes the rest.
    """
    _settle()
    census, day = Census(), clock.ago(1)
    year = choices(day)[0].period
    for step in steps_of(day, census):
        if _is_seen_first(step, year):
            take(step, census)


def _is_seen_first(step: Step, year: Period) -> bool:
    if step.kind == Snapshot.Kind.MONTH_END:
        return step.report.slug == "ledger" and step.run.period.end >= year.start
    if step.report.looks_ahead:
        return step.kind == Snapshot.Kind.DAILY
    return not step.report.needs_period or step.run.period in (year, year.previous())


def _settle() -> None:
    """Let PostgreSQL count the new rows, as autovacuum would in some minutes: until then it plans badly."""
    if connection.vendor == "postgresql" and connection.get_autocommit():
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("VACUUM ANALYZE")


def clock_of(today: date | None) -> Clock:
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
    """How many there are now of the kinds that people ask about."""
    kinds: dict[str, QuerySet[Any]] = {
        "people": User.objects.all(),
        "customers": Customer.everything.all(),
        "contacts": Contact.everything.all(),
        "revenue lines": Revenue.everything.all(),
        "leads": Lead.everything.all(),
        "deals": Deal.everything.all(),
        "activities": Activity.everything.all(),
        "open tasks": Task.everything.filter(state=Task.State.OPEN),
    }
    return {name: rows.count() for name, rows in kinds.items()}
