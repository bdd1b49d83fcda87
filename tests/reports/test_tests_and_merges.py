"""Customers that turn out to be tests, or one: reports on deals and answers notice what their day should have known.

What is done later leaves a frozen day as it was (`test_frozen_facts`); what the day knew, or could still learn, makes a
new revision.
"""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from crm.lib.periods import Period
from customers.merging import merge
from customers.models import Customer, Merge
from reports.models import Snapshot
from reports.report import Run, report_named
from reports.rules.parameters import values_for
from reports.snapshots.census import Census
from reports.snapshots.nights import Step, take
from team.models import User
from team.records import change_record
from tests.reports.conftest import World

pytestmark = pytest.mark.thorough

KYIV = ZoneInfo("Europe/Kyiv")
DAY = date(2025, 12, 30)
YEAR = Period(date(2024, 1, 1), date(2024, 12, 31))
# What each report counts of the one customer there is, by the measure that has its row.
COUNTED = {
    "win_loss": "won",
    "forecast": "open",
    "nps": "promoters",
    "csat": "satisfied",
    "nps_churn": "promoters",
}
SLUGS = pytest.mark.parametrize("slug", COUNTED)


@pytest.fixture(autouse=True)
def bakery(world: World) -> Any:
    """One customer who bought, answered and has deals, and another one for trying things out."""
    with time_machine.travel(datetime(2025, 12, 31, 8, tzinfo=KYIV), tick=False) as clock:
        world.rep("ann", team="North")
        world.customer("Trial", is_test=1)
        world.order("Bakery", "2024-05-20", "100")
        world.owned("Bakery", "ann", "2024-01-01")
        world.survey("Bakery", "2024-06-01", 9)
        world.survey("Bakery", "2024-06-01", 5, kind="csat")
        world.deal("ann", "2024-02-01", ("2024-02-01", "new", 500), ("2024-03-01", "won", 500),
            customer_id="Bakery")  # fmt: skip
        world.deal("ann", "2024-02-01", ("2024-02-01", "new", 700), closes="2026-02-01",
            customer_id="Bakery")  # fmt: skip
        world.load()
        yield clock


def customer(reference: str) -> Customer:
    found: Customer = Customer.everything.get(reference=reference)
    return found


def of_night(slug: str, as_of: date = DAY) -> Snapshot:
    """As the night takes it: nothing where the one that is there is current."""
    report = report_named(slug)
    asked = Period(as_of, date(2026, 3, 31)) if report.looks_ahead else YEAR
    run = Run(asked, as_of, values_for(report.parameter_names))
    return take(Step(report, run, Snapshot.Kind.MONTH_END), Census())


def counted(slug: str, snapshot: Snapshot) -> int:
    return snapshot.evidence.filter(measure=COUNTED[slug]).count()


def mark(reference: str, is_test: bool = True) -> None:
    one = customer(reference)
    chief, _made = User.objects.get_or_create(email="c@x.example", name="Chief", is_director=True)
    change_record(one, {"is_test": is_test}, by=chief, version=one.version)


@SLUGS
def test_a_customer_marked_as_a_test_is_left_out_from_that_day_on(slug: str) -> None:
    first = of_night(slug)
    assert counted(slug, first) == 1
    mark("Bakery")
    assert of_night(slug).pk == first.pk
    assert counted(slug, of_night(slug, date(2025, 12, 31))) == 0
    mark("Bakery", is_test=False)
    assert counted(slug, of_night(slug, date(2025, 12, 31))) == 1


@SLUGS
def test_a_day_that_was_not_over_is_taken_anew_once_it_is(slug: str, bakery: Any) -> None:
    """Somebody asks at eight for the figures of the day, at nine the customer is marked, at night they are frozen."""
    today = date(2025, 12, 31)
    early = of_night(slug, today)
    assert counted(slug, early) == 1
    bakery.move_to(datetime(2025, 12, 31, 9, tzinfo=KYIV))
    mark("Bakery")
    bakery.move_to(datetime(2026, 1, 1, 1, tzinfo=KYIV))
    late = of_night(slug, today)
    assert (late.revision, counted(slug, late)) == (2, 0)
    assert of_night(slug, today).pk == late.pk
    early.refresh_from_db()
    assert counted(slug, early) == 1


@SLUGS
def test_a_day_that_was_not_over_and_ended_as_it_was_keeps_its_figures(
    slug: str, bakery: Any
) -> None:
    early = of_night(slug, date(2025, 12, 31))
    bakery.move_to(datetime(2026, 1, 1, 1, tzinfo=KYIV))
    for _night in range(2):
        assert of_night(slug, date(2025, 12, 31)).pk == early.pk
    again = Snapshot.objects.get(slug=slug)
    assert (again.revision, again.created_at) == (1, datetime(2026, 1, 1, 1, tzinfo=KYIV))


@SLUGS
def test_a_merge_of_today_is_known_from_today_on(slug: str, bakery: Any) -> None:
    """Into a test customer: what the one bought, answered and promised is left out with it."""
    first = of_night(slug)
    merge(customer("Bakery"), customer("Trial"), on=date(2025, 6, 1), by=None)
    assert of_night(slug).pk == first.pk
    assert counted(slug, of_night(slug, date(2025, 12, 31))) == 0


@SLUGS
def test_a_merge_that_the_day_should_have_known_makes_a_new_revision(slug: str) -> None:
    """As an import tells it: of June, recorded then."""
    first = of_night(slug)
    june = date(2025, 6, 1)
    Merge.everything.create(
        customer=customer("Bakery"), into=customer("Trial"), merged_on=june, recorded_on=june
    )
    second = of_night(slug)
    assert (second.revision, counted(slug, second)) == (2, 0)
    assert counted(slug, first) == 1
