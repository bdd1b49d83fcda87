"""What people did about the rows of a list, and what became of them."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from team.models import Owned


class Act(Owned):
    """One act over ticked rows of a report's list, made by one post (`client_ref`).

    `outcome` is written by the nightly job: what became of the rows by `outcome_on`, and of those of the
    same list that were left alone (see `reports.acts.outcomes`).
    """

    class Kind(models.TextChoices):
        PLAN = "plan", _("Tasks planned")
        ASSIGN = "assign", _("Handed to somebody else")
        STOP = "stop", _("Campaigns stopped")

    owner_paths = ("by",)

    client_ref = models.UUIDField(unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    slug = models.CharField(max_length=30)
    list_key = models.CharField(max_length=20)
    # which of the list's deeds it was (`reports.acts.deeds`)
    deed = models.CharField(max_length=20, default="")
    subject_type = models.CharField(max_length=20)
    as_of = models.DateField()
    # the day of the steps; the last day of what was stopped
    due_on = models.DateField(null=True)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # local date; its purchases and answers come after the act, not on its day
    on = models.DateField()
    undone_at = models.DateTimeField(null=True)
    outcome = models.JSONField(default=dict)
    outcome_on = models.DateField(null=True)

    class Meta(Owned.Meta):
        indexes = [models.Index(fields=["slug", "-id"], name="act_of_report")]

    @property
    def treated(self) -> dict[str, Any]:
        return dict(self.outcome.get("treated", {}))

    @property
    def rest(self) -> dict[str, Any]:
        return dict(self.outcome.get("rest", {}))


class ActItem(models.Model):
    """A row of the list as it stood: treated by the act, or left alone and kept to compare with.

    `cents` is what the list said of it, `owner_before` who had it where the act handed it on,
    `ended_before` the last day that was planned for a campaign where the act stopped it.
    """

    act = models.ForeignKey(Act, models.CASCADE, related_name="items")
    subject_id = models.BigIntegerField()
    treated = models.BooleanField()
    cents = models.BigIntegerField(default=0)
    owner_before = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    ended_before = models.DateField(null=True)
    task = models.ForeignKey("sales.Task", models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["act", "subject_id"], name="act_item_once")]
