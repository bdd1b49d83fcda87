"""Rules of sets of leads, deals and next steps."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from sales.models import Deal, Lead, Task  # noqa: F401
    from team.models import User


class LeadQuerySet(models.QuerySet["Lead"]):
    def listed(self) -> "LeadQuerySet":
        return self.filter(deleted_on__isnull=True)

    def open(self) -> "LeadQuerySet":
        """Neither a customer yet nor given up."""
        return self.filter(
            converted_on__isnull=True, closed_on__isnull=True, deleted_on__isnull=True
        )

    def waiting(self) -> "LeadQuerySet":
        """Nobody has answered them; their response clock runs."""
        return self.open().filter(first_touch_at__isnull=True)

    def in_state(self, state: str) -> "LeadQuerySet":
        """The leads in one of the states a list can be narrowed to; unknown states narrow nothing."""
        if state == "waiting":
            return self.waiting()
        if state == "open":
            return self.open()
        if state == "won":
            return self.filter(converted_on__isnull=False)
        if state == "closed":
            return self.filter(closed_on__isnull=False, converted_on__isnull=True)
        return self


class DealQuerySet(models.QuerySet["Deal"]):
    def listed(self) -> "DealQuerySet":
        return self.filter(binned_on__isnull=True)

    def open(self) -> "DealQuerySet":
        return self.filter(closed_on__isnull=True)

    def in_state(self, state: str) -> "DealQuerySet":
        """Open, won or lost deals; unknown states narrow nothing."""
        if state == "open":
            return self.open()
        if state in ("won", "lost"):
            return self.filter(closed_on__isnull=False, stage__kind=state)
        return self


class TaskQuerySet(models.QuerySet["Task"]):
    def open(self) -> "TaskQuerySet":
        return self.filter(state="open")

    def overdue(self, today: date) -> "TaskQuerySet":
        return self.open().filter(due_on__lt=today)

    def in_tab(self, tab: str, user: "User", today: date) -> "TaskQuerySet":
        """A person's own open steps, or the overdue, open or done ones of all they see."""
        if tab == "mine":
            return self.open().filter(owner=user)
        if tab == "overdue":
            return self.overdue(today)
        return self.filter(state="done") if tab == "done" else self.open()
