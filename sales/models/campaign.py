"""Campaigns and what they cost."""

from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.lib.fields import ExactDecimalField
from crm.lib.money import base_cents
from crm.lib.references import new_reference
from team.models import Fact, Past, Record


def campaign_reference() -> str:
    return new_reference("CA")


def cost_reference() -> str:
    return new_reference("CC")


class Campaign(Record):
    """Everybody sees campaigns; managers and administrators keep them. Its owner answers for its leads."""

    reference = models.CharField(max_length=100, unique=True, default=campaign_reference)
    name = models.CharField(_("name"), max_length=200)
    channel = models.CharField(_("channel"), max_length=100, blank=True, default="")
    started_on = models.DateField(_("starts on"), null=True, blank=True)
    ended_on = models.DateField(_("last day"), null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="campaigns",
        verbose_name=_("owner"),
    )
    note = models.TextField(_("note"), blank=True, default="", max_length=5000)

    class Meta:
        indexes = [models.Index(fields=["-started_on", "-id"], name="campaign_newest")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("campaign-detail", args=[self.pk])


class CampaignPast(Past):
    """Through which channel a campaign was said to run before; it may be named by what is older than itself."""

    of = "campaign"
    kept = ("channel",)
    since = ""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="past")
    channel = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "deleted_on"], name="campaign_past_once")
        ]


class CampaignCost(Fact):
    """Money spent on a campaign on a day. Never edited: delete and write anew."""

    reference = models.CharField(max_length=100, unique=True, default=cost_reference)
    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="costs", null=True)
    on = models.DateField(_("day"))
    amount = ExactDecimalField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    fx_rate = ExactDecimalField(_("rate"), default=1)
    cents = models.BigIntegerField(editable=False)

    class Meta:
        ordering = ["on", "id"]

    def fill_cents(self) -> None:
        self.cents = base_cents(self.amount, self.fx_rate)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fill_cents()
        super().save(*args, **kwargs)
