"""What customers buy, under which contracts, and what they answered."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.lib.fields import ExactDecimalField
from crm.lib.money import base_cents
from crm.lib.references import new_reference
from customers.models.customer import Customer
from team.models import Fact, Owned


def revenue_reference() -> str:
    return new_reference("RV")


def contract_reference() -> str:
    return new_reference("CT")


def survey_reference() -> str:
    return new_reference("SU")


class Revenue(Fact, Owned):
    """An order or invoice line; negative = refund or credit. Never edited: reverse and write anew.

    Amount, cost and rate as given; `cents` and `cost_cents` in the company's currency, computed once (R5).
    """

    owner_paths = ("customer__owner",)

    reference = models.CharField(max_length=100, unique=True, default=revenue_reference)
    order_ref = models.CharField(max_length=100, blank=True, default="")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="revenue", db_index=False)
    on = models.DateField()
    product = models.CharField(max_length=200, blank=True, default="")
    rep = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="credited",
        db_index=False,
    )
    amount = ExactDecimalField()
    currency = models.CharField(max_length=3, blank=True, default="")
    fx_rate = ExactDecimalField(default=1)
    cost = ExactDecimalField(null=True, blank=True)
    cents = models.BigIntegerField(editable=False)
    cost_cents = models.BigIntegerField(null=True, editable=False)

    class Meta(Owned.Meta):
        indexes = [
            models.Index(fields=["customer", "on"], name="revenue_of_customer"),
            models.Index(fields=["rep", "on"], name="revenue_of_rep"),
            models.Index(fields=["recorded_on"], name="revenue_recorded"),
            models.Index(
                fields=["deleted_on"], name="revenue_deleted", condition=Q(deleted_on__isnull=False)
            ),
        ]

    def fill_cents(self) -> None:
        """R5, by row; `bulk_create` callers call this themselves."""
        self.cents = base_cents(self.amount, self.fx_rate)
        self.cost_cents = None if self.cost is None else base_cents(self.cost, self.fx_rate)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fill_cents()
        super().save(*args, **kwargs)


class PurchaseDay(models.Model):
    """Roll-up of today's knowledge: what a surviving customer bought on a day with a purchase (R6, R7).

    `day` is an integer day (days since 1970-01-01), `cents` the net sum of the day's purchases, refunds of
    any date included, `purchases` their number. It is the customer's `n`-th purchase day since `first_day`, with
    `so_far` purchases up to it; `gap`: days since the purchase day before, null on the first; `next_day`: the one
    after it, null on the last. `halves`: the doubled median of the last `gap_memory` gaps by then, null on the
    first day. Without test customers. Written by `customers.purchases` alone.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+", db_index=False)
    day = models.IntegerField()
    cents = models.BigIntegerField()
    purchases = models.PositiveIntegerField(default=1)
    n = models.PositiveIntegerField()
    first_day = models.IntegerField()
    so_far = models.PositiveIntegerField()
    gap = models.PositiveIntegerField(null=True)
    next_day = models.IntegerField(null=True)
    halves = models.PositiveIntegerField(null=True)
    # 0: halves not worked out yet
    gap_memory = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "day"], name="purchase_day_once")
        ]


class Contract(Fact, Owned):
    """Cover from `start_on` to `end_on` (last day; empty = open), or to `cancelled_on` if that is earlier.

    Written by `customers.contracts` on screens. No report reads `title` and `by`.
    """

    owner_paths = ("customer__owner",)

    reference = models.CharField(max_length=100, unique=True, default=contract_reference)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="contracts")
    start_on = models.DateField(_("starts on"))
    end_on = models.DateField(_("last day"), null=True, blank=True)
    cancelled_on = models.DateField(_("cancelled, last day of cover"), null=True, blank=True)
    title = models.CharField(_("what it is about"), max_length=200, blank=True, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta(Owned.Meta):
        pass

    def __str__(self) -> str:
        return self.title or self.reference

    @property
    def last_day(self) -> date | None:
        """None: open."""
        ends = [day for day in (self.end_on, self.cancelled_on) if day is not None]
        return min(ends, default=None)


class Survey(Fact, Owned):
    """A question sent to a customer and its answer: nps 0-10, csat 1-5.

    Written by `customers.answers` on screens. No report reads `source`, `comment` and `by`.
    """

    class Kind(models.TextChoices):
        NPS = "nps", _("Would recommend (0-10)")
        CSAT = "csat", _("Satisfaction (1-5)")

    class Source(models.TextChoices):
        CALL = "call", _("on the phone")
        MEETING = "meeting", _("in a meeting")
        EMAIL = "email", _("by e-mail")
        FORM = "form", _("in a form")
        OTHER = "other", _("elsewhere")
        # entered with a call, which shows it
        LOGGED = "logged", _("in a call")

    SCALES = {Kind.NPS: range(11), Kind.CSAT: range(1, 6)}

    owner_paths = ("customer__owner",)

    reference = models.CharField(max_length=100, unique=True, default=survey_reference)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="surveys")
    kind = models.CharField(max_length=10, choices=Kind)
    score = models.SmallIntegerField(null=True, blank=True)
    sent_on = models.DateField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=10, choices=Source, blank=True, default="")
    comment = models.TextField(_("comment"), max_length=1000, blank=True, default="")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta(Owned.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(score__isnull=True)
                | Q(kind="nps", score__gte=0, score__lte=10)
                | Q(kind="csat", score__gte=1, score__lte=5),
                name="survey_score_on_scale",
            )
        ]

    @property
    def top(self) -> int:
        """The best answer of its scale."""
        return max(self.SCALES[self.Kind(self.kind)])

    @property
    def is_unhappy(self) -> bool:
        """A detractor, or a score below the middle."""
        least = {self.Kind.NPS: 7, self.Kind.CSAT: 3}[self.Kind(self.kind)]
        return self.score is not None and self.score < least
