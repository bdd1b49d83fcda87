"""What somebody has typed into a call form and not saved yet."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from crm.lib.formatting import day


class CallDraft(models.Model):
    """One a person and customer, lead or deal (`about` is its kind). Nobody else ever sees it, no report reads it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    about = models.CharField(max_length=10)
    about_id = models.BigIntegerField()
    client_ref = models.UUIDField(null=True)
    values = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "about", "about_id"], name="call_draft_one_a_subject"
            )
        ]

    @property
    def told_at(self) -> str:
        """When it was kept: the clock of today, else the day with it."""
        at = timezone.localtime(self.saved_at)
        clock = f"{at:%H:%M}"
        return clock if at.date() == timezone.localdate() else f"{day(at.date())}, {clock}"

    def __str__(self) -> str:
        return f"{self.about} {self.about_id}"
