"""What is counted to slow down guessing and copying: tries to sign in, customers opened."""

from django.db import models
from django.utils import timezone

from team.models.people import User


class Attempt(models.Model):
    """A try that counts against a limit. `account` is a keyed hash of the e-mail as it was typed."""

    kind = models.CharField(max_length=20)
    account = models.CharField(max_length=64)
    address = models.CharField(max_length=45, blank=True, default="")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["account", "at"], name="attempt_account"),
            models.Index(fields=["address", "at"], name="attempt_address"),
        ]


class Reading(models.Model):
    """Somebody opened a customer's page; the first time within an hour is kept."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    customer_id = models.BigIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["user", "at", "customer_id"], name="reading_recent")]
