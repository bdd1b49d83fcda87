"""The records that rows are about: one query a kind, only what the viewer may open."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Min, OuterRef, QuerySet, Subquery
from django.urls import reverse

from customers.models import Customer
from reports.models import Evidence
from reports.report import Run
from reports.screens.parts import Row
from sales.models import Campaign, Deal, Lead, Task
from team.access import leads_others, scope_of
from team.models import User


@dataclass(frozen=True)
class Subject:
    """A kind of record: the rows a viewer may open, and the address of one (None: pages of it are not theirs)."""

    seen: Callable[[User], "QuerySet[Any]"]
    view: Callable[[User], str | None]


def _customers(viewer: User) -> "QuerySet[Any]":
    """With the day of the next open step."""
    first = (
        Task.everything.filter(customer=OuterRef("pk"), state=Task.State.OPEN)
        .order_by()
        .values("customer")
        .annotate(due=Min("due_on"))
        .values("due")
    )
    return Customer.visible_to(viewer).only("name").annotate(next_step_on=Subquery(first))


def _leads(viewer: User) -> "QuerySet[Any]":
    first = (
        Task.everything.filter(lead=OuterRef("pk"), state=Task.State.OPEN)
        .order_by()
        .values("lead")
        .annotate(due=Min("due_on"))
        .values("due")
    )
    return Lead.visible_to(viewer).only("name").annotate(next_step_on=Subquery(first))


def _people(viewer: User) -> "QuerySet[Any]":
    scope = scope_of(viewer)
    people = User.objects.only("name")
    return people if scope.all else people.filter(pk__in=sorted(scope.user_ids))


SUBJECTS = {
    "customer": Subject(_customers, lambda viewer: "customer-detail"),
    "lead": Subject(_leads, lambda viewer: "lead-detail"),
    "deal": Subject(
        lambda viewer: (
            Deal.visible_to(viewer).select_related("customer").only("title", "customer__name")
        ),
        lambda viewer: "deal-detail",
    ),
    "campaign": Subject(
        lambda viewer: Campaign.objects.only("name"), lambda viewer: "campaign-detail"
    ),
    "user": Subject(_people, lambda viewer: "person-detail" if leads_others(viewer) else None),
}


def dress(rows: Sequence[Evidence], viewer: User, run: Run, *, is_linked: bool = True) -> list[Row]:
    """Rows with their records, in the same order; files need no addresses of them."""
    found = {
        kind: _found(kind, [row.subject_id for row in rows if row.subject_type == kind], viewer)
        for kind in sorted({row.subject_type for row in rows} & SUBJECTS.keys())
    }
    views = {kind: SUBJECTS[kind].view(viewer) for kind in found} if is_linked else {}
    return [
        _row(row, found.get(row.subject_type, {}).get(row.subject_id), views, run) for row in rows
    ]


def _found(kind: str, ids: list[int], viewer: User) -> dict[int, Any]:
    return {record.pk: record for record in SUBJECTS[kind].seen(viewer).filter(pk__in=ids)}


def _row(evidence: Evidence, subject: Any, views: dict[str, str | None], run: Run) -> Row:
    view = views.get(evidence.subject_type) if subject else None
    return Row(evidence, subject, run, reverse(view, args=[subject.pk]) if view else "")
