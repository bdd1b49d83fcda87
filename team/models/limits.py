"""What is counted to slow down guessing and copying: tries to sign in, customers opened."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from team.access import ADMIN, DIRECTOR, MANAGER, scope_of
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


class Device(models.Model):
    """A browser that somebody signed in from: `mark` is the hash of its cookie, `agent` what it calls itself."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    mark = models.CharField(max_length=64)
    agent = models.CharField(max_length=200, blank=True, default="")
    first_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "mark"], name="device_once")]


class HabitAlert(models.Model):
    """On one day somebody did far more of one kind than they used to; written by `team.habit_alerts`.

    `n` is how much; `habit` is what was usual for them, empty where they had not been here long enough to tell.
    """

    class Kind(models.TextChoices):
        READ = "read", _("customers opened")
        LATE = "late", _("customers opened outside working time")
        EXPORT = "export", _("files exported")
        REFUSED = "refused", _("requests refused")
        DEVICE = "device", _("new devices")

    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    on = models.DateField()
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.READ)
    n = models.PositiveIntegerField()
    habit = models.PositiveIntegerField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-on", "user", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["user", "on", "kind"], name="habit_alert_once_a_day"),
        ]
        indexes = [
            models.Index(
                fields=["user"], name="habit_alert_open", condition=Q(settled_at__isnull=True)
            ),
        ]

    @classmethod
    def visible_to(cls, viewer: Any) -> "models.QuerySet[HabitAlert]":
        """Those about the people somebody answers for; of their own only administrators are told."""
        scope = scope_of(viewer)
        if not viewer.has_role(MANAGER, ADMIN, DIRECTOR):
            return cls.objects.none()
        if scope.all:
            return cls.objects.all()
        return cls.objects.filter(user__in=sorted(scope.user_ids - {viewer.pk}))
