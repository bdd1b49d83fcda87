"""Forms of the company and its calendar."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from crm.lib.forms import Checkboxes, VersionField
from team.company import calendar_counts_from, money_is_booked
from team.forms.common import DayField, zones
from team.models import Company, Holiday

MOST_HOURS = 720
WEEKDAYS = [
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
]


class CompanyForm(forms.ModelForm):
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zones,
        help_text=_("Days, months and reports are counted in it."),
    )
    workdays = forms.TypedMultipleChoiceField(
        label=_("Working days"),
        choices=WEEKDAYS,
        coerce=int,
        widget=Checkboxes,
        help_text=_("Reports of earlier days keep the calendar they were made with."),
    )

    response_hours = forms.IntegerField(
        label=_("Hours to answer a lead"),
        min_value=1,
        max_value=MOST_HOURS,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        help_text=_(
            "For leads that arrive from now on. The report of leads not won has its own rule."
        ),
    )

    class Meta:
        model = Company
        fields = [
            "name",
            "time_zone",
            "base_currency",
            "workdays",
            "work_start",
            "work_end",
            "response_hours",
            "response_clock",
            "orders_imported",
        ]
        widgets = {
            "work_start": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "work_end": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        help_texts = {
            "orders_imported": _("Then winning a deal books no revenue: the orders will come."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"] = VersionField(initial=self.instance.version)
        self.fields["name"].required = True
        currency = self.fields["base_currency"]
        if money_is_booked():
            currency.disabled = True
            currency.help_text = _("Amounts are kept in it, so it stays as it is.")

    @property
    def typed(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    def clean_base_currency(self) -> str:
        currency: str = self.cleaned_data["base_currency"].upper()
        if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
            raise forms.ValidationError(_("Write the three letters of the currency, like UAH."))
        return currency

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = cleaned.get("work_start"), cleaned.get("work_end")
        if start and end and end <= start:
            self.add_error("work_end", _("Work ends after it starts."))
        return cleaned


def since_when() -> str:
    """From which as-of day on a holiday is read that is entered, or removed, today."""
    first = calendar_counts_from()
    if first is None:
        return gettext("Nothing is counted by the calendar yet: it holds for all days.")
    return gettext("Counts in figures as of %(day)s and later; earlier ones stay as they are.") % {
        "day": formatting.day(first)
    }


class HolidayForm(forms.ModelForm):
    on = DayField(label=_("Day"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].help_text = since_when()

    @property
    def stands_already(self) -> bool:
        """The second of a double click: the same day of the same name is a holiday by now."""
        same = Holiday.live().filter(on=self.instance.on, name=self.instance.name)
        return self.instance.on is not None and same.exists()

    class Meta:
        model = Holiday
        fields = ["on", "name"]
        labels = {"name": _("Name")}
