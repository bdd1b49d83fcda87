"""Forms of customers and contacts: the same validation serves screens and imports."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.lib.forms import CurrencyField, LanguageField, PairedLayout
from crm.lib.typed_fields import AddressField, PhoneField
from customers.models import Contact, Customer
from customers.picking import PickField, PickingForm
from team.access import leads_others
from team.forms import RecordForm
from team.models import Company, User


class ReachableForm(PairedLayout, RecordForm):
    """A record with a phone number and an e-mail."""

    phone = PhoneField(label=_("Phone"), required=False)
    email = AddressField(label=_("E-mail"), required=False)

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        if "language" in self.fields:
            self.fields["language"] = LanguageField(self.instance.language)


class CustomerForm(ReachableForm):
    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=User.objects.none(), required=False, empty_label=_("Nobody yet")
    )
    website = forms.URLField(label=_("Website"), required=False, assume_scheme="https")
    pairs = (("segment", "region"), ("phone", "email"), ("language", "currency"))

    class Meta:
        model = Customer
        fields = [
            "name",
            "segment",
            "region",
            "place",
            "phone",
            "email",
            "website",
            "language",
            "currency",
            "note",
            "is_test",
        ]
        help_texts = {
            "is_test": _("Left out of all figures from today on; reports of earlier days keep it."),
        }

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        if not leads_others(viewer):
            # out of the figures by which a rep is judged: not for the rep to say
            del self.fields["is_test"]
        self.fields["currency"] = CurrencyField(Company.get().base_currency, self.instance.currency)
        if self.instance.pk is not None:
            # an owner changes by handing over, never by an edit
            self.fields.pop("owner", None)

    @property
    def first_owner(self) -> User | None:
        """Who will look after the new customer: the one chosen, else a rep themselves."""
        chosen: User | None = self.cleaned_data.get("owner")
        return chosen or (self.viewer if self.viewer.is_rep else None)

    @property
    def typed(self) -> dict[str, Any]:
        return {
            name: value for name, value in super().typed.items() if name not in ("owner", "second")
        }


class ContactForm(ReachableForm, PickingForm):
    customer = PickField("customer", Customer.everything.none(), label=_("Customer"))
    pairs = (("name", "role"), ("phone", "email"))

    class Meta:
        model = Contact
        fields = ["customer", "name", "role", "phone", "email", "language"]
