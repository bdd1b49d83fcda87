"""Rows of evidence dressed for a list: the customer, the owner at the event, and when the next step is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Min, OuterRef, Subquery

from customers.models import Customer
from reports.models import Evidence, Snapshot
from reports.rhythm import parts_of
from reports.snapshots import run_of
from sales.models import Task
from team.models import User


@dataclass(frozen=True)
class Row:
    """`customer` is None where the viewer may no longer open the record; the figure stays theirs."""

    evidence: Evidence
    customer: Customer | None
    next_step_on: date | None
    as_of: date
    parts: int

    @property
    def name(self) -> str:
        return self.customer.name if self.customer else self.evidence.line_key

    @property
    def typical(self) -> float | None:
        halves = self.evidence.facets.get("typical_halves")
        return None if halves is None else halves / 2

    @property
    def last_purchase(self) -> date | None:
        """Active customers are dated by it; who was called lost has it among the facets."""
        text = self.evidence.facets.get("last_purchase")
        return date.fromisoformat(text) if text else self.evidence.occurred_on

    @property
    def silent(self) -> int | None:
        """Days without a purchase, at the as-of day."""
        return None if self.last_purchase is None else (self.as_of - self.last_purchase).days

    @property
    def lost_from(self) -> date | None:
        """The day from which a silent customer will count as lost, if nothing comes before."""
        threshold = self.evidence.facets.get("threshold_parts")
        if threshold is None or self.last_purchase is None:
            return None
        return self.last_purchase + timedelta(days=threshold // self.parts + 1)

    @property
    def basis(self) -> str:
        return str(self.evidence.facets.get("basis", ""))

    @property
    def departure(self) -> str:
        return str(self.evidence.facets.get("departure") or "")


def dress(rows: Sequence[Evidence], viewer: User, snapshot: Snapshot) -> list[Row]:
    """One query for the page's customers with their next open step."""
    parts = parts_of(run_of(snapshot).values["k"])
    first = (
        Task.everything.filter(customer=OuterRef("pk"), state=Task.State.OPEN)
        .order_by()
        .values("customer")
        .annotate(due=Min("due_on"))
        .values("due")
    )
    found: dict[int, Any] = {
        row.pk: row
        for row in Customer.visible_to(viewer)
        .filter(pk__in=[row.subject_id for row in rows])
        .only("name")
        .annotate(next_step_on=Subquery(first))
    }
    return [
        Row(row, found.get(row.subject_id), _step(found.get(row.subject_id)), snapshot.as_of, parts)
        for row in rows
    ]


def _step(customer: Any) -> date | None:
    return None if customer is None else customer.next_step_on
