"""The company's loss rules, versioned, and targets by month."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Parameters(models.Model):
    """One version of all parameters (loss-reports.md section 2); the highest version is in force."""

    version = models.PositiveIntegerField(unique=True)
    values = models.JSONField(default=dict)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    set_at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=250, blank=True, default="")

    class Meta:
        ordering = ["-version"]
        verbose_name_plural = "parameters"

    def __str__(self) -> str:
        return f"{self.version}"


class Target(models.Model):
    """The most a report may show in a calendar month, in cents of the company's currency."""

    slug = models.CharField(max_length=30)
    month = models.DateField()
    cents = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slug", "month"], name="target_once_a_month"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="target_month_starts"),
        ]
