"""Deals on their way through stages, with every change kept."""

from typing import Any, ClassVar, cast

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.lib.fields import ExactDecimalField
from crm.lib.money import base_cents
from crm.lib.references import new_reference
from crm.lib.text import sort_key
from customers.models import Contact, Customer
from sales.models.lead import Lead
from sales.models.pipeline import Stage
from sales.querysets import DealQuerySet
from team.models import Fact, Owned, OwnerCopy, Past, Record

OPEN = Q(closed_on__isnull=True, binned_on__isnull=True)


def deal_reference() -> str:
    return new_reference("DE")


def deal_change_reference() -> str:
    return new_reference("DC")


class Deal(Owned, Record):
    """Something a customer may buy. `lead` is the one that it came from: it tells how far that lead got.

    Stage, amount, expected close, reason and competitor repeat the last `DealChange`, written with it by
    `sales.deals.changing` alone. A closed deal keeps its owner: what was lost stays with who lost it.
    """

    owner_paths = ("owner", "customer_owner")
    owner_copies = {"customer_owner": "customer"}

    reference = models.CharField(max_length=100, unique=True, default=deal_reference)
    title = models.CharField(_("title"), max_length=250)
    sort_title = models.CharField(max_length=200, editable=False, default="")
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="deals", verbose_name=_("customer")
    )
    lead = models.ForeignKey(
        Lead,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deals",
        verbose_name=_("lead it came from"),
    )
    contact = models.ForeignKey(
        Contact, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deals",
        db_index=False,
        verbose_name=_("owner"),
    )
    customer_owner = OwnerCopy()
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="deals", verbose_name=_("stage"))
    stage_since = models.DateField(editable=False)
    amount = ExactDecimalField(_("amount"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    fx_rate = ExactDecimalField(_("rate"), default=1)
    # 0 while the amount is unknown, so that lists sort on a column that is never empty
    cents = models.BigIntegerField(default=0, editable=False)
    expected_close_on = models.DateField(_("closes on"), null=True, blank=True)
    opened_on = models.DateField(editable=False)
    closed_on = models.DateField(null=True, blank=True, editable=False)
    reason = models.CharField(_("reason"), max_length=100, blank=True, default="", editable=False)
    competitor = models.CharField(_("competitor"), max_length=100, blank=True, default="")
    note = models.TextField(_("note"), blank=True, default="", max_length=5000)
    binned_on = models.DateField(null=True, blank=True, editable=False)
    tags: Any = models.ManyToManyField(
        "customers.Tag", through="DealTag", related_name="+", editable=False
    )

    everything: ClassVar[models.Manager[Any]] = DealQuerySet.as_manager()

    class Meta(Owned.Meta):
        indexes = [
            models.Index(fields=["owner", "-opened_on", "-id"], name="deal_newest"),
            models.Index(fields=["-opened_on", "-id"], name="deal_all_newest"),
            models.Index(fields=["owner", "-cents", "-id"], name="deal_by_amount"),
            models.Index(fields=["-cents", "-id"], name="deal_all_by_amount"),
            models.Index(fields=["owner", "expected_close_on", "id"], name="deal_by_close"),
            models.Index(fields=["expected_close_on", "id"], name="deal_all_by_close"),
            # the list of open deals, which is what people see first, by the parts it is read in
            models.Index(fields=["owner", "-cents", "-id"], name="deal_open", condition=OPEN),
            models.Index(fields=["-cents", "-id"], name="deal_all_open", condition=OPEN),
            models.Index(
                fields=["customer_owner", "-cents", "-id"],
                name="deal_open_by_customer_owner",
                condition=OPEN & Q(customer__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("deal-detail", args=[self.pk])

    @classmethod
    def visible_to(cls, user: Any) -> DealQuerySet:
        return cast(DealQuerySet, super().visible_to(user))

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fill_columns()
        super().save(*args, **kwargs)

    def fill_columns(self) -> None:
        self.sort_title = sort_key(self.title)
        self.cents = 0 if self.amount is None else base_cents(self.amount, self.fx_rate)


class DealPast(Past, Owned):
    """Whose a deal was, with which customer and from which lead, before; all else is told by its changes."""

    of = "deal"
    kept = ("customer", "lead", "owner")
    since = "opened_on"
    owner_paths = ("deal__owner",)

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="past")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="+")
    lead = models.ForeignKey(Lead, models.PROTECT, null=True, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta(Owned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["deal", "deleted_on"], name="deal_past_once")
        ]


class DealChange(Fact, Owned):
    """One row per change of a deal, append-only; stage periods are derived from day, then reference (ruling 14)."""

    owner_paths = ("deal__owner",)

    reference = models.CharField(max_length=100, unique=True, default=deal_change_reference)
    deal = models.ForeignKey(Deal, models.PROTECT, related_name="changes", db_index=False)
    on = models.DateField()
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    amount = ExactDecimalField(null=True)
    cents = models.BigIntegerField(default=0)
    expected_close_on = models.DateField(null=True)
    reason = models.CharField(max_length=100, blank=True, default="")
    competitor = models.CharField(max_length=100, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta(Owned.Meta):
        indexes = [models.Index(fields=["deal", "on", "reference"], name="changes_of_deal")]
