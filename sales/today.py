"""What to do next, in the order in which it loses money, each with its plain reason."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Generic, TypeVar

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from crm.lib.money import base_cents
from crm.lib.periods import day_start, end_of
from customers.models import Customer
from sales.models import Activity, Lead, Task
from sales.rhythm import Rhythm, rhythm_of
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
    clock: "Clock | None"

    @property
    def key(self) -> str:
        return str(self.lead.pk)

    @property
    def expected_cents(self) -> int | None:
        amount = self.lead.expected_amount
        return None if amount is None else base_cents(amount, Decimal(1))


@dataclass(frozen=True)
class Section(Generic[Row]):
    """The rows shown at once; `more` says that there are further ones."""

    rows: list[Row]
    more: bool = False


@dataclass(frozen=True)
class Agenda:
    """A person's day. Money in cents of the company's currency decides the order inside a section."""

    today: date
    leads: Section[Lead]
    overdue: Section[Task]
    due: Section[Task]
    silent: Section[SilentCustomer]
    done: list[Activity]

    @property
    def planned(self) -> int:
        return len(self.overdue.rows) + len(self.due.rows) + len(self.leads.rows)

    @property
    def done_count(self) -> int:
        return len(self.done)

    @property
    def is_empty(self) -> bool:
        return not (self.leads.rows or self.overdue.rows or self.due.rows or self.silent.rows)

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
    """Five queries: leads, late tasks, tasks of today, silent customers, what was done today."""
    today = company.today
    return Agenda(
        today=today,
        leads=_cut(list(waiting_leads(user).select_related("source", "campaign")[: SHOWN + 1])),
        overdue=_cut(list(_due_tasks(user, due_on__lt=today)[: SHOWN + 1])),
        due=_cut(list(_due_tasks(user, due_on=today)[: SHOWN + 1])),
        silent=_silent(user, today),
        done=list(_done_on(user, today, company)),
    )


def _cut(rows: list[Row]) -> Section[Row]:
    return Section(rows[:SHOWN], more=len(rows) > SHOWN)


@waiting("lead")
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
        .order_by(
            F("due_at").asc(nulls_last=True),
            F("customer__annual_cents").desc(nulls_last=True),
            "due_on",
            "id",
        )
    )


def _silent(user: User, today: date) -> Section[SilentCustomer]:
    rows = list(
        Customer.everything.filter(owner=user)
        .listed()
        .at_risk(today)
        .exclude(pk__in=_with_a_step(user))
        .order_by("-annual_cents", "-id")[: SHOWN + 1]
    )
    seen = [SilentCustomer(row, rhythm) for row in rows if (rhythm := rhythm_of(row, today))]
    return Section(seen[:SHOWN], more=len(seen) > SHOWN)


def _with_a_step(user: User) -> "QuerySet[Task, int | None]":
    return Task.everything.filter(
        owner=user, state=Task.State.OPEN, customer__isnull=False
    ).values_list("customer", flat=True)


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
        .order_by("-start_at", "-id")[:100]
    )


@dataclass(frozen=True)
class Clock:
    """How long a lead has waited against the company's goal."""

    hours: int
    goal_hours: int
    late: bool

    @property
    def days(self) -> int:
        """Whole days, where hours would be a number nobody grasps; 0 up to three days."""
        return self.hours // 24 if self.hours >= 72 else 0

    @property
    def share(self) -> int:
        """Percent of the goal used up, at most 100."""
        return min(100, 100 * self.hours // self.goal_hours) if self.goal_hours else 100


def clock_of(lead: Lead, now: datetime) -> Clock | None:
    """None once the lead was answered or has ended."""
    if lead.response_due_at is None or lead.first_touch_at is not None or not lead.is_open:
        return None
    goal = round((lead.response_due_at - lead.arrived_at).total_seconds() / 3600)
    late = now > lead.response_due_at
    since = lead.response_due_at if late else lead.arrived_at
    return Clock(int((now - since).total_seconds() // 3600), goal, late)
