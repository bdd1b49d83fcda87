"""What customers answered when they were asked how satisfied they are: entered by hand, and the last of each."""

import uuid
from collections.abc import Collection
from datetime import date

from django.db.models.functions import Coalesce

from customers.models import Customer, Survey
from team.facts import store_once
from team.models import Company, User

FIELDS = ("customer", "kind", "score", "answered_on", "source", "comment")


def add_answer(
    customer: Customer,
    *,
    kind: str,
    score: int,
    answered_on: date,
    source: str = "",
    comment: str = "",
    client_ref: uuid.UUID,
    by: User | None,
) -> tuple[Survey, bool]:
    """Store an answer; the same `client_ref` again answers the first, False."""
    made = Survey(
        reference=f"SU-{client_ref}",
        customer=customer,
        kind=kind,
        score=score,
        answered_on=answered_on,
        source=source,
        comment=comment,
        by=by,
        recorded_on=Company.get().today,
    )
    return store_once(made, FIELDS, by=by)


def last_answers(customers: Collection[int]) -> dict[int, Survey]:
    """What each of these customers, or who was merged into them, answered last. One statement."""
    given = Survey.everything.annotate(whose=Coalesce("customer__merged_into", "customer"))
    answered = given.filter(
        whose__in=customers, score__isnull=False, answered_on__isnull=False, deleted_on__isnull=True
    )
    return {row.whose: row for row in answered.order_by("answered_on", "pk")}
