"""Who gets which lead: the rules that administrators keep, and what the rules said of each lead."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.lib.text import normalise
from sales.models.campaign import Campaign
from sales.models.lead import Lead, LeadSource
from team.models import Owned, Record, Team


class LeadRule(Record):
    """The first rule, by `order`, whose conditions a lead meets and who has somebody free gives it away.

    A condition that is empty is met by every lead. `last` had the latest turn; `sales.leads.assigning` alone
    writes it.
    """

    class Way(models.TextChoices):
        TURN = "turn", _("in turn")
        LOAD = "load", _("to who has fewest open leads")
        PERSON = "person", _("to one person")

    name = models.CharField(_("name"), max_length=100)
    order = models.PositiveSmallIntegerField(_("place in the list"), default=100)
    is_active = models.BooleanField(default=True, editable=False)
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
    regions = models.CharField(_("regions"), max_length=500, blank=True, default="")
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
    way = models.CharField(_("leads go"), max_length=10, choices=Way, default=Way.TURN)
    people: Any = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("people")
    )
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    # when a lead that it gave is not answered in time
    tells_leader = models.BooleanField(_("tell who leads the team"), default=True)
    passes_on = models.BooleanField(_("give it to the next person"), default=False)
    passes_on_after = models.PositiveSmallIntegerField(_("so many hours later"), default=0)
    last = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("assignment-edit", args=[self.pk])

    @property
    def region_list(self) -> list[str]:
        return [part.strip() for part in self.regions.replace(";", ",").split(",") if part.strip()]

    def fits(self, lead: Lead) -> bool:
        """Whether a lead (stored or not) meets all conditions."""
        regions = {normalise(region) for region in self.region_list}
        return (
            self.source_id in (None, lead.source_id)
            and self.campaign_id in (None, lead.campaign_id)
            and (not regions or normalise(lead.region) in regions)
            and self.language in ("", lead.language)
        )


class LeadAssignment(Owned):
    """What the rules said of a lead, each time they were asked: to whom it went and why, or why to nobody.

    `passed_over`: [{"rule": 3, "person": 17, "why": "absent"}], in the order in which they were asked.
    """

    class How(models.TextChoices):
        TURN = "turn", _("in turn")
        LOAD = "load", _("fewest open leads")
        PERSON = "person", _("named by the rule")
        CUSTOMER = "customer", _("already their customer")
        BEFORE = "before", _("has what they asked before")
        NO_RULE = "no rule", _("no rule fits")
        NOBODY = "nobody", _("nobody is free")

    class Occasion(models.TextChoices):
        FORM = "form", _("web form")
        IMPORT = "import", _("import")
        HAND = "hand", _("by hand")
        LATE = "late", _("not answered in time")

    owner_paths = ("lead__owner",)

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="assignments")
    rule = models.ForeignKey(LeadRule, models.PROTECT, null=True, related_name="+")
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    how = models.CharField(max_length=10, choices=How)
    occasion = models.CharField(max_length=10, choices=Occasion)
    passed_over = models.JSONField(default=list)
    at = models.DateTimeField(default=timezone.now)

    class Meta(Owned.Meta):
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to__isnull=False) | Q(how__in=["no rule", "nobody"]),
                name="lead_goes_to_somebody_or_says_why_not",
            )
        ]


class LeadEscalation(Owned):
    """The clock of a lead ran out: written once for each level, and never once somebody has answered.

    `told`: the names of who was. `pass_on_at`: when the next level is due, empty: never.
    """

    class Level(models.IntegerChoices):
        TOLD = 1, _("not answered in time")
        PASSED_ON = 2, _("given to the next person")

    owner_paths = ("lead__owner",)

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="escalations")
    level = models.PositiveSmallIntegerField(choices=Level)
    rule = models.ForeignKey(LeadRule, models.PROTECT, null=True, related_name="+")
    told = models.JSONField(default=list)
    is_open = models.BooleanField(default=False)
    pass_on_at = models.DateTimeField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta(Owned.Meta):
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["lead", "level"], name="lead_escalates_once_a_level")
        ]
        indexes = [
            models.Index(
                fields=["pass_on_at"],
                name="lead_to_pass_on",
                condition=Q(pass_on_at__isnull=False),
            ),
            models.Index(fields=["lead"], name="lead_told_late", condition=Q(is_open=True)),
        ]
