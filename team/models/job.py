"""Long work as a row that tells its state; whoever carries it out, the row is the truth."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from team.models.base import Owned
from team.models.people import User


class Job(Owned):
    """One piece of long work. Written by `team.jobs` alone.

    `key` names a period of which there is one job only; jobs of one `lane` run singly, in order of
    id. Who runs a job holds its `lease` and counts up `beats`; a lease whose beats stand still is
    taken away by the sweep, which measures the silence on its own monotonic clock: no clock of
    this table's decides who may run. `asked_as` holds the asker's rights as they were.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    LIVE = (State.QUEUED, State.RUNNING)
    owner_paths = ("requested_by",)

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=60, blank=True, default="")
    lane = models.CharField(max_length=90, blank=True, default="")
    args = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    request_hash = models.CharField(max_length=64)
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="jobs")
    asked_as = models.CharField(max_length=100, blank=True, default="")
    request_id = models.CharField(max_length=64, blank=True, default="")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    doing = models.CharField(max_length=200, blank=True, default="")
    result = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    error = models.TextField(blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    losses = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    lease = models.UUIDField(null=True)
    beats = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta(Owned.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"], condition=~Q(key=""), name="job_once_per_period"
            ),
            models.UniqueConstraint(
                fields=["request_hash"],
                condition=Q(state__in=["queued", "running"]),
                name="job_asked_once",
            ),
            models.UniqueConstraint(
                fields=["lane"],
                condition=Q(state="running") & ~Q(lane=""),
                name="job_one_in_lane",
            ),
            models.CheckConstraint(
                condition=Q(state="running", lease__isnull=False)
                | (~Q(state="running") & Q(lease__isnull=True)),
                name="job_running_has_lease",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lane", "id"],
                condition=Q(state__in=["queued", "running"]),
                name="job_live",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}".strip()

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE
