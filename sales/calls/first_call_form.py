"""The call form for a number or a name that nobody knows yet."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.lib.text import normalise_phone
from crm.lib.typed_fields import PhoneField
from customers.models import Customer
from sales.calls.call_forms import CallForm
from sales.models import Lead

LEAD, CUSTOMER = "lead", "customer"


class FirstCallForm(CallForm):
    """Who it was stands above the call. The number alone will do for a name."""

    becomes = forms.ChoiceField(
        label=_("They become"),
        choices=[(LEAD, _("Lead")), (CUSTOMER, _("Customer"))],
        widget=forms.RadioSelect,
        initial=LEAD,
    )
    who = forms.CharField(label=_("Name or company"), max_length=250, required=False)
    phone = PhoneField(label=_("Phone"), required=False)

    def __init__(self, *args: Any, typed: str = "", **kwargs: Any) -> None:
        super().__init__(*args, subject=Lead(), tries=0, **kwargs)
        for name in ("who", "phone"):
            self.fields[name].widget.attrs["class"] = "form-control"
        self.initial["phone" if normalise_phone(typed).startswith("+") else "who"] = typed

    @property
    def is_first(self) -> bool:
        return True

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if (
            not values.get("who", "").strip()
            and not values.get("phone")
            and "phone" not in self.errors
        ):
            self.add_error("who", _("Write a name or a number: whom did you speak with?"))
        return values

    @property
    def somebody(self) -> Customer | Lead:
        """Whom a valid form is about, not stored yet."""
        values = self.cleaned_data
        named = {"name": values["who"].strip() or values["phone"], "phone": values["phone"] or ""}
        return Customer(**named) if values["becomes"] == CUSTOMER else Lead(**named)
