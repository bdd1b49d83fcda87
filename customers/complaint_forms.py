"""Forms of complaints: what was said, and what was answered."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.lib.forms import ClientRefField, PairedLayout
from crm.lib.typed_fields import DayField
from team.models import Company


class PastDayField(DayField):
    """A day that has come; today unless somebody says otherwise."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(nearest="last", initial=lambda: Company.get().today, **kwargs)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and day > Company.get().today:
            raise forms.ValidationError(_("This day is still to come."))
        return day


class ComplaintForm(PairedLayout, forms.Form):
    client_ref = ClientRefField()
    about = forms.CharField(
        label=_("What went wrong"),
        max_length=200,
        error_messages={"required": _("Say in a few words what went wrong.")},
    )
    made_on = PastDayField(label=_("Day"))
    note = forms.CharField(
        label=_("What was said"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    pairs = (("about", "made_on"),)


class SettleForm(forms.Form):
    answer = forms.CharField(
        label=_("What was answered"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what you answered them.")},
    )
    on = PastDayField(label=_("Day of the answer"))
