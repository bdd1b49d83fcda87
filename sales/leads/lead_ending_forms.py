"""Closing a lead with one choice, and opening it again."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sales.leads.closing_choices import closing_choices, closing_of
from sales.models import Lead
from team.models import Company

NOT_CHOSEN = _("Choose")


class CloseLeadForm(forms.Form):
    """How it ends and why in one choice."""

    reason = forms.ChoiceField(
        label=_("Why it ends"),
        error_messages={
            "required": _("Choose why this lead ends."),
            "invalid_choice": _("Choose why this lead ends."),
        },
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason: Any = self.fields["reason"]
        reason.choices = [("", NOT_CHOSEN), *closing_choices()]

    @property
    def ending(self) -> dict[str, Any]:
        """The arguments of `close_lead`."""
        kind, why = closing_of(self.cleaned_data["reason"])
        return {"reason": kind, "why": why, "note": self.cleaned_data["note"]}


class ReopenLeadForm(forms.Form):
    """What was closed today is taken back without a word; later somebody wants to know why."""

    because = forms.CharField(
        label=_("Why it opens again"),
        required=False,
        max_length=500,
        error_messages={"required": _("Say why this lead opens again.")},
    )

    def __init__(self, *args: Any, lead: Lead, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["because"].required = lead.closed_on not in (None, Company.get().today)
