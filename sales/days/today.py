"""What to do next, in the order in which it loses money, each with its plain reason."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import Coalesce
from django.utils import timezone

from crm.lib.money import base_cents
from crm.lib.periods import day_start, end_of
from customers.models import Customer
from sales.customer_page.rhythm import Rhythm, rhythm_of
from sales.days.missing_steps import Missing, customers_without_step, missing_of
from sales.days.unhappy import Unhappy, unhappy_of
from sales.handing_over.watching import WatchedRow, received_by
from sales.leads.response import Clock
from sales.models import Activity, Lead, Task
from team.models import Company, User
from team.rail import waiting

Row = TypeVar("Row")
# Rows of a section that are shown at once; the rest is counted and one press away.
SHOWN = 25


@dataclass(frozen=True)
class SilentCustomer:
    """A customer beyond the warning share of their rhythm, with nothing planned."""

    customer: Customer
    rhythm: Rhythm

    @property
    def key(self) -> str:
        return str(self.customer.pk)


@dataclass(frozen=True)
class WaitingLead:
    """A lead whose response clock runs; the expected amount in cents."""

    lead: Lead
    clock: Clock | None

    @property
    def key(self) -> str:
        return str(self.lead.pk)

    @property
    def expected_cents(self) -> int | None:
        amount = self.lead.expected_amount
        return None if amount is None else base_cents(amount, Decimal(1))


@dataclass(frozen=True)
class Section(Generic[Row]):
    """The rows shown at once; `more` says that there are further ones, `total` how many in all, where that is known."""

    rows: list[Row]
    more: bool = False
    total: int | None = None

    @property
    def size(self) -> int:
        return len(self.rows) if self.total is None else self.total


@dataclass(frozen=True)
class Agenda:
    """A person's day. Money in cents of the company's currency decides the order inside a section."""

    today: date
    leads: Section[Lead]
    overdue: Section[Task]
    due: Section[Task]
    received: Section[WatchedRow]
    unhappy: Section[Unhappy]
    silent: Section[SilentCustomer]
    done: list[Activity]
    missing: Missing

    @property
    def planned(self) -> int:
        return self.overdue.size + self.due.size + self.leads.size

    @property
    def done_count(self) -> int:
        return len(self.done)

    @property
    def is_empty(self) -> bool:
        sections = (
            self.leads,
            self.overdue,
            self.due,
            self.received,
            self.unhappy,
            self.silent,
        )
        return not any(section.rows for section in sections)

    @property
    def calls(self) -> list[Activity]:
        return [entry for entry in self.done if entry.kind == Activity.Kind.CALL]

    @property
    def reached(self) -> int:
        return sum(1 for call in self.calls if call.outcome is not None and call.outcome.reached)

    @property
    def minutes(self) -> int:
        return sum(call.minutes or 0 for call in self.calls)


def agenda_of(user: User, company: Company) -> Agenda:
    """Nine queries: leads, late tasks, tasks of today, taken over, who is unhappy, silent, done,
    without a step; four more for who took over customers."""
    today = company.today
    received = received_by(user, timezone.now(), SHOWN + 1)
    known = {row.line.record_id for row in received}
    return Agenda(
        today=today,
        leads=leads_of(user),
        overdue=_counted(_due_tasks(user, due_on__lt=today)),
        due=_counted(_due_tasks(user, due_on=today)),
        received=_cut(received),
        unhappy=_cut(unhappy_of(user, today, SHOWN + 1)),
        silent=_silent(user, today, known),
        done=list(_done_on(user, today, company)),
        missing=missing_of(user, today),
    )


def leads_of(user: User) -> Section[Lead]:
    """The section of new leads, in one query."""
    return _counted(waiting_leads(user).select_related("source", "campaign"))


def _counted(rows: "QuerySet[Any]") -> Section[Any]:
    """The first rows and how many there are, in one query."""
    found = list(rows.annotate(of=Window(Count("pk")))[:SHOWN])
    total = found[0].of if found else 0
    return Section(found, total > len(found), total)


def _cut(rows: list[Row]) -> Section[Row]:
    return Section(rows[:SHOWN], more=len(rows) > SHOWN)


def waiting_leads(user: User) -> "QuerySet[Lead]":
    """Own leads whose response clock runs, the most urgent first."""
    return Lead.everything.filter(
        owner=user,
        first_touch_at__isnull=True,
        converted_on__isnull=True,
        closed_on__isnull=True,
        deleted_on__isnull=True,
    ).order_by("response_due_at", "id")


@waiting("today")
def open_tasks(user: User) -> "QuerySet[Task]":
    """Own steps that are due today or late (the machine's date is near enough for a count)."""
    return Task.everything.filter(
        owner=user, state=Task.State.OPEN, due_on__lte=timezone.localdate()
    )


def _due_tasks(user: User, **due: date) -> "QuerySet[Task]":
    return (
        Task.everything.filter(owner=user, state=Task.State.OPEN, **due)
        .select_related("customer", "contact", "lead", "deal")
        .prefetch_related("customer__merged_into")
        .order_by(
            F("due_at").asc(nulls_last=True),
            Coalesce("customer__merged_into__annual_cents", "customer__annual_cents").desc(
                nulls_last=True
            ),
            "due_on",
            "id",
        )
    )


def _silent(user: User, today: date, besides: set[int]) -> Section[SilentCustomer]:
    """Without those who stand among the ones taken over."""
    rows = list(
        customers_without_step(
            Customer.everything.filter(owner=user).exclude(pk__in=besides), today
        ).order_by("-annual_cents", "-id")[: SHOWN + 1]
    )
    seen = [SilentCustomer(row, rhythm) for row in rows if (rhythm := rhythm_of(row, today))]
    return Section(seen[:SHOWN], more=len(seen) > SHOWN)


def _done_on(user: User, today: date, company: Company) -> "QuerySet[Activity]":
    start, end = day_start(today, company.zone), end_of(today, company.zone)
    return (
        Activity.everything.filter(
            Q(start_at__gte=start, start_at__lt=end),
            author=user,
            deleted_on__isnull=True,
            status=Activity.Status.DONE,
        )
        .select_related("customer", "lead", "outcome")
        .prefetch_related("customer__merged_into")
        .order_by("-start_at", "-id")[:100]
    )
