"""Columns that several targets share."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from customers.importing.columns import Amount, Keyed, Text


class CodeField(forms.CharField):
    """A currency by its three letters."""

    default_validators = [
        RegexValidator(r"^[A-Z]{3}\Z", _("“%(value)s” is no currency code. Write it like EUR."))
    ]

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).upper()


def form_text(form: type[forms.ModelForm], name: str, *also: str, required: bool = False) -> Text:
    """A column read by the field of that name in the screen's form."""
    field = form.base_fields[name]
    return Text(name, field.label, also, required, field=field)


def reference_column(*also: str) -> Text:
    """The reference under which the record is known elsewhere."""
    usual = ("id", "ref", "key", "external id", "номер", "код", "ід", "ідентифікатор")
    field = forms.CharField(max_length=100)
    return Text("reference", _("Reference"), (*also, *usual), field=field)


LANGUAGE = Keyed(
    "language",
    _("Language"),
    also=("lang", "мова"),
    choices=(
        ("uk", _("Ukrainian")),
        ("en", _("English")),
        ("zh", _("Chinese")),
        ("de", _("German")),
        ("pl", _("Polish")),
    ),
    synonyms={"ua": "uk", "українська": "uk", "англійська": "en", "китайська": "zh", "中文": "zh"},
)
CURRENCY = Text("currency", _("Currency"), also=("cur", "ccy", "валюта"), field=CodeField())
RATE = Amount("fx_rate", _("Rate"), also=("rate", "exchange rate", "курс"), above=Decimal(0))
