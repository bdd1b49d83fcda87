"""Who gets the losses by mail, how often, and what was sent."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Subscription(models.Model):
    """One person's standing order: the losses in their sight, every week or every month."""

    class Every(models.TextChoices):
        WEEK = "week", _("every Monday")
        MONTH = "month", _("on the first of the month")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="loss_mail")
    every = models.CharField(_("send the losses"), max_length=5, choices=Every)
    since = models.DateTimeField(default=timezone.now)


class Sent(models.Model):
    """A mail that was claimed for sending: one per person and period, whatever became of the sending."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    period = models.CharField(max_length=12)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "period"], name="loss_mail_once")]
