"""Forms of leads, deals, campaigns, their costs and next steps."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import DecimalValidator
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.lib.forms import ClientRefField, CurrencyField, PairedLayout
from crm.lib.money import MOST
from crm.lib.typed_fields import AmountField, DayField
from customers.forms import ReachableForm
from customers.models import Contact, Customer
from customers.picking import PickField, PickingForm
from sales.deals import SETTLED_FIELDS
from sales.due_days import is_too_far, why_not_due
from sales.models import Activity, Campaign, CampaignCost, Deal, Lead, LossReason, Stage, Task
from team.forms import RecordForm
from team.models import Company, User

NOBODY_YET = _("Nobody yet")


class LeadForm(ReachableForm):
    pairs = (
        ("name", "person"),
        ("phone", "email"),
        ("source", "campaign"),
        ("expected_amount", "region"),
        ("language", "owner"),
    )
    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=User.objects.none(), required=False, empty_label=NOBODY_YET
    )
    expected_amount = AmountField(label=_("Expected amount"), least=0, required=False)

    class Meta:
        model = Lead
        fields = [
            "name",
            "person",
            "phone",
            "email",
            "source",
            "campaign",
            "expected_amount",
            "region",
            "language",
            "note",
        ]

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        source: Any = self.fields["source"]
        source.queryset = source.queryset.filter(Q(is_active=True) | Q(pk=self.instance.source_id))
        if self.instance.pk is not None:
            # an owner changes by handing on, which keeps the periods
            self.fields.pop("owner", None)

    @property
    def first_owner(self) -> User | None:
        """Who answers for the new lead: the one chosen, else a rep themselves."""
        chosen: User | None = self.cleaned_data.get("owner")
        return chosen or (self.viewer if self.viewer.is_rep else None)


class NoteForm(forms.Form):
    """A line for a customer's timeline."""

    client_ref = ClientRefField()
    note = forms.CharField(
        label=_("Note"),
        max_length=5000,
        widget=forms.TextInput(
            attrs={
                "class": "form-control m-grow",
                "autocomplete": "off",
                "placeholder": _("Add a note"),
            }
        ),
        error_messages={"required": _("Write the note first.")},
    )


class CloseLeadForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why it ends"),
        choices=Lead.Closing.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why this lead ends.")},
    )


class OwnerForm(forms.Form):
    """Who is to look after a record, of the people the viewer answers for."""

    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=User.objects.none(), required=False, empty_label=_("Nobody")
    )

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["owner"]
        people.queryset = User.visible_to(viewer).filter(is_active=True)


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
        if "currency" not in self.fields:
            return values
        if values.get("currency") == self.base_currency:
            values["fx_rate"] = Decimal(1)
        elif not self.has_error("fx_rate") and (values.get("fx_rate") or 0) <= 0:
            self.add_error(
                "fx_rate",
                _("Say how many %(base)s one %(currency)s is worth.")
                % {"base": self.base_currency, "currency": values.get("currency")},
            )
        amount, rate = values.get("amount"), values.get("fx_rate")
        if amount is not None and rate is not None and amount * rate >= MOST:
            self.add_error("amount", _("This is more than can be kept. Check the zeros."))
        return values


class DealForm(PricedForm, PickingForm):
    amount = AmountField(label=_("Amount"), least=0, required=False)
    expected_close_on = DayField(label=_("Closes on"), required=False)
    customer = PickField(
        "customer", Customer.everything.none(), label=_("Customer"), required=False
    )
    lead = PickField("lead", Lead.everything.none(), label=_("Lead it came from"), required=False)
    contact = PickField("contact", Contact.everything.none(), label=_("Contact"), required=False)
    pairs = (
        ("customer", "contact"),
        ("lead",),
        ("owner", "stage"),
        ("amount", "currency", "fx_rate"),
        ("expected_close_on", "competitor"),
    )

    class Meta:
        model = Deal
        fields = [
            "title",
            "customer",
            "contact",
            "lead",
            "owner",
            "stage",
            "amount",
            "currency",
            "fx_rate",
            "expected_close_on",
            "competitor",
            "note",
        ]

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        if self.instance.pk is None:
            self._choose_open_stage()
        else:
            # a stage changes by moving, which keeps the history
            del self.fields["stage"]
        if self.instance.closed_on is not None:
            for name in SETTLED_FIELDS:
                self.fields.pop(name, None)

    def _choose_open_stage(self) -> None:
        stage: Any = self.fields["stage"]
        stage.queryset = Stage.objects.filter(kind=Stage.Kind.OPEN, is_active=True)
        stage.empty_label = None
        stage.initial = stage.queryset.first()

    @property
    def first_owner(self) -> User | None:
        """Who works on the new deal: the one chosen, else a rep themselves, else who has the customer or lead."""
        chosen: User | None = self.cleaned_data.get("owner")
        if chosen is None and self.viewer.is_rep:
            return self.viewer
        about = self.cleaned_data.get("customer") or self.cleaned_data["lead"]
        return chosen or about.owner

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        lead, contact, customer = (values.get(name) for name in ("lead", "contact", "customer"))
        if customer is None and lead is not None:
            # a lead that is no customer yet may have a deal all the same
            customer = values["customer"] = lead.customer
        elif customer is None and not self.errors.keys() & {"customer", "lead"}:
            self.add_error("customer", _("Choose a customer, or the lead that it came from."))
        if contact is not None and customer is not None and contact.customer_id != customer.pk:
            self.add_error(
                "contact",
                _("%(contact)s works at another customer.") % {"contact": contact.name},
            )
        return values


class CloseDealForm(forms.Form):
    """What is asked when a deal is won or lost."""

    amount = AmountField(
        label=_("Amount"),
        least=0,
        validators=[DecimalValidator(20, 8)],
        error_messages={"required": _("Say for how much it was won.")},
    )
    reason = forms.ModelChoiceField(
        label=_("Why it was lost"),
        queryset=LossReason.objects.filter(is_active=True),
        to_field_name="key",
        empty_label=_("Choose"),
        error_messages={"required": _("Choose why it was lost.")},
    )
    competitor = forms.CharField(label=_("Lost to"), required=False, max_length=100)
    on = DayField(
        label=_("On"), nearest="last", error_messages={"required": _("Say on which day.")}
    )

    def __init__(self, *args: Any, stage: Stage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unasked = ("reason", "competitor") if stage.kind == Stage.Kind.WON else ("amount",)
        for name in unasked:
            del self.fields[name]
        next(iter(self.fields.values())).widget.attrs["autofocus"] = True

    def clean_reason(self) -> str:
        reason: LossReason = self.cleaned_data["reason"]
        return reason.key


class CampaignForm(PairedLayout, RecordForm):
    started_on = DayField(label=_("Starts on"), required=False)
    ended_on = DayField(label=_("Last day"), required=False)
    pairs = (("channel", "owner"), ("started_on", "ended_on"))

    class Meta:
        model = Campaign
        fields = ["name", "channel", "started_on", "ended_on", "owner", "note"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        started, ended = values.get("started_on"), values.get("ended_on")
        if started and ended and ended < started:
            self.add_error("ended_on", _("The last day lies before the first."))
        return values


class CostForm(PricedForm):
    on = DayField(label=_("Day"), nearest="last")
    amount = AmountField(label=_("Amount"))
    pairs = (("on", "amount"), ("currency", "fx_rate"))

    class Meta:
        model = CampaignCost
        fields = ["on", "amount", "currency", "fx_rate"]


class TaskForm(PairedLayout, PickingForm):
    """A next step about one customer, lead or deal; `about` names which, where it is known beforehand."""

    pairs = (("title", "kind"), ("due_on", "due_at"), ("customer", "lead", "deal"))
    SUBJECTS = ("customer", "lead", "deal")
    KINDS = (
        Activity.Kind.CALL,
        Activity.Kind.EMAIL,
        Activity.Kind.MESSAGE,
        Activity.Kind.MEETING,
        Activity.Kind.VISIT,
        Activity.Kind.DEMO,
        Activity.Kind.PROPOSAL,
        Activity.Kind.OTHER,
    )

    due_on = DayField(label=_("Due"))
    customer = PickField(
        "customer", Customer.everything.none(), label=_("Customer"), required=False
    )
    lead = PickField("lead", Lead.everything.none(), label=_("Lead"), required=False)
    deal = PickField("deal", Deal.everything.none(), label=_("Deal"), required=False)

    class Meta:
        model = Task
        fields = ["title", "kind", "due_on", "due_at", "customer", "lead", "deal", "owner", "note"]

    def __init__(self, *args: Any, viewer: User, about: str = "", **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        kind: Any = self.fields["kind"]
        kinds = dict.fromkeys([*self.KINDS, Activity.Kind(self.instance.kind)])
        kind.choices = [(key, key.label) for key in kinds]
        kept = about or next((n for n in self.SUBJECTS if getattr(self.instance, f"{n}_id")), "")
        for name in self.SUBJECTS:
            if kept and name != kept:
                self.fields.pop(name, None)

    def clean_due_on(self) -> Any:
        day = self.cleaned_data["due_on"]
        if "due_on" in self.changed_data and (why := why_not_due(day, Company.get().today)):
            raise forms.ValidationError(why)
        return day

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        deal = values.get("deal")
        if deal is not None and values.get("customer") is None:
            values["customer"] = deal.customer
        return values

    @property
    def first_owner(self) -> User:
        chosen: User | None = self.cleaned_data.get("owner")
        return chosen or self.viewer


class RescheduleForm(PairedLayout, forms.Form):
    """A new day, written or as a number of days from today."""

    due_on = DayField(label=_("Due"), required=False)
    due_at = forms.TimeField(label=_("Hour"), required=False)
    days = forms.IntegerField(required=False, min_value=0, max_value=366, widget=forms.HiddenInput)
    pairs = (("due_on", "due_at"),)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("days") is not None:
            values["due_on"] = Company.get().today + timedelta(days=values["days"])
        elif values.get("due_on") is None and not self.has_error("due_on"):
            self.add_error("due_on", _("Choose the new day."))
        elif values.get("due_on") and (
            too_far := is_too_far(values["due_on"], Company.get().today)
        ):
            self.add_error("due_on", too_far)
        return values
