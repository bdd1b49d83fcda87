"""The parameters of a report in words: 30 days, 67%, by silence beyond its own rhythm."""

from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crm.lib import formatting
from reports.report import Report, Run
from reports.rules.catalogue import Parameter

CHOICES = {
    "rule": _("by silence beyond its own rhythm"),
    "bgnbd": _("by the chance that it will buy again"),
    "elapsed": _("all hours run"),
    "working": _("working hours alone run"),
}


def settings_in_words(report: Report, run: Run) -> list[tuple[Any, str, Any]]:
    """Label, value in words and sentence of each parameter of the rule."""
    return [
        (parameter.label, _in_words(parameter, run.values[parameter.name]), parameter.sentence)
        for parameter in report.parameters
    ]


def _in_words(parameter: Parameter, value: Any) -> str:
    """With its unit: 30 days; a share in percent; a choice by its sentence."""
    if parameter.kind == "choice":
        return str(CHOICES.get(value, value))
    if parameter.kind == "switch":
        return gettext("yes") if value else gettext("no")
    if parameter.kind == "words":
        return str(value) or gettext("none")
    if parameter.kind == "share":
        return formatting.percent(value)
    if parameter.name.endswith("_days"):
        return ngettext("%(days)s day", "%(days)s days", value) % {"days": formatting.number(value)}
    return formatting.axis_numbers([value])[0]
