"""The one screen on which a lead becomes a customer: which, whom we speak to there, and what they may buy."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Fieldset, Layout, Row
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from crm.lib.forms import LanguageField
from crm.lib.text import normalise_email, normalise_phone
from crm.lib.typed_fields import AddressField, AmountField, DayField, PhoneField
from customers.duplicates import Duplicates, possible_duplicates
from customers.models import Contact, Customer
from customers.picking import PickField
from sales.deals.stage_fields import StageField
from sales.leads.converting import Becomes
from sales.models import Deal, Lead, Stage
from team.models import User

NEW, OTHER = "new", "other"


class ConvertForm(forms.Form):
    """Customers in the viewer's sight who may be meant are offered first; a new one is made of the lead."""

    target = forms.ChoiceField(
        label=_("Do we know them already?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    other = PickField("customer", Customer.everything.none(), label=_("Which one"), required=False)
    name = forms.CharField(
        label=_("Name"),
        max_length=250,
        error_messages={"required": _("Say what the customer is called.")},
    )
    segment = forms.CharField(label=_("Segment"), max_length=100, required=False)
    region = forms.CharField(label=_("Region"), max_length=100, required=False)
    person = forms.CharField(label=_("Person"), max_length=200, required=False)
    role = forms.CharField(label=_("Role"), max_length=100, required=False)
    phone = PhoneField(label=_("Phone"), required=False)
    email = AddressField(label=_("E-mail"), required=False)
    with_deal = forms.BooleanField(label=_("Open a deal"), required=False)
    title = forms.CharField(
        label=_("What they may buy"),
        max_length=250,
        error_messages={"required": _("Say what they may buy.")},
    )
    stage = StageField(empty_label=None)
    amount = AmountField(label=_("Amount"), least=0, required=False)
    expected_close_on = DayField(label=_("Closes on"), required=False)
    parts = (
        (_("Customer"), ("target", "other", "name", ("segment", "region", "language"))),
        (_("Whom we speak to"), (("person", "role"), ("phone", "email"))),
        (_("Deal"), ("with_deal", "title", ("stage", "amount", "expected_close_on"))),
    )

    def __init__(self, *args: Any, lead: Lead, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = _told(lead)
        self.lead, self.viewer = lead, viewer
        self.fields["language"] = LanguageField(lead.language)
        other: Any = self.fields["other"]
        other.viewer = viewer
        other.queryset = Customer.visible_to(viewer).listed()
        stage: Any = self.fields["stage"]
        stage.queryset = Stage.objects.offered().open()
        stage.initial = stage.queryset.first()
        target: Any = self.fields["target"]
        target.choices = [
            *((str(one.pk), str(one)) for one in self.meant),
            (NEW, _("A new customer")),
            (OTHER, _("Another customer…")),
        ]
        self.initial["target"] = target.choices[0][0]
        if self.is_bound:
            # what the choice does not need is out of sight
            self.fields["name"].required = self.data.get("target") == NEW
            for name in ("title", "stage"):
                self.fields[name].required = bool(self.data.get("with_deal"))

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag, helper.disable_csrf = False, True
        helper.layout = Layout(*(_part(legend, rows) for legend, rows in self.parts))
        return helper

    @cached_property
    def found(self) -> Duplicates:
        """Who may be meant by the lead; told of those beyond the viewer's sight is only that there are some."""
        lead = self.lead
        return possible_duplicates(
            self.viewer, "customer", name=lead.name, phone=lead.phone, email=lead.email
        )

    @cached_property
    def meant(self) -> list[Customer]:
        """The customers among them, also those whose contact has the number or e-mail."""
        rows = [one.row for one in self.found.known]
        customers = [row.customer if isinstance(row, Contact) else row for row in rows]
        offered: Any = self.fields["other"]
        ids = {one.pk for one in customers if isinstance(one, Customer)}
        return list(offered.queryset.filter(pk__in=ids).order_by("sort_name", "pk"))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        target = values.get("target")
        if target == OTHER and values.get("other") is None and not self.has_error("other"):
            self.add_error("other", _("Choose the customer."))
        if not values.get("person") and (values.get("role") or self._is_reached_anew(values)):
            self.add_error("person", _("Say who this is, or leave the contact empty."))
        return values

    def _is_reached_anew(self, values: dict[str, Any]) -> bool:
        """Another number or e-mail than the lead's was typed for a person without a name."""
        phone, email = (values.get(name) or "" for name in ("phone", "email"))
        known = {"", self.lead.phone_e164}, {"", self.lead.email}
        return normalise_phone(phone) not in known[0] or normalise_email(email) not in known[1]

    def becomes(self) -> Becomes:
        return Becomes(self._customer(), self._contact(), self._deal())

    def _customer(self) -> Customer:
        values = self.cleaned_data
        if values["target"] == OTHER:
            chosen: Customer = values["other"]
            return chosen
        if values["target"] != NEW:
            return next(one for one in self.meant if str(one.pk) == values["target"])
        told = {name: values[name] for name in ("name", "segment", "region", "language")}
        return Customer(**told, phone=values["phone"], email=values["email"])

    def _contact(self) -> Contact | None:
        values = self.cleaned_data
        if not values["person"]:
            return None
        told = {name: values[name] for name in ("role", "phone", "email", "language")}
        return Contact(name=values["person"], **told)

    def _deal(self) -> Deal | None:
        values = self.cleaned_data
        if not values["with_deal"]:
            return None
        told = {name: values[name] for name in ("title", "amount", "expected_close_on")}
        return Deal(**told, stage=values["stage"])


def _part(legend: Any, rows: tuple[Any, ...]) -> Fieldset:
    """Short fields of a row side by side."""
    return Fieldset(
        legend, *(row if isinstance(row, str) else Row(*map(Column, row)) for row in rows)
    )


def _told(lead: Lead) -> dict[str, Any]:
    """What the lead says already. A lead that has a deal needs no second one."""
    has_deal = Deal.everything.listed().open().filter(lead=lead).exists()
    names = ("name", "region", "person", "phone", "email", "language")
    told = {name: getattr(lead, name) for name in names}
    return told | {"title": lead.name, "amount": lead.expected_amount, "with_deal": not has_deal}
