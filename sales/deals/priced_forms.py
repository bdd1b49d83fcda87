"""What forms of an amount in a currency have in common."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.lib.forms import CurrencyField, PairedLayout
from crm.lib.money import MOST
from crm.lib.typed_fields import AmountField
from team.forms import RecordForm
from team.models import Company


class RateField(AmountField):
    """How much one unit of a currency is worth: no rate has thousands, so its one sign is the decimal."""

    def read(self, text: str) -> Decimal:
        self.decimal = "."
        return super().read(text.replace(",", "."))


class PricedForm(PairedLayout, RecordForm):
    """A record with an amount in a currency, and the rate of that currency to the company's."""

    fx_rate = RateField(label=_("Rate"), least=0, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.base_currency = Company.get().base_currency
        if "currency" in self.fields:
            self.fields["currency"] = CurrencyField(self.base_currency, self.instance.currency)
            rate = self.fields["fx_rate"]
            rate.label = _("Rate to %(currency)s") % {"currency": self.base_currency}
            rate.help_text = _("Only for another currency.")
            if self.instance.currency in ("", self.base_currency):
                self.initial["fx_rate"] = None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if "fx_rate" not in self.fields:
            return values
        # without a field of its own the currency stays
        currency = values.get("currency", self.instance.currency or self.base_currency)
        if currency == self.base_currency:
            values["fx_rate"] = Decimal(1)
        elif not self.has_error("fx_rate") and (values.get("fx_rate") or 0) <= 0:
            self.add_error(
                "fx_rate",
                _("Say how many %(base)s one %(currency)s is worth.")
                % {"base": self.base_currency, "currency": currency},
            )
        amount, rate = values.get("amount"), values.get("fx_rate")
        if amount is not None and rate is not None and amount * rate >= MOST:
            self.add_error("amount", _("This is more than can be kept. Check the zeros."))
        return values
