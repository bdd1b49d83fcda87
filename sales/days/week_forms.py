"""Correcting one's own week: the minutes of its entries, and days away."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sales.models import Activity


class MinutesForm(forms.Form):
    """The minutes of one entry, as one of many on the page; the version it was shown with comes along."""

    minutes = forms.IntegerField(
        min_value=0,
        max_value=480,
        required=False,
        widget=forms.NumberInput(attrs={"class": "form-control m-minutes", "inputmode": "numeric"}),
        error_messages={
            "max_value": _("At most 480 minutes."),
            "min_value": _("Minutes are 0 or more."),
            "invalid": _("Write whole minutes."),
        },
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, data: Any, entry: Activity) -> None:
        start = {"minutes": entry.minutes, "version": entry.version}
        super().__init__(data, prefix=f"entry-{entry.pk}", initial=start)
        self.entry = entry

    @property
    def is_sent(self) -> bool:
        """Whether the post names this entry and would change it."""
        return self.is_bound and self.add_prefix("version") in self.data and self.has_changed()

    def has_changed(self) -> bool:
        return "minutes" in self.changed_data


class AwayForm(forms.Form):
    """Days away, within the days that may still be corrected."""

    from_on = forms.DateField()
    to_on = forms.DateField()
    reason = forms.CharField(max_length=100, required=False)

    def __init__(self, *args: Any, days: Iterable[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days = frozenset(days)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if {values.get("from_on"), values.get("to_on")} - self.days - {None}:
            raise forms.ValidationError(
                _("Only the days of this week and the last can be noted here.")
            )
        return values
