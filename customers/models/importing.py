"""An import as a row that tells its state, and each of its lines with its verdict."""

import uuid

from django.conf import settings
from django.db import models


class ImportBatch(models.Model):
    """One file brought in, by whom, how its columns were read, and what became of it."""

    class State(models.TextChoices):
        CHECKED = "checked"
        APPLIED = "applied"
        UNDONE = "undone"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    target = models.CharField(max_length=20)
    file_name = models.CharField(max_length=250)
    file_hash = models.CharField(max_length=64, db_index=True)
    mapping = models.JSONField(default=dict)
    reading = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.CHECKED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    # ids, by model, of what was made besides the rows: customers, sources, stages, teams
    made = models.JSONField(default=dict)


class ImportRow(models.Model):
    """A line of the file: what it said, the verdict, and the record it made or filled."""

    class Verdict(models.TextChoices):
        NEW = "new"
        FILLED = "filled"
        SAME = "same"
        ERROR = "error"

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows", db_index=False)
    line = models.PositiveIntegerField()
    values = models.JSONField()
    verdict = models.CharField(max_length=10, choices=Verdict)
    problem = models.TextField(blank=True, default="")
    record_id = models.BigIntegerField(null=True)
    before = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="import_line_once")]
