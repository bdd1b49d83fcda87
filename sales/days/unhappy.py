"""Whom somebody owes an answer: customers with an open complaint, and those whose last answer was unhappy."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from customers.models import Complaint, Customer, Survey
from sales.models import Activity, Task
from team.models import User

AnyRow = TypeVar("AnyRow", Complaint, Survey)
# An unhappy answer is a reason to call for a month; then it is an old one.
ANSWER_DAYS = 30
UNHAPPY = Q(kind=Survey.Kind.NPS, score__lt=7) | Q(kind=Survey.Kind.CSAT, score__lt=3)


@dataclass(frozen=True)
class Unhappy:
    """A customer and the complaint that waits, or the answer that nobody has followed up."""

    customer: Customer
    complaint: Complaint | None = None
    answer: Survey | None = None

    @property
    def key(self) -> str:
        return str(self.customer.pk)


def unhappy_of(user: User, today: date, most: int) -> list[Unhappy]:
    """Two queries; complaints first, each part by the money of a year. A customer stands here once."""
    complaints = _by_money(_complaints(user))[:most]
    rows = [Unhappy(row.customer.survivor, complaint=row) for row in complaints]
    answers = _by_money(_answers(user, today))[:most]
    rows += [Unhappy(row.customer.survivor, answer=row) for row in answers]
    first: dict[int, Unhappy] = {}
    for row in rows:
        first.setdefault(row.customer.pk, row)
    return list(first.values())[:most]


def _complaints(user: User) -> "QuerySet[Complaint]":
    """Until they are answered, whatever else is planned: the customer waits for that."""
    return Complaint.everything.filter(
        customer__owner=user,
        customer__binned_on__isnull=True,
        settled_on__isnull=True,
        deleted_on__isnull=True,
    )


def _answers(user: User, today: date) -> "QuerySet[Survey]":
    """Until somebody spoke with them on a later day, plans to, or they answered better."""
    given = Survey.everything.filter(
        UNHAPPY,
        customer__owner=user,
        customer__binned_on__isnull=True,
        customer__is_test=False,
        answered_on__gt=today - timedelta(days=ANSWER_DAYS),
        answered_on__lte=today,
        deleted_on__isnull=True,
    )
    later = Survey.everything.filter(
        customer=OuterRef("customer"),
        answered_on__gt=OuterRef("answered_on"),
        deleted_on__isnull=True,
    )
    return given.exclude(Exists(later)).exclude(_planned("customer", "customer__merged_into"))


def _planned(*names: str) -> Q:
    """A step that is open, or an entry of a later day; of the customer or of whom it was merged into."""
    found = Q()
    for name in names:
        steps = Task.everything.filter(state=Task.State.OPEN, customer=OuterRef(name))
        spoken = Activity.everything.filter(
            customer=OuterRef(name),
            recorded_on__gt=OuterRef("answered_on"),
            status=Activity.Status.DONE,
            deleted_on__isnull=True,
        ).exclude(kind=Activity.Kind.NOTE)
        found |= Q(Exists(steps)) | Q(Exists(spoken))
    return found


def _by_money(rows: "QuerySet[AnyRow]") -> "QuerySet[AnyRow]":
    cents = Coalesce("customer__merged_into__annual_cents", "customer__annual_cents")
    told = rows.alias(customer_cents=cents).select_related("customer__merged_into")
    return told.order_by("-customer_cents", "id")
