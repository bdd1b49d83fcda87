"""The reason for putting a step off again, asked where `sales.days.putting_off` says that it must be told."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from sales.models import Task


class WhyField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        label = _("Why it is put off again")
        super().__init__(label=label, required=False, max_length=200, **kwargs)


def why_lacks(task: Task, day: date | None, why: str) -> str:
    """The sentence for who puts it off to this day without a reason; empty where there is nothing to say."""
    if day is None or day <= task.due_on or why.strip():
        return ""
    told = ngettext(
        "This customer is at risk, and the step was put off %(n)s time. Say why once more.",
        "This customer is at risk, and the step was put off %(n)s times. Say why once more.",
        task.put_off,
    )
    return told % {"n": task.put_off}
