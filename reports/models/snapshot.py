"""A figure as it was computed once, and the rows it is the sum of."""

from collections.abc import Collection
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

# The columns of evidence that hold money, or what the measure's unit says.
MONEY = ("cents", "low_cents", "high_cents", "base_cents")


class Snapshot(models.Model):
    """One computation of one report. Complete ones never change; later knowledge makes a new revision.

    `headline` holds the figures of the whole company, `whole` what of it is no sum over rows (see
    `Report`), `sums` its parts added up by measure, for who sees all of them; `sources` what was there to
    be read: counts and highest ids by table, `coverage` how far it
    reached. `kind` says only how long it is kept.
    """

    class Kind(models.TextChoices):
        MONTH_END = "month-end"
        WEEKLY = "weekly"
        DAILY = "daily"
        ON_DEMAND = "on-demand"
        COMPARISON = "comparison"

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
    whole = models.JSONField(default=dict)
    sums = models.JSONField(default=dict)
    sources = models.JSONField(default=dict)
    coverage = models.JSONField(default=dict)
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

    Owner and team are those at the event; `subject` is the record it opens. A line of several rows (a source,
    a campaign) has its rounded cents shared out over them, so that any split adds up; `low_cents` and
    `high_cents` are the limits of its range, the same as `cents` where it is counted. `in_base` and `base_cents`
    say whether, and with how much money, it also counts in the divisor of a rate. No foreign key is
    checked by the database: people and teams are never deleted, and the checks of a hundred thousand
    rows took longer than computing them.
    """

    snapshot = models.ForeignKey(
        Snapshot, models.CASCADE, related_name="evidence", db_index=False, db_constraint=False
    )
    measure = models.CharField(max_length=20)
    line_key = models.CharField(max_length=120)
    subject_type = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    team = models.ForeignKey(
        "team.Team",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    occurred_on = models.DateField(null=True)
    cents = models.BigIntegerField(default=0)
    low_cents = models.BigIntegerField(default=0)
    high_cents = models.BigIntegerField(default=0)
    in_base = models.BooleanField(default=False)
    base_cents = models.BigIntegerField(default=0)
    facets = models.JSONField(default=dict)

    class Meta:
        verbose_name_plural = "evidence"
        indexes = [
            models.Index(fields=["snapshot", "measure", "-cents", "id"], name="evidence_by_money"),
        ]

    @classmethod
    def from_db(
        cls,
        db: str | None,
        field_names: Collection[str],
        values: Collection[Any],
        **more: Any,
    ) -> Self:
        """A row that is read without its money (`reports.reading.evidence.rows`) has none, and does not ask for it."""
        row = super().from_db(db, field_names, values, **more)
        if "cents" not in field_names:
            row.__dict__.update(dict.fromkeys(MONEY))
        return row


class AddedUp(models.Model):
    """How many rows of evidence, and what they add up to, of one owner in one team."""

    measure = models.CharField(max_length=20)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    team = models.ForeignKey(
        "team.Team",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    n = models.PositiveIntegerField(default=0)
    cents = models.BigIntegerField(default=0)
    low_cents = models.BigIntegerField(default=0)
    high_cents = models.BigIntegerField(default=0)
    base_n = models.PositiveIntegerField(default=0)
    base_cents = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class Part(AddedUp):
    """Evidence of one snapshot added up by measure, key, month, owner and team, so that pages add few rows.

    `key` is the line's key in reports with few lines, `month` (YYYY-MM) that of the event for measures
    shown by month; else they are empty.
    """

    snapshot = models.ForeignKey(
        Snapshot, models.CASCADE, related_name="parts", db_index=False, db_constraint=False
    )
    key = models.CharField(max_length=120, blank=True, default="")
    month = models.CharField(max_length=7, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["snapshot", "owner"], name="part_of_snapshot"),
            models.Index(fields=["snapshot", "team"], name="part_by_team"),
            models.Index(fields=["snapshot", "measure"], name="part_by_measure"),
        ]


class TeamSum(AddedUp):
    """Parts of one snapshot added up by measure and team; of what is in no team, by its owner.

    The loss overview compares a hundred snapshots: a manager of four of 24 teams reads 1,000 of these for 18,000 parts.
    """

    snapshot = models.ForeignKey(
        Snapshot, models.CASCADE, related_name="team_sums", db_index=False, db_constraint=False
    )

    class Meta:
        indexes = [models.Index(fields=["snapshot", "team"], name="sum_by_team")]
