"""Forms of the entries of lists."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.lib.forms import PairedLayout
from sales.lists import is_used
from sales.models import LeadSource, LossReason, Outcome
from team.forms import RecordForm

MOST_DAYS = 90


class EntryForm(PairedLayout, RecordForm):
    """A name that ships with the product is shown in the reader's language, and stays as it is unless retyped."""

    pairs: tuple[tuple[str, ...], ...] = (("name", "order"),)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["name"] = str(self.instance)
        self.fields["order"].help_text = _("Lower numbers stand first.")
        self.fields["order"].widget.attrs["inputmode"] = "numeric"

    def clean_name(self) -> str:
        typed: str = self.cleaned_data["name"]
        there = self._meta.model._default_manager.exclude(pk=self.instance.pk)
        if typed.casefold() in {str(one).casefold() for one in there}:
            raise ValidationError(_("There is one of this name."))
        return str(self.instance.name) if typed == str(self.instance) else typed


class OutcomeForm(EntryForm):
    pairs = (("name", "order"), ("next_step_title", "next_step_days"))
    next_step_days = forms.IntegerField(
        label=_("Working days to the next step"),
        min_value=1,
        max_value=MOST_DAYS,
        required=False,
        help_text=_("Empty: whoever calls must choose."),
    )

    class Meta:
        model = Outcome
        fields = ["name", "order", "reached", "next_step_title", "next_step_days", "needs_note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None and is_used(self.instance):
            reached = self.fields["reached"]
            reached.disabled = True
            reached.help_text = _(
                "Calls say this already. Retire this outcome and add another one."
            )


class SourceForm(EntryForm):
    class Meta:
        model = LeadSource
        fields = ["name", "order"]


class ReasonForm(EntryForm):
    class Meta:
        model = LossReason
        fields = ["name", "order"]


FORMS: dict[str, type[EntryForm]] = {
    "outcomes": OutcomeForm,
    "sources": SourceForm,
    "reasons": ReasonForm,
}
