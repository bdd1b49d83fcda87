"""A figure as it was computed once, and the rows it is the sum of."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Snapshot(models.Model):
    """One computation of one report. Complete ones never change; later knowledge makes a new revision.

    `headline` holds what is not a sum of evidence (rates with their intervals, calibration, coverage).
    """

    class Kind(models.TextChoices):
        MONTH_END = "month-end"
        DAILY = "daily"
        ON_DEMAND = "on-demand"

    slug = models.CharField(max_length=30)
    formula_version = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    values = models.JSONField(default=dict)
    values_hash = models.CharField(max_length=64)
    parameters = models.ForeignKey(
        "reports.Parameters", models.PROTECT, null=True, related_name="snapshots"
    )
    from_on = models.DateField()
    to_on = models.DateField()
    as_of = models.DateField()
    revision = models.PositiveIntegerField(default=1)
    is_complete = models.BooleanField(default=False)
    headline = models.JSONField(default=dict)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-as_of", "-revision"]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "slug",
                    "formula_version",
                    "values_hash",
                    "from_on",
                    "to_on",
                    "as_of",
                    "revision",
                ],
                name="snapshot_once",
            ),
            models.CheckConstraint(
                condition=Q(to_on__gte=models.F("from_on")), name="snapshot_ends_after_start"
            ),
        ]
        indexes = [
            models.Index(
                fields=["slug", "from_on", "to_on", "-as_of", "-revision"],
                name="snapshot_latest",
                condition=Q(is_complete=True),
            )
        ]


class Evidence(models.Model):
    """A counted row: what it is a part of (`measure`), what it is about, who answered at the event, its cents.

    Owner and team are those at the event; `subject` is the record it opens.
    """

    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="evidence", db_index=False)
    measure = models.CharField(max_length=20)
    line_key = models.CharField(max_length=100)
    subject_type = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    team = models.ForeignKey(
        "team.Team", models.PROTECT, null=True, related_name="+", db_index=False
    )
    occurred_on = models.DateField(null=True)
    cents = models.BigIntegerField(default=0)
    facets = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "evidence"
        indexes = [
            models.Index(fields=["snapshot", "measure", "-cents", "id"], name="evidence_by_money"),
            models.Index(fields=["snapshot", "measure", "owner"], name="evidence_by_owner"),
        ]
