"""What a visitor fills in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.lib.typed_fields import AddressField, AmountField, PhoneField
from sales.models import WebForm
from sales.public.web_posts import ORIGIN

# Machines fill in whatever they find; people do not see this one.
TRAP = "subject2"
Ask = WebForm.Ask


class PublicForm(forms.Form):
    """A name, a phone or an e-mail, and what else the form asks for."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Write your name.")},
    )
    company = forms.CharField(
        label=_("Company"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    phone = PhoneField(
        label=_("Phone"),
        required=False,
        help_text=_("A phone number or an e-mail is enough."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    email = AddressField(
        label=_("E-mail"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    region = forms.CharField(
        label=_("Region"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level1"}),
    )
    budget = AmountField(label=_("Budget"), least=0, required=False)
    message = forms.CharField(
        label=_("What do you need?"),
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, form: WebForm, currency: str, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name in Ask.values:
            if name not in form.asks:
                del self.fields[name]
        if Ask.BUDGET in self.fields:
            self.fields[Ask.BUDGET].label = _("Budget, %(currency)s") % {"currency": currency}

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not (
            values.get("phone") or values.get("email") or self.errors.keys() & {"phone", "email"}
        ):
            self.add_error("phone", _("Write a phone number or an e-mail, so that we can answer."))
        return values

    @property
    def said(self) -> dict[str, str]:
        """What was written, without what was left empty."""
        return {
            name: str(value) for name, value in self.cleaned_data.items() if value not in ("", None)
        }


def origin_of(*places: Any) -> dict[str, str]:
    """The campaign words, of the first place that has them: what was sent, then its address."""
    found = {}
    for name in ORIGIN:
        text = next((place[name] for place in places if place.get(name)), "")
        text = " ".join(text.replace("\0", "").split())[:200]
        if text:
            found[name] = text
    return found
