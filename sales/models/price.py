"""What is sold at which price: products that administrators keep, and the price lines of deals."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.lib.fields import ExactDecimalField
from crm.lib.money import cents_to_amount, line_cents
from crm.lib.text import sort_key
from sales.models.deal import Deal
from team.models import Owned, Record


class Product(Record):
    """Something on the price list. Lines keep what they were given: a new price changes no deal."""

    name = models.CharField(_("name"), max_length=200)
    sort_name = models.CharField(max_length=200, editable=False, default="")
    price = ExactDecimalField(_("price of one"), null=True, blank=True)
    cost = ExactDecimalField(_("cost of one"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["sort_name", "id"]
        indexes = [models.Index(fields=["sort_name", "id"], name="product_by_name")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_name = sort_key(self.name)
        super().save(*args, **kwargs)


class DealLine(Owned, Record):
    """A line of a deal's price, in the deal's currency. The deal's amount is the sum of its lines, if it has any.

    `amount` is rounded to the cent once. `cost` is of one, null where nobody knows it. `removed_on`: taken off.
    """

    owner_paths = ("deal__owner",)

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="lines")
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    name = models.CharField(_("what is sold"), max_length=200, blank=True)
    quantity = ExactDecimalField(_("quantity"), default=1)
    price = ExactDecimalField(_("price of one"))
    discount = ExactDecimalField(_("discount"), default=0)
    cost = ExactDecimalField(_("cost of one"), null=True, blank=True)
    amount = ExactDecimalField(editable=False, default=0)
    removed_on = models.DateField(null=True, editable=False)

    class Meta(Owned.Meta):
        pass

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.amount = cents_to_amount(line_cents(self.quantity, self.price, self.discount))
        super().save(*args, **kwargs)

    @property
    def whole_cost(self) -> Decimal | None:
        """What all of it costs, to the cent."""
        if self.cost is None:
            return None
        return cents_to_amount(line_cents(self.quantity, self.cost, Decimal(0)))

    @property
    def margin(self) -> Decimal | None:
        return None if self.whole_cost is None else self.amount - self.whole_cost
