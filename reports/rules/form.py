"""The form of the loss rules: one field a parameter, with its bounds and its sentence."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.lib.locales import active_locale
from reports.report import Report, all_reports
from reports.rules.catalogue import (
    CLASS_SHARES,
    PARAMETERS,
    SILENCE,
    BadParameter,
    Parameter,
    check_pair,
)

# Rules of customers' classes: other reports only show the classes beside their rows.
CLASSES = {"abc": ("rfm_days", "abc_a", "abc_b"), "rfm": ("rfm_days",)}

# What the choices of a rule are called.
CHOICES = {
    "rule": _("by silence beyond its own rhythm"),
    "bgnbd": _("by the model of buying (BG/NBD)"),
    "elapsed": _("by the clock"),
    "working": _("in working hours only"),
}


def _typed(value: Any) -> str:
    """As the reader would type it: 0,67 where the comma is the decimal sign."""
    return str(value).replace(".", active_locale().decimal)


def ruled_reports() -> list[Report]:
    """The reports whose rules can be set, the losses first: each brings a rule that those before it do not have."""
    shown: list[Report] = []
    for report in sorted(all_reports(), key=_rank):
        known = {rule.name for other in shown for rule in rules_of(other)}
        new = {rule.name for rule in rules_of(report)} - known
        if (new or report.slug in CLASSES) and report.slug != "ledger":
            shown.append(report)
    return shown


def _rank(report: Report) -> tuple[int, bool]:
    return report.loss or 99, report.slug in CLASSES


def rules_of(report: Report) -> list[Parameter]:
    """What can be set with a report, and tells in its own figures; what has one choice cannot."""
    classes = {name for names in CLASSES.values() for name in names}
    names = CLASSES.get(report.slug, ()) or set(report.parameter_names) - classes
    return [each for each in report.parameters if each.name in names and len(each.choices) != 1]


class RulesForm(forms.Form):
    """The rules of one report.

    `values` are those in force; `version` is the number of the version they are of (0: none yet).
    """

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    reason = forms.CharField(
        label=_("Why the rule changes"),
        max_length=250,
        widget=forms.TextInput,
        error_messages={"required": _("Say why the rule changes.")},
    )

    def __init__(
        self,
        *args: Any,
        report: Report,
        values: dict[str, Any],
        version: int,
        trying: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = version
        # the effect may be looked at before there is a reason
        self.fields["reason"].required = not trying
        self.parameters = rules_of(report)
        for parameter in self.parameters:
            self.fields[parameter.name] = _field(parameter, values[parameter.name])
        self.order_fields([p.name for p in self.parameters])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for parameter in self.parameters:
            if parameter.name in values:
                self._clean_one(parameter, values)
        for pair in (SILENCE, CLASS_SHARES):
            self._clean_pair(pair, values)
        return values

    def _clean_one(self, parameter: Parameter, values: dict[str, Any]) -> None:
        text = str(values[parameter.name])
        if parameter.kind != "words":
            text = text.replace(",", ".")
        try:
            values[parameter.name] = parameter.clean(text, str(parameter.label))
        except BadParameter as error:
            self.add_error(parameter.name, str(error))

    def _clean_pair(self, pair: tuple[str, str], values: dict[str, Any]) -> None:
        try:
            check_pair(pair, values, called=_labels(pair), written=_typed)
        except BadParameter as error:
            self.add_error(pair[0], str(error))

    @property
    def asked(self) -> dict[str, Any]:
        return {p.name: self.cleaned_data[p.name] for p in self.parameters}


def _labels(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(str(PARAMETERS[name].label) for name in names)


def _field(parameter: Parameter, value: Any) -> forms.Field:
    """What is chosen from a list is a list; all else is typed, and read as a person writes it."""
    told = {"label": parameter.label, "help_text": parameter.sentence}
    if parameter.kind == "choice":
        choices = [(one, CHOICES.get(one, one)) for one in parameter.choices]
        return forms.ChoiceField(choices=choices, initial=value, **told)
    if parameter.kind == "switch":
        choices = [("true", _("yes")), ("false", _("no"))]
        return forms.ChoiceField(choices=choices, initial=str(value).lower(), **told)
    if parameter.kind == "words":
        return forms.CharField(initial=value, max_length=500, required=False, **told)
    return forms.CharField(initial=_typed(value), max_length=30, **told)
