"""Forms of contracts and of answers about satisfaction."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.lib.forms import ClientRefField, PairedLayout
from crm.lib.periods import SINCE_EVER, add_months
from crm.lib.typed_fields import DayField
from customers.models import Contract, Survey
from team.models import Company

DAY = timedelta(days=1)
ASKED = [choice for choice in Survey.Source.choices if choice[0] != Survey.Source.LOGGED]


class ContractForm(PairedLayout, forms.Form):
    client_ref = ClientRefField()
    title = forms.CharField(label=_("What it is about"), max_length=200, required=False)
    start_on = DayField(label=_("Starts on"), nearest="either")
    end_on = DayField(
        label=_("Last day"), required=False, help_text=_("Empty: open, until somebody ends it.")
    )
    pairs = (("start_on", "end_on"),)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        start, last = values.get("start_on"), values.get("end_on")
        if start and last and last < start:
            self.add_error("end_on", _("The last day lies before the first."))
        return values


class EndContractForm(forms.Form):
    on = DayField(
        label=_("Last day of cover"),
        error_messages={"required": _("Say until when it covers the customer.")},
    )


class AnswerForm(PairedLayout, forms.Form):
    """An answer on its scale; one that lies ahead was not given."""

    client_ref = ClientRefField()
    kind = forms.ChoiceField(label=_("Asked"), choices=Survey.Kind.choices, initial="csat")
    score = forms.IntegerField(
        label=_("Answer"), error_messages={"required": _("Write the number that was answered.")}
    )
    answered_on = DayField(label=_("Day"), nearest="last")
    source = forms.ChoiceField(
        label=_("How it was asked"), required=False, choices=[("", "—"), *ASKED]
    )
    comment = forms.CharField(
        label=_("What was said"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    pairs = (("kind", "score"), ("answered_on", "source"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answered_on"].initial = Company.get().today

    def clean_answered_on(self) -> date:
        day: date = self.cleaned_data["answered_on"]
        if day > Company.get().today:
            raise forms.ValidationError(_("This day is still to come."))
        return day

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        kind, score = values.get("kind"), values.get("score")
        if kind and score is not None and score not in Survey.SCALES[Survey.Kind(kind)]:
            scale = Survey.SCALES[Survey.Kind(kind)]
            self.add_error(
                "score",
                _("The scale goes from %(least)s to %(most)s.")
                % {"least": min(scale), "most": max(scale)},
            )
        return values


def renewal_of(contract: Contract | None) -> dict[str, Any]:
    """What a contract that follows another starts with: the day after, for as long."""
    if contract is None or contract.last_day is None:
        return {}
    start = contract.last_day + DAY
    values = {"title": contract.title, "start_on": start}
    if contract.start_on == SINCE_EVER:
        return values
    for months in (1, 3, 6, *range(12, 121, 12)):
        if add_months(contract.start_on, months) == start:
            return {**values, "end_on": add_months(start, months) - DAY}
    return {**values, "end_on": start + (contract.last_day - contract.start_on)}
