"""Forms of products and of the price lines of deals."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.lib.formatting import amount_exact
from crm.lib.forms import CurrencyField, PairedLayout
from crm.lib.money import MOST_AMOUNT, line_cents
from crm.lib.text import sort_key
from crm.lib.typed_fields import AmountField
from sales.deals.stage_fields import PercentField
from sales.models import DealLine, Product
from team.forms import RecordForm
from team.models import Company


class ProductForm(PairedLayout, RecordForm):
    price = AmountField(label=_("Price of one"), least=0, required=False)
    cost = AmountField(
        label=_("Cost of one"), least=0, required=False, help_text=_("Tells the margin of deals.")
    )
    pairs = (("price", "cost", "currency"),)

    class Meta:
        model = Product
        fields = ["name", "price", "cost", "currency"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        base = Company.get().base_currency
        self.fields["currency"] = CurrencyField(base, self.instance.currency)

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        others = Product.objects.exclude(pk=self.instance.pk).filter(sort_name=sort_key(name))
        if others.exists():
            raise ValidationError(_("There is one of this name."))
        return name


class ProductField(forms.ModelChoiceField):
    """A product with its price beside it."""

    def label_from_instance(self, product: Product) -> str:
        if product.price is None:
            return product.name
        currency = product.currency or Company.get().base_currency
        return f"{product.name}, {amount_exact(product.price, currency)}"


class LineForm(PairedLayout, RecordForm):
    """A line of the deal of its instance. What is left empty is taken from the product."""

    product = ProductField(
        label=_("Product"), queryset=Product.objects.none(), required=False, empty_label=_("None")
    )
    name = forms.CharField(
        label=_("What is sold"),
        max_length=200,
        required=False,
        help_text=_("Empty: the name of the product."),
    )
    quantity = AmountField(label=_("Quantity"), initial=Decimal(1))
    price = AmountField(
        label=_("Price of one"),
        least=0,
        required=False,
        help_text=_("Empty: as on the price list."),
    )
    discount = PercentField(label=_("Discount, %"), required=False)
    cost = AmountField(label=_("Cost of one"), least=0, required=False)
    pairs = (("quantity", "price"), ("discount", "cost"))

    class Meta:
        model = DealLine
        fields = ["product", "name", "quantity", "price", "discount", "cost"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = self.instance.deal.currency or Company.get().base_currency
        product: Any = self.fields["product"]
        product.queryset = Product.objects.filter(
            Q(is_active=True) | Q(pk=self.instance.product_id)
        )
        product.widget.attrs["autofocus"] = True
        self.fields["price"].label = _("Price of one, %(currency)s") % {"currency": self.currency}
        if not self.instance.discount:
            self.initial["discount"] = None

    def clean_quantity(self) -> Decimal:
        quantity: Decimal = self.cleaned_data["quantity"]
        if quantity <= 0:
            raise ValidationError(_("Say how many: more than none."))
        return quantity

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        values["discount"] = values.get("discount") or Decimal(0)
        product: Product | None = values.get("product")
        if product is not None:
            self._fill_from(product, values)
        if not values.get("name"):
            self.add_error("name", _("Choose a product, or say what is sold."))
        if values.get("price") is None and not self.has_error("price"):
            self.add_error("price", self._why_no_price(product))
        for name in ("price", "cost"):
            if _is_too_much(values, name):
                self.add_error(name, _("This is more than can be kept. Check the zeros."))
        return values

    def _fill_from(self, product: Product, values: dict[str, Any]) -> None:
        """What was left empty; and what the product before had said."""
        same_money = product.currency in ("", self.currency)
        known: dict[str, Any] = {"name": product.name}
        if same_money:
            known |= {"price": product.price, "cost": product.cost}
        another = self.instance.pk is not None and "product" in self.changed_data
        for name, value in known.items():
            left = values.get(name) in (None, "") or (another and name not in self.changed_data)
            if left and not self.has_error(name):
                values[name] = value

    def _why_no_price(self, product: Product | None) -> str:
        if product is None or product.price is None:
            return gettext("Say the price.")
        price = amount_exact(product.price, product.currency)
        told = {"price": price, "currency": self.currency}
        return gettext("The price list says %(price)s. Say the price in %(currency)s.") % told


def _is_too_much(values: dict[str, Any], name: str) -> bool:
    """Whether the whole of it, at this price or cost of one, goes beyond what a row holds."""
    quantity, of_one = values.get("quantity"), values.get(name)
    if quantity is None or of_one is None:
        return False
    return line_cents(quantity, of_one, Decimal(0)) >= MOST_AMOUNT * 100
