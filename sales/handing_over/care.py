"""After-care: what became of each customer who changed hands, for 180 days.

Nothing of it is stored: the first and the second conversation of the new owner are entries of theirs, what was bought
is sales, what was renewed contracts. The clock runs from the minute of the hand-over: 48 hours for who was tied to
the leaver or brings much, a week for the others; a month later the second conversation is due.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    Avg,
    BooleanField,
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, TruncDate

from customers.models import Contract, Customer, Revenue
from sales.handing_over.planning import SPOKEN
from sales.models import Activity, Handover, HandoverLine
from team.models import Company

Kind = HandoverLine.Kind
WATCHED = timedelta(days=180)
SOON, LATER = timedelta(hours=48), timedelta(days=7)
AGAIN = timedelta(days=30)
# Who brings so many times the average of those handed over is called as soon as who is tied to the leaver.
MUCH = 2

SAFE, ELSEWHERE = "safe", "elsewhere"
DUE, LATE, CALLED, LATE_AGAIN = "due", "late", "called", "late again"
TABS = {
    "late": (LATE, LATE_AGAIN),
    "waiting": (DUE, LATE),
    "called": (CALLED, LATE_AGAIN),
    "safe": (SAFE,),
}


def running(now: datetime) -> "QuerySet[Handover]":
    """Hand-overs that are watched; cover for an absence gives itself back and is not."""
    done = Handover.everything.filter(state=Handover.State.APPLIED, applied_at__gt=now - WATCHED)
    return done.exclude(kind=Handover.Kind.COVER)


def has_care(handover: Handover) -> bool:
    """Whether it tells what became of its customers: not of what was taken back, nor of cover."""
    return handover.state == Handover.State.APPLIED and handover.kind != Handover.Kind.COVER


def is_running(handover: Handover, now: datetime) -> bool:
    """Whether one that was done is watched, as `running` finds them."""
    return (
        has_care(handover)
        and handover.applied_at is not None
        and handover.applied_at > now - WATCHED
    )


def cared(lines: Any, handovers: list[int], now: datetime) -> Any:
    """Lines of these hand-overs with `care` (one of the states above), `first_at`, `second_at`, `fast` and `gone`.

    `fast` says that 48 hours count; `gone` that the customer was lost since.
    """
    company = Company.get()
    since = TruncDate("handover__applied_at", tzinfo=company.zone)
    found = taken_over(lines, handovers).annotate(since=since)
    parts = _with_parts(found)
    theirs = Customer.everything.listed().filter(
        pk=OuterRef("record_id"), owner=OuterRef("receiver")
    )
    lost = Customer.everything.lost(company.today).filter(
        pk=OuterRef("record_id"), lost_on__gte=OuterRef("since")
    )
    facts = found.annotate(
        fast=Case(
            When(_fast(handovers), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        ),
        first_at=_nth(0, parts),
        second_at=_nth(1, parts),
    )
    return facts.annotate(
        care=Case(
            When(~Exists(theirs), then=Value(ELSEWHERE)),
            When(_any(_bought, parts) | _any(_renewed, parts), then=Value(SAFE)),
            When(_overdue(now), then=Value(LATE)),
            When(first_at__isnull=True, then=Value(DUE)),
            When(second_at__isnull=True, first_at__lte=now - AGAIN, then=Value(LATE_AGAIN)),
            default=Value(CALLED),
            output_field=CharField(),
        ),
        gone=Exists(lost),
    )


def taken_over(lines: Any, handovers: list[int]) -> Any:
    """Of these lines the customers of these hand-overs that have somebody new."""
    moved = lines.filter(handover__in=handovers, kind=Kind.CUSTOMER, chosen=True, stayed=False)
    return moved.filter(receiver__isnull=False).moving()


def _with_parts(lines: Any) -> list[int]:
    """Customers of these lines that others were merged into: nearly always none.

    They are asked for first: with both in one question SQLite took eight seconds for one, of 5,000 customers.
    """
    merged = Customer.everything.filter(merged_into__isnull=False).values("merged_into")
    return list(lines.order_by().filter(record_id__in=merged).values_list("record_id", flat=True))


def _alone() -> Q:
    return Q(customer=OuterRef("record_id"))


def _whole() -> Q:
    """The customer and who was merged into it: what was said to these, and bought by them, counts for it."""
    whole = Q(pk=OuterRef(OuterRef("record_id"))) | Q(merged_into=OuterRef(OuterRef("record_id")))
    return Q(customer__in=Customer.everything.filter(whole).values("pk"))


def _any(rows: "Callable[[Q], QuerySet[Any]]", parts: list[int]) -> Q:
    found = Q(Exists(rows(_alone())))
    return found | Q(record_id__in=parts) & Q(Exists(rows(_whole()))) if parts else found


def _nth(place: int, parts: list[int]) -> Any:
    alone = Subquery(_spoken(_alone()).values("start_at")[place : place + 1])
    if not parts:
        return alone
    whole = Subquery(_spoken(_whole()).values("start_at")[place : place + 1])
    return Case(When(record_id__in=parts, then=whole), default=alone)


def _spoken(whose: Q) -> "QuerySet[Activity]":
    """What the new owner said since, where somebody was reached. SQLite looks first where it is told first."""
    unreached = Q(outcome__reached=False)
    calls = Activity.everything.filter(
        whose,
        author=OuterRef("receiver"),
        start_at__gte=OuterRef("handover__applied_at"),
        status=Activity.Status.DONE,
        kind__in=SPOKEN,
        deleted_on__isnull=True,
    ).exclude(unreached)
    return calls.order_by("start_at", "pk")


def _bought(whose: Q) -> "QuerySet[Revenue]":
    return Revenue.everything.filter(
        whose, on__gte=OuterRef("since"), cents__gt=0, deleted_on__isnull=True
    )


def _renewed(whose: Q) -> "QuerySet[Contract]":
    return Contract.everything.filter(
        whose,
        start_on__gte=OuterRef("since"),
        recorded_on__gte=OuterRef("since"),
        cancelled_on__isnull=True,
        deleted_on__isnull=True,
    )


def _overdue(now: datetime) -> Q:
    soon = Q(fast=True, handover__applied_at__lte=now - SOON)
    later = Q(fast=False, handover__applied_at__lte=now - LATER)
    return Q(first_at__isnull=True) & (soon | later)


def _fast(handovers: list[int]) -> Q:
    """Whom 48 hours count for: tied to the leaver, or bringing much beside the others of their hand-over."""
    found = Q(tie=HandoverLine.Tie.HIGH)
    lines = HandoverLine.objects.filter(handover__in=handovers, kind=Kind.CUSTOMER, chosen=True)
    usual = lines.values("handover").annotate(cents=Avg("cents")).order_by()
    for row in usual:
        if row["cents"] and row["cents"] > 0:
            found |= Q(handover=row["handover"], cents__gte=int(row["cents"] * MUCH))
    return found


def due_at(line: Any) -> datetime:
    """When the first conversation of the new owner is due, or after it the second."""
    if line.first_at is not None:
        return line.first_at + AGAIN
    return line.handover.applied_at + (SOON if line.fast else LATER)


@dataclass(frozen=True)
class Watched:
    """Sums over customers who changed hands. `waiting` have not been spoken with, of whom some are `late`.

    `called` counts those spoken with or safe, `high` those of a high tie that are not elsewhere; money in
    cents, of a year up to the last order.
    """

    customers: int = 0
    called: int = 0
    safe: int = 0
    waiting: int = 0
    late: int = 0
    elsewhere: int = 0
    gone: int = 0
    high: int = 0
    high_called: int = 0
    waiting_cents: int = 0

    def of(self, tab: str) -> int:
        """How many customers stand under one of `TABS`; of no tab all of them."""
        found = {
            "late": self.late,
            "waiting": self.waiting,
            "called": self.spoken,
            "safe": self.safe,
        }
        return found.get(tab, self.customers)

    @property
    def spoken(self) -> int:
        """Spoken with, but not safe yet."""
        return self.called - self.safe

    @property
    def at_stake(self) -> int:
        return self.customers - self.elsewhere


def sums(lines: Any) -> Watched:
    """One statement over `cared` lines."""
    rows = list(
        lines.order_by().values("care", "tie", "gone").annotate(n=Count("pk"), money=Sum("cents"))
    )

    def count(*states: str, **more: Any) -> int:
        return sum(
            row["n"]
            for row in rows
            if row["care"] in states and all(row[name] == value for name, value in more.items())
        )

    spoken = (CALLED, LATE_AGAIN, SAFE)
    high = HandoverLine.Tie.HIGH
    return Watched(
        customers=sum(row["n"] for row in rows),
        called=count(*spoken),
        safe=count(SAFE),
        waiting=count(DUE, LATE),
        late=count(LATE, LATE_AGAIN),
        elsewhere=count(ELSEWHERE),
        gone=sum(row["n"] for row in rows if row["gone"]),
        high=sum(row["n"] for row in rows if row["tie"] == high and row["care"] != ELSEWHERE),
        high_called=count(*spoken, tie=high),
        waiting_cents=sum(row["money"] for row in rows if row["care"] in (DUE, LATE)),
    )


def bought_since(lines: list[Any]) -> dict[int, int]:
    """By line the cents bought since the hand-over. One statement."""
    if not lines:
        return {}
    ids = [line.record_id for line in lines]
    first: date = min(line.since for line in lines)
    whose = Coalesce("customer__merged_into", "customer")
    theirs = Q(customer__in=ids) | Q(customer__in=Customer.everything.filter(merged_into__in=ids))
    sold = Revenue.everything.filter(theirs, on__gte=first, deleted_on__isnull=True)
    days = list(sold.values_list(whose, "on").annotate(money=Sum("cents")).order_by())
    return {
        line.pk: sum(
            m for customer, on, m in days if customer == line.record_id and on >= line.since
        )
        for line in lines
    }
