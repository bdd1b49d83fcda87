"""Leads: who answers for them, and how they ended."""

from typing import Any, ClassVar, cast

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.lib.fields import ExactDecimalField
from crm.lib.references import new_reference
from crm.lib.text import normalise_email, normalise_phone, sort_key
from customers.models import Customer
from sales.models.campaign import Campaign
from sales.querysets import LeadQuerySet
from team.models import Choice, Fact, Owned, Past, Record


def lead_reference() -> str:
    return new_reference("LE")


def lead_ownership_reference() -> str:
    return new_reference("LO")


class LeadSource(Choice):
    """Where leads come from."""

    class Meta(Choice.Meta):
        pass


class LeadReason(Choice):
    """Why leads are lost, or why they do not fit."""

    class Kind(models.TextChoices):
        LOST = "lost", _("Lost")
        DISQUALIFIED = "disqualified", _("Does not fit")

    kind = models.CharField(_("explains"), max_length=20, choices=Kind)

    class Meta(Choice.Meta):
        pass


class Lead(Owned, Record):
    """Somebody who may become a customer.

    `arrived_at` starts the response clock; `response_due_at` serves Today (reports derive their own).
    `owner`, `converted_on`, `customer`, `closed_on`, `closed_reason` repeat the open ownership and the live
    endings, written with them by `sales.leads.changing` alone.
    """

    class Closing(models.TextChoices):
        LOST = "lost", _("Lost")
        DISQUALIFIED = "disqualified", _("Does not fit")
        JUNK = "junk", _("Junk")
        DUPLICATE = "duplicate", _("Duplicate")

    owner_paths = ("owner",)

    reference = models.CharField(max_length=100, unique=True, default=lead_reference)
    name = models.CharField(_("name"), max_length=250)
    sort_name = models.CharField(max_length=200, editable=False, default="")
    person = models.CharField(_("person"), max_length=200, blank=True, default="")
    phone = models.CharField(_("phone"), max_length=60, blank=True, default="")
    phone_e164 = models.CharField(max_length=20, blank=True, default="", editable=False)
    email = models.CharField(_("e-mail"), max_length=254, blank=True, default="")
    region = models.CharField(_("region"), max_length=100, blank=True, default="")
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
    source = models.ForeignKey(
        LeadSource, models.PROTECT, null=True, blank=True, verbose_name=_("source")
    )
    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name=_("campaign"),
    )
    expected_amount = ExactDecimalField(_("expected amount"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True, default="", max_length=5000)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        db_index=False,
        verbose_name=_("owner"),
    )
    arrived_at = models.DateTimeField(_("arrived"), default=timezone.now)
    recorded_on = models.DateField(null=True, blank=True, editable=False)
    response_due_at = models.DateTimeField(null=True, blank=True, editable=False)
    # the goal where the clock runs in working hours; empty: all hours count
    working_hours = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    first_touch_at = models.DateTimeField(null=True, blank=True, editable=False)
    converted_on = models.DateField(null=True, blank=True, editable=False)
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, editable=False, related_name="leads"
    )
    # who asks by a public form and is a customer already
    known_customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    closed_on = models.DateField(_("closed on"), null=True, blank=True, editable=False)
    closed_reason = models.CharField(
        _("how it ended"),
        max_length=100,
        choices=Closing,
        blank=True,
        default="",
        editable=False,
    )
    deleted_on = models.DateField(null=True, blank=True, editable=False)
    tags: Any = models.ManyToManyField(
        "customers.Tag", through="LeadTag", related_name="+", editable=False
    )

    everything: ClassVar[models.Manager[Any]] = LeadQuerySet.as_manager()

    class Meta(Owned.Meta):
        indexes = [
            models.Index(fields=["owner", "-arrived_at", "-id"], name="lead_newest"),
            models.Index(fields=["-arrived_at", "-id"], name="lead_all_newest"),
            models.Index(fields=["sort_name", "id"], name="lead_all_by_name"),
            models.Index(
                fields=["owner", "response_due_at"],
                name="lead_waiting",
                condition=Q(
                    first_touch_at__isnull=True,
                    closed_on__isnull=True,
                    converted_on__isnull=True,
                    deleted_on__isnull=True,
                ),
            ),
            # whose clock runs out next, whoever has it
            models.Index(
                fields=["response_due_at"],
                name="lead_clock",
                condition=Q(
                    first_touch_at__isnull=True,
                    closed_on__isnull=True,
                    converted_on__isnull=True,
                    deleted_on__isnull=True,
                ),
            ),
            # what a search found, narrowed to whom it may be shown, from the index alone
            models.Index(
                fields=["id", "owner"], name="lead_found", condition=Q(deleted_on__isnull=True)
            ),
            models.Index(fields=["phone_e164"], name="lead_phone", condition=~Q(phone_e164="")),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("lead-detail", args=[self.pk])

    @classmethod
    def visible_to(cls, user: Any) -> LeadQuerySet:
        return cast(LeadQuerySet, super().visible_to(user))

    @property
    def closing_label(self) -> str:
        """The reason in words; a reason that an import brought stands as written."""
        return str(dict(self.Closing.choices).get(self.closed_reason, self.closed_reason))

    @property
    def is_open(self) -> bool:
        return self.converted_on is None and self.closed_on is None and self.deleted_on is None

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fill_search_columns()
        super().save(*args, **kwargs)

    def fill_search_columns(self) -> None:
        self.sort_name = sort_key(self.name)
        self.phone_e164 = normalise_phone(self.phone)
        self.email = normalise_email(self.email)


class LeadPast(Past, Owned):
    """Where a lead was said to come from before."""

    of = "lead"
    kept = ("source", "campaign", "region")
    owner_paths = ("lead__owner",)

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="past")
    source = models.ForeignKey(LeadSource, models.PROTECT, null=True, related_name="+")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="+")
    region = models.CharField(max_length=100, blank=True, default="")

    class Meta(Owned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["lead", "deleted_on"], name="lead_past_once")
        ]


class LeadOwnership(Fact, Owned):
    """Who answered for a lead from `from_on` to the day before `to_on` (ruling 10)."""

    owner_paths = ("lead__owner",)

    reference = models.CharField(max_length=100, unique=True, default=lead_ownership_reference)
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="ownerships", db_index=False)
    rep = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="lead_ownerships"
    )
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)

    class Meta(Owned.Meta):
        indexes = [models.Index(fields=["lead", "from_on"], name="ownership_of_lead")]
        constraints = [
            models.UniqueConstraint(
                fields=["lead"],
                condition=Q(to_on__isnull=True, deleted_on__isnull=True),
                name="lead_ownership_one_open",
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
                name="lead_ownership_ends_after_start",
            ),
        ]


class LeadEnding(Fact, Owned):
    """A lead was converted, or closed for a reason, on a day. Re-opening deletes the row (ruling 12)."""

    class Kind(models.TextChoices):
        CONVERTED = "converted", _("Became a customer")
        CLOSED = "closed", _("Closed")

    owner_paths = ("lead__owner",)

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="endings", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    on = models.DateField()
    reason = models.CharField(max_length=100, blank=True, default="")
    why = models.ForeignKey(LeadReason, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=500, blank=True, default="")
    reopened_because = models.CharField(max_length=500, blank=True, default="")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="+")

    class Meta(Owned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "kind"],
                condition=Q(deleted_on__isnull=True),
                name="lead_ends_once_a_kind",
            )
        ]
