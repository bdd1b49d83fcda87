"""The audit log: append-only entries, personal values beside them so that an erasure keeps the chain."""

import uuid

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class AuditEntry(models.Model):
    """Who did what to which row, when. `sealed` is the hash chained over all entries before (ruling 27)."""

    at = models.DateTimeField(db_index=True)
    actor = models.ForeignKey(
        "team.User", models.PROTECT, null=True, related_name="+", db_index=False
    )
    actor_name = models.CharField(max_length=150, blank=True, default="")
    action = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=40, blank=True, default="")
    subject_id = models.BigIntegerField(null=True)
    subject_name = models.CharField(max_length=250, blank=True, default="")
    batch = models.UUIDField(default=uuid.uuid4)
    request_id = models.CharField(max_length=40, blank=True, default="")
    address = models.CharField(max_length=45, blank=True, default="")
    detail_hash = models.CharField(max_length=64, blank=True, default="")
    sealed = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-id"], name="audit_subject"),
            models.Index(fields=["actor", "-id"], name="audit_actor"),
            models.Index(fields=["action", "-id"], name="audit_action"),
            models.Index(fields=["batch"], name="audit_batch"),
        ]


class AuditDetail(models.Model):
    """Values before and after. An erasure blanks them; the entry keeps their hash."""

    entry = models.OneToOneField(
        AuditEntry, models.PROTECT, primary_key=True, related_name="detail"
    )
    before = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
