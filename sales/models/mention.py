"""Colleagues named in what somebody wrote."""

from django.conf import settings
from django.db import models

from sales.models.activity import Activity


class Mention(models.Model):
    """`user` was named in an entry, by the words `typed`; written by `sales.mentions` alone.

    They were told once (`team.notices`); the words stand as a link.
    """

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="mentions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    typed = models.CharField(max_length=201)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "user"], name="mentioned_once_an_entry")
        ]

    def __str__(self) -> str:
        return self.typed
