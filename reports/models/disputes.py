"""Figures that somebody doubts, and what was answered."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from team.models import Owned


class Dispute(Owned):
    """A figure that looks wrong to somebody: which one, as it stood, and why; answered by an administrator.

    The figure is kept as it was shown, since its snapshot may be gone when the answer comes: which list of which
    report and period, what it was narrowed to, its count and sum. No words are kept: who reads it has a language
    of their own (`reports.acts.doubts_told`). `path` leads back to the page and list it stood on.
    """

    owner_paths = ("by",)

    client_ref = models.UUIDField(unique=True, editable=False)
    slug = models.CharField(max_length=30)
    list_key = models.CharField(max_length=30)
    period = models.CharField(max_length=30, blank=True, default="")
    from_on = models.DateField()
    to_on = models.DateField()
    narrow = models.JSONField(default=dict)
    count = models.PositiveIntegerField(default=0)
    cents = models.BigIntegerField(null=True)
    as_of = models.DateField()
    path = models.CharField(max_length=500)
    comment = models.TextField(_("what looks wrong"), max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="disputes")
    at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(_("answer"), max_length=2000, blank=True, default="")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    class Meta(Owned.Meta):
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["-id"], name="dispute_waiting", condition=Q(answered_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.slug, self.list_key, self.period) if part)
