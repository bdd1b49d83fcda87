"""Forms of deals: opening and editing one, moving it, winning and losing it."""

from typing import Any

from django import forms
from django.core.validators import DecimalValidator
from django.utils.translation import gettext_lazy as _

from crm.lib.forms import VersionField
from crm.lib.typed_fields import AmountField, DayField
from customers.models import Contact, Customer
from customers.picking import PickField, PickingForm
from sales.deals.changing import PRICED_FIELDS, SETTLED_FIELDS
from sales.deals.price_lines import has_lines
from sales.deals.priced_forms import PricedForm
from sales.deals.stage_fields import StageField
from sales.models import Deal, Lead, LossReason, Stage
from team.models import User


class DealForm(PricedForm, PickingForm):
    amount = AmountField(label=_("Amount"), least=0, required=False)
    expected_close_on = DayField(label=_("Closes on"), required=False)
    stage = StageField(empty_label=None)
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
        settled = SETTLED_FIELDS if self.instance.closed_on is not None else ()
        for name in {*settled, *self._priced()}:
            self.fields.pop(name, None)

    def _priced(self) -> tuple[str, ...]:
        """What price lines say, and the rate where there is none to say."""
        if self.instance.pk is None or not has_lines(self.instance):
            return ()
        foreign = self.instance.currency not in ("", self.base_currency)
        return PRICED_FIELDS if foreign else (*PRICED_FIELDS, "fx_rate")

    def _choose_open_stage(self) -> None:
        """In the pipeline that the address names, where it names one."""
        stage: Any = self.fields["stage"]
        stage.queryset = Stage.objects.offered().open()
        asked = self.initial.pop("pipeline", None)
        stages = list(stage.queryset)
        of_it = [one for one in stages if one.pipeline.key == asked]
        stage.initial = next(iter(of_it or stages), None)

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
        if (
            contact is not None
            and customer is not None
            and (contact.customer.survivor.pk != customer.survivor.pk)
        ):
            self.add_error(
                "contact",
                _("%(contact)s works at another customer.") % {"contact": contact.name},
            )
        return values


class MoveForm(forms.Form):
    """The deal as it was when its move was chosen."""

    version = VersionField(required=False)


class CloseDealForm(MoveForm):
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

    def __init__(self, *args: Any, stage: Stage, deal: Deal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unasked = ("reason", "competitor") if stage.kind == Stage.Kind.WON else ("amount",)
        for name in unasked:
            del self.fields[name]
        if "amount" in self.fields and has_lines(deal):
            amount = self.fields["amount"]
            amount.disabled, self.initial["amount"] = True, deal.amount
            amount.help_text = _("The sum of its price lines.")
        first = next(
            field
            for field in self.fields.values()
            if not (field.widget.is_hidden or field.disabled)
        )
        first.widget.attrs["autofocus"] = True

    def clean_reason(self) -> str:
        reason: LossReason = self.cleaned_data["reason"]
        return reason.key
