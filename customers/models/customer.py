"""Customers, the people there, who looked after them when, and merges."""

from datetime import date
from typing import Any, ClassVar, cast

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.lib.references import new_reference
from crm.lib.text import normalise_email, normalise_phone, sort_key
from customers.querysets import ContactQuerySet, CustomerQuerySet
from team.models import Fact, Owned, Past, Record


def customer_reference() -> str:
    return new_reference("CU")


def contact_reference() -> str:
    return new_reference("CO")


def ownership_reference() -> str:
    return new_reference("OW")


LISTED = Q(binned_on__isnull=True, merged_into__isnull=True)


class Customer(Owned, Record):
    """Whom we serve.

    `owner` repeats the open period and `merged_into` names whom it counts for in the end, written with periods
    and merges by one writer each; a merged customer has the owner of its survivor, whoever its own period names.
    The columns below `owner` are a roll-up of today's knowledge, written by `customers.purchases` alone;
    they serve lists and Today, reports compute their own. Money in cents of the company's currency.
    """

    owner_paths = ("owner",)

    reference = models.CharField(max_length=100, unique=True, default=customer_reference)
    name = models.CharField(_("name"), max_length=250)
    sort_name = models.CharField(max_length=200, editable=False, default="")
    segment = models.CharField(_("segment"), max_length=100, blank=True, default="")
    region = models.CharField(_("region"), max_length=100, blank=True, default="")
    place = models.CharField(_("place"), max_length=150, blank=True, default="")
    phone = models.CharField(_("phone"), max_length=60, blank=True, default="")
    phone_e164 = models.CharField(max_length=20, blank=True, default="", editable=False)
    email = models.CharField(_("e-mail"), max_length=254, blank=True, default="")
    website = models.URLField(_("website"), blank=True, default="")
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    note = models.TextField(_("note"), blank=True, default="", max_length=5000)
    is_test = models.BooleanField(_("test customer"), default=False)
    recorded_on = models.DateField(null=True, blank=True, editable=False)
    binned_on = models.DateField(null=True, blank=True, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="customers",
        db_index=False,
        verbose_name=_("owner"),
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged"
    )

    tags: Any = models.ManyToManyField(
        "Tag", through="CustomerTag", related_name="+", editable=False
    )

    last_purchase_on = models.DateField(null=True, editable=False)
    purchases = models.PositiveIntegerField(default=0, editable=False)
    typical_half_days = models.PositiveIntegerField(null=True, editable=False)
    threshold_half_days = models.PositiveIntegerField(null=True, editable=False)
    lost_on = models.DateField(null=True, editable=False)
    # the first day of early warning under the simple rule
    at_risk_on = models.DateField(null=True, editable=False)
    annual_cents = models.BigIntegerField(default=0, editable=False)

    everything: ClassVar[models.Manager[Any]] = CustomerQuerySet.as_manager()

    class Meta(Owned.Meta):
        indexes = [
            models.Index(fields=["owner", "sort_name", "id"], name="customer_by_name"),
            # where lists begin: counted and added up from the index alone
            models.Index(
                fields=["owner", "-annual_cents", "-id"], name="customer_by_value", condition=LISTED
            ),
            models.Index(fields=["owner", "lost_on", "id"], name="customer_by_lost_on"),
            models.Index(fields=["owner", "last_purchase_on", "id"], name="customer_by_last"),
            models.Index(fields=["sort_name", "id"], name="customer_all_by_name"),
            models.Index(
                fields=["-annual_cents", "-id"], name="customer_all_by_value", condition=LISTED
            ),
            models.Index(fields=["lost_on", "id"], name="customer_all_by_lost_on"),
            models.Index(fields=["last_purchase_on", "id"], name="customer_all_by_last"),
            # what a search found, narrowed to whom it may be shown and put in order, from the index alone
            models.Index(
                fields=["id", "owner", "annual_cents"], name="customer_found", condition=LISTED
            ),
            models.Index(fields=["phone_e164"], name="customer_phone", condition=~Q(phone_e164="")),
            models.Index(fields=["id"], name="customer_tests", condition=Q(is_test=True)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="customer_not_merged_into_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("customer-detail", args=[self.pk])

    @classmethod
    def visible_to(cls, user: Any) -> CustomerQuerySet:
        return cast(CustomerQuerySet, super().visible_to(user))

    @property
    def is_listed(self) -> bool:
        """Neither in the bin nor merged into another."""
        return self.binned_on is None and self.merged_into_id is None

    @property
    def survivor(self) -> "Customer":
        """Whom it counts for: itself, unless it was merged.

        Lists prefetch `customer__merged_into`: one query where somebody was merged at all, while a join made PostgreSQL
        walk the contacts of the company (12 ms without it, 156 with).
        """
        return self.merged_into or self

    def state_on(self, today: date) -> str:
        """buying, at-risk, lost or never (nothing bought), as `CustomerQuerySet.in_state` names them."""
        if self.lost_on is not None and self.lost_on <= today:
            return "lost"
        if self.at_risk_on is not None and self.at_risk_on <= today:
            return "at-risk"
        return "buying" if self.purchases else "never"

    def silent_on(self, today: date) -> int | None:
        """Days since the last purchase."""
        return None if self.last_purchase_on is None else (today - self.last_purchase_on).days

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fill_search_columns()
        super().save(*args, **kwargs)

    def fill_search_columns(self) -> None:
        """Columns derived from what was typed; `bulk_create` callers call this themselves."""
        self.sort_name = sort_key(self.name)
        self.phone_e164 = normalise_phone(self.phone)
        self.email = normalise_email(self.email)


class CustomerPast(Past, Owned):
    """Whether a customer was a test before. Segment and region are told as of today (loss-reports R2)."""

    of = "customer"
    kept = ("is_test",)
    owner_paths = ("customer__owner",)

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="past")
    is_test = models.BooleanField()

    class Meta(Owned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["customer", "deleted_on"], name="customer_past_once")
        ]


class Contact(Owned, Record):
    """A person at a customer."""

    owner_paths = ("customer__owner",)

    reference = models.CharField(max_length=100, unique=True, default=contact_reference)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="contacts", verbose_name=_("customer")
    )
    name = models.CharField(pgettext_lazy("person", "name"), max_length=200)
    sort_name = models.CharField(max_length=200, editable=False, default="")
    role = models.CharField(_("role"), max_length=150, blank=True, default="")
    is_main = models.BooleanField(default=False, editable=False)
    phone = models.CharField(_("phone"), max_length=60, blank=True, default="")
    phone_e164 = models.CharField(max_length=20, blank=True, default="", editable=False)
    email = models.CharField(_("e-mail"), max_length=254, blank=True, default="")
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
    binned_on = models.DateField(null=True, blank=True, editable=False)
    tags: Any = models.ManyToManyField(
        "Tag", through="ContactTag", related_name="+", editable=False
    )

    everything: ClassVar[models.Manager[Any]] = ContactQuerySet.as_manager()

    class Meta(Owned.Meta):
        indexes = [
            models.Index(fields=["sort_name", "id"], name="contact_all_by_name"),
            models.Index(fields=["phone_e164"], name="contact_phone", condition=~Q(phone_e164="")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(is_main=True), name="contact_one_main"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def visible_to(cls, user: Any) -> ContactQuerySet:
        return cast(ContactQuerySet, super().visible_to(user))

    def get_absolute_url(self) -> str:
        return reverse("customer-detail", args=[self.customer_id])

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fill_search_columns()
        super().save(*args, **kwargs)

    def fill_search_columns(self) -> None:
        self.sort_name = sort_key(self.name)
        self.phone_e164 = normalise_phone(self.phone)
        self.email = normalise_email(self.email)


class Ownership(Fact, Owned):
    """Who looked after a customer from `from_on` to the day before `to_on`. Written by `customers.ownership`."""

    owner_paths = ("customer__owner",)

    reference = models.CharField(max_length=100, unique=True, default=ownership_reference)
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="ownerships", db_index=False
    )
    rep = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="ownerships"
    )
    from_on = models.DateField()
    to_on = models.DateField(null=True, blank=True)

    class Meta(Owned.Meta):
        indexes = [models.Index(fields=["customer", "from_on"], name="ownership_of_customer")]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(to_on__isnull=True, deleted_on__isnull=True),
                name="ownership_one_open",
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=F("from_on")),
                name="ownership_ends_after_start",
            ),
        ]


class Merge(Fact, Owned):
    """`customer` became part of `into` on a day. Nothing is re-pointed: readers follow the survivor.

    Loaded without a day it is kept and never counts.
    """

    owner_paths = ("customer__owner",)

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="merges", db_index=False)
    into = models.ForeignKey(Customer, models.PROTECT, related_name="absorbed")
    merged_on = models.DateField(null=True)
    client_ref = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    # values that the survivor got: by field, what it said before and what it got
    taken = models.JSONField(default=dict, editable=False)

    class Meta(Owned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(deleted_on__isnull=True), name="merge_one_live"
            ),
            models.CheckConstraint(condition=~Q(customer=F("into")), name="merge_not_into_itself"),
        ]
