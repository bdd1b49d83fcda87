"""Rules of sets of leads, deals, stages and next steps."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

if TYPE_CHECKING:
    from sales.models import Deal, HandoverLine, Lead, Stage, Task  # noqa: F401
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

    def needing_attention(self, stages: Iterable["Stage"], today: date) -> "DealQuerySet":
        """Nothing is planned for them, or they stand in one of these stages for longer than is usual there."""
        return self.filter(_long_in(stages, today) | ~Q(tasks__state="open"))

    def in_state(self, state: str) -> "DealQuerySet":
        """Open, won or lost deals; unknown states narrow nothing."""
        if state == "open":
            return self.open()
        if state in ("won", "lost"):
            return self.filter(closed_on__isnull=False, stage__kind=state)
        return self


def _long_in(stages: Iterable["Stage"], today: date) -> Q:
    ways = [
        Q(stage=stage.pk, stage_since__lt=today - timedelta(days=stage.longest_usual))
        for stage in stages
        if stage.longest_usual is not None
    ]
    return reduce(or_, ways, Q(pk__in=()))


class StageQuerySet(models.QuerySet["Stage"]):
    def by_pipeline(self) -> "StageQuerySet":
        """In the order in which people see them, with their pipelines."""
        return self.select_related("pipeline").order_by(
            "pipeline__order", "pipeline_id", "order", "id"
        )

    def offered(self) -> "StageQuerySet":
        """Those into which deals may come."""
        return self.filter(is_active=True, pipeline__is_active=True).by_pipeline()

    def open(self) -> "StageQuerySet":
        return self.filter(kind="open")

    def for_deal(self, deal: "Deal") -> "StageQuerySet":
        """Those into which this deal may come: its own pipeline's also where that is retired by now."""
        ways = Q(pipeline__is_active=True) | Q(pipeline=deal.stage.pipeline_id)
        return self.filter(ways, is_active=True).by_pipeline()


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


class HandoverLineQuerySet(models.QuerySet["HandoverLine"]):
    def moving(self) -> "HandoverLineQuerySet":
        """Those that were chosen and are not their receiver's already: what moves, and once applied what moved."""
        stays = Q(receiver=F("giver")) | Q(receiver__isnull=True, giver__isnull=True)
        return self.filter(chosen=True).exclude(stays)

    def without_heir(self) -> "HandoverLineQuerySet":
        """Those that nobody takes and nobody gave to the pool."""
        return self.filter(chosen=True, receiver__isnull=True, pool=False)
