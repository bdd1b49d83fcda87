"""Forms of customers and contacts: the same validation serves screens and imports."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.lib.text import normalise_email, normalise_phone
from customers.models import Contact, Customer
from team.forms import RecordForm
from team.models import User


class ReachableForm(RecordForm):
    """A record with a phone number and an e-mail."""

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data.get("phone", "").strip()
        if phone and not normalise_phone(phone):
            raise forms.ValidationError(
                _(
                    "This is no complete phone number. Write it like 067 555 01 42 or +380 67 555 01 42."
                )
            )
        return phone

    def clean_email(self) -> str:
        email = normalise_email(self.cleaned_data.get("email", ""))
        if email:
            forms.EmailField(
                error_messages={
                    "invalid": _("This is no e-mail address. It looks like name@company.com.")
                }
            ).clean(email)
        return email


class CustomerForm(ReachableForm):
    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=User.objects.none(), required=False, empty_label=_("Nobody yet")
    )

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

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
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
        return {name: value for name, value in super().typed.items() if name != "owner"}


class ContactForm(ReachableForm):
    class Meta:
        model = Contact
        fields = ["customer", "name", "role", "phone", "email", "language"]
