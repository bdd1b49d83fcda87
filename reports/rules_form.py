"""The form of the loss rules: one field a parameter, with its bounds and its sentence."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.lib.locales import active_locale
from reports.catalogue import BadParameter, Parameter
from reports.definitions.churn import CHURN

# the first of each is no more than the second, or one of them would never count
IN_ORDER = (("floor_days", "cap_days"), ("abc_a", "abc_b"))


def _typed(value: Any) -> str:
    """As the reader would type it: 0,67 where the comma is the decimal sign."""
    return str(value).replace(".", active_locale().decimal)


class RulesForm(forms.Form):
    """`values` are those in force; `version` is the number of the version they are of (0: none yet)."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    reason = forms.CharField(
        label=_("Why the rule changes"), max_length=250, required=False, widget=forms.TextInput
    )

    def __init__(self, *args: Any, values: dict[str, Any], version: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = version
        self.parameters = [p for p in CHURN.parameters if len(p.choices) != 1]
        for parameter in self.parameters:
            self.fields[parameter.name] = forms.CharField(
                label=parameter.label,
                help_text=parameter.sentence,
                initial=_typed(values[parameter.name]),
                max_length=30,
            )
        self.order_fields([p.name for p in self.parameters])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for parameter in self.parameters:
            if parameter.name in values:
                self._clean_one(parameter, values)
        for lower, upper in IN_ORDER:
            self._clean_pair(lower, upper, values)
        return values

    def _clean_one(self, parameter: Parameter, values: dict[str, Any]) -> None:
        text = values[parameter.name].replace(",", ".")
        try:
            values[parameter.name] = parameter.clean(text)
        except BadParameter as error:
            self.add_error(parameter.name, str(error))

    def _clean_pair(self, lower: str, upper: str, values: dict[str, Any]) -> None:
        if lower in self.errors or upper in self.errors or values[lower] <= values[upper]:
            return
        label = self.fields[upper].label
        self.add_error(lower, _("This must not be more than “%(other)s”.") % {"other": label})

    @property
    def asked(self) -> dict[str, Any]:
        return {p.name: self.cleaned_data[p.name] for p in self.parameters}
