"""Public forms by which strangers become leads, and what was sent by them."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sales.models.campaign import Campaign
from sales.models.lead import Lead, LeadSource
from team.models import Owned, Record, User


def new_token() -> str:
    """The address of a form: nobody guesses it, and it says nothing."""
    return secrets.token_urlsafe(12)


class WebForm(Record):
    """A form that anybody may fill in: asks for a name, a phone or an e-mail, and what `asks` names besides."""

    class Ask(models.TextChoices):
        COMPANY = "company", _("Company")
        REGION = "region", _("Region")
        BUDGET = "budget", _("Budget")
        MESSAGE = "message", _("What they need")

    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    name = models.CharField(_("name"), max_length=100)
    title = models.CharField(_("heading for visitors"), max_length=150)
    asks = models.JSONField(_("asks besides for"), default=list, blank=True)
    source = models.ForeignKey(
        LeadSource,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("source"),
    )
    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("campaign"),
    )
    language = models.CharField(_("language"), max_length=10, default="uk")
    theme = models.CharField(
        _("look"), max_length=10, choices=User.Theme, default=User.Theme.SYSTEM
    )
    thanks = models.CharField(_("thanks"), max_length=500, blank=True, default="")
    thanks_url = models.URLField(_("Page to go to afterwards"), blank=True, default="")
    takes_plain_posts = models.BooleanField(_("takes what other sites send"), default=False)
    is_active = models.BooleanField(default=True, editable=False)

    class Meta:
        ordering = ["-is_active", "name", "id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("webform-detail", args=[self.pk])


class WebPost(Owned):
    """What one visitor sent, as written. It is a lead, or kept aside as suspected until somebody looks at it.

    The same words by the same form on one day have one `fingerprint`, and so are one row. `origin` are the
    campaign words of the address (`utm_campaign` ...), whether we know them or not; `page` is the shown page
    that it was sent from, if it was one of ours.
    """

    class State(models.TextChoices):
        LEAD = "lead", _("Became leads")
        SUSPECTED = "suspected", _("Suspected")
        DISCARDED = "discarded", _("Discarded")

    owner_paths = ("lead__owner",)

    form = models.ForeignKey(WebForm, models.PROTECT, related_name="posts")
    fingerprint = models.UUIDField(unique=True, default=uuid.uuid4)
    at = models.DateTimeField(default=timezone.now)
    page = models.UUIDField(null=True, editable=False)
    said = models.JSONField(default=dict)
    origin = models.JSONField(default=dict)
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State)
    lead = models.OneToOneField(Lead, models.PROTECT, null=True, related_name="web_post")
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta(Owned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(state="lead", lead__isnull=False)
                | (~Q(state="lead") & Q(lead__isnull=True)),
                name="web_post_is_a_lead_or_not",
            )
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="web_post_newest"),
            models.Index(fields=["page"], name="web_post_of_page", condition=Q(page__isnull=False)),
            models.Index(
                fields=["-at", "-id"], name="web_post_suspected", condition=Q(state="suspected")
            ),
        ]

    def __str__(self) -> str:
        return str(self.said.get("company") or self.said.get("name", ""))
