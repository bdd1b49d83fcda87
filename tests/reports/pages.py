"""A small company whose customers leave, fall silent, come back or stay, and its snapshots of a night."""

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.test import Client

from customers.models import Customer, Ownership, Revenue
from customers.purchases import refresh_purchases
from reports.calendar import choice_named
from reports.models import Snapshot
from reports.snapshots.census import Census
from reports.snapshots.nights import steps_of, take
from team.models import Company, User
from tests.kept import kept

# Days before today on which each kind of customer bought. A month's rhythm makes them lost on the
# 91st silent day, and at risk from the 61st on.
BOUGHT = {
    "lost": (460, 430, 400, 370, 340, 310, 200),
    "silent": (160, 130, 100, 70),
    "active": (470, 440, 410, 380, 350, 320, 290, 260, 230, 200, 170, 140, 110, 80, 50, 20),
    "once": (70,),
    "back": (460, 430, 400, 370, 340, 10),
}
CHURN = "/losses/customers-leaving/"


def day(ago: int) -> date:
    return Company.get().today - timedelta(days=ago)


@Company.read_once()
def buys(kind: str, name: str, owner: User | None, cents: int) -> Customer:
    """A customer of a kind who spends so many cents each time, of one owner from the start."""
    customer = Customer.everything.create(name=name, owner=owner, reference=name)
    start = day(2000)
    if owner is not None:
        Ownership.everything.create(customer=customer, rep=owner, from_on=start, recorded_on=start)
    Revenue.everything.bulk_create(
        Revenue(
            customer=customer,
            on=day(ago),
            recorded_on=day(ago),
            amount=Decimal(cents) / 100,
            cents=cents,
        )
        for ago in BOUGHT[kind]
    )
    return customer


@kept
def night(*slugs: str) -> None:
    """What last night computed of some reports, churn and what goes with it unless named; but for older months and
    for what it leaves to nights to come.
    """
    refresh_purchases(None)
    wanted = slugs or ("churn", "cohorts", "calibration")
    census = Census()
    steps = [
        step
        for step in steps_of(day(1), census)
        if step.report.slug in wanted
        and (step.kind != Snapshot.Kind.DAILY or step.run.as_of == day(1))
    ]
    months = sorted({step.run.as_of for step in steps if step.kind == Snapshot.Kind.MONTH_END})
    for step in steps:
        if step.kind != Snapshot.Kind.MONTH_END or step.run.as_of in months[-2:]:
            take(step, census)


def last_night(choice: str) -> Snapshot:
    """What last night took of churn for a standard period."""
    named = choice_named(choice, day(1))
    assert named is not None
    of_period = {"from_on": named.period.start, "to_on": named.period.end, "as_of": day(1)}
    return Snapshot.objects.get(slug="churn", **of_period)


@dataclass(frozen=True)
class Page:
    """The churn page as somebody gets it."""

    answer: Any

    @property
    def text(self) -> str:
        return str(self.answer.content.decode())

    @property
    def figures(self) -> dict[str, Any]:
        found: dict[str, Any] = self.answer.context["figures"].headline
        return found

    @property
    def names(self) -> list[str]:
        return [row.name for row in self.answer.context["rows"]]

    @property
    def cents(self) -> int:
        return sum(row.evidence.cents for row in self.answer.context["rows"])


def churn_page(browser: Client, **parameters: str) -> Page:
    answer = browser.get(CHURN, parameters)
    assert answer.status_code == 200
    return Page(answer)


def exported(browser: Client, **parameters: str) -> list[list[str]]:
    """The rows of the CSV below its head."""
    answer = browser.get(f"{CHURN}export.csv", parameters)
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))[5:]
