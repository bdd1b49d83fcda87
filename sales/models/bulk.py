"""Acts over many records at once, as a row that can be taken back."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from customers.models import Tag
from sales.models.pipeline import Stage
from team.models import Owned


class BulkAct(Owned):
    """One deed (`sales.bulk.deeds`) over many records of a kind, made by one post (`client_ref`).

    It is whose who did it: nobody else takes it back.
    """

    owner_paths = ("by",)

    client_ref = models.UUIDField(unique=True, editable=False)
    deed = models.CharField(max_length=10)
    kind = models.CharField(max_length=10)
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    tag = models.ForeignKey(Tag, models.PROTECT, null=True, related_name="+", db_index=False)
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, related_name="+", db_index=False)
    # what its tasks are called, or why its leads were closed
    text = models.CharField(max_length=250, blank=True, default="")
    due_on = models.DateField(null=True)
    # the records that were chosen and could not be treated
    left = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.deed} {self.kind}"


class BulkItem(models.Model):
    """A record that the act treated: what it said `before`, and the row that was `made` for it.

    `is_back` once the act was taken back: False where somebody had changed the record since.
    """

    act = models.ForeignKey(BulkAct, models.CASCADE, related_name="items", db_index=False)
    record_id = models.BigIntegerField()
    before = models.JSONField(default=dict)
    made = models.BigIntegerField(null=True)
    is_back = models.BooleanField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["act", "record_id"], name="bulk_item_once")]
