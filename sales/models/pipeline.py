"""The ways on which deals come to an end: pipelines with their stages, and why deals are lost."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.lib.fields import ExactDecimalField
from sales.querysets import StageQuerySet
from team.models import Choice, Past


class LossReason(Choice):
    """Why deals are lost."""

    class Meta(Choice.Meta):
        pass


class Pipeline(Choice):
    """A way of selling. It has an open stage at least, one for won and one for lost deals (`sales.deals.pipelines`)."""

    class Meta(Choice.Meta):
        pass


class Stage(Choice):
    """A step of a pipeline. Kind and pipeline are given when it is made, for deals have stood in it since.

    `win_share` is the setting used until history says better.
    """

    class Kind(models.TextChoices):
        OPEN = "open", _("Open")
        WON = "won", _("Won")
        LOST = "lost", pgettext_lazy("a deal", "Lost")

    pipeline = models.ForeignKey(Pipeline, models.PROTECT, related_name="stages")
    kind = models.CharField(max_length=4, choices=Kind, default=Kind.OPEN)
    win_share = ExactDecimalField(_("usual win share"), default=0)
    # the median of closed stays in half days, worked out by `sales.deals.stage_pace`; null for want of them
    usual_half_days = models.PositiveIntegerField(null=True, editable=False)

    objects: models.Manager[Any] = StageQuerySet.as_manager()

    class Meta(Choice.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["pipeline", "kind"],
                condition=Q(kind__in=("won", "lost")),
                name="stage_one_end_of_a_kind",
            )
        ]

    @property
    def is_open(self) -> bool:
        return self.kind == Stage.Kind.OPEN

    @property
    def usual_days(self) -> Decimal | None:
        return None if self.usual_half_days is None else Decimal(self.usual_half_days) / 2

    @property
    def longest_usual(self) -> int | None:
        """The most days that are not longer than usual: one and a half times the median. None: nobody knows."""
        return None if self.usual_half_days is None else self.usual_half_days * 3 // 4


class StagePast(Past):
    """The share of wins that was usual in a stage before: the forecast of a past day reads it (ruling 12)."""

    of = "stage"
    kept = ("win_share",)
    since = ""

    stage = models.ForeignKey(Stage, models.CASCADE, related_name="past")
    win_share = ExactDecimalField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stage", "deleted_on"], name="stage_past_once")
        ]
