"""The form of one's own entry that is put right, and of the note once it stands."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.lib.forms import ClientRefField, PairedLayout, VersionField
from customers.models import Contact
from sales.calls.call_forms import check_moment
from sales.models import Activity, Outcome
from team.models import User


class CorrectionForm(PairedLayout, forms.Form):
    """What may be changed of an entry; only calls have an outcome, a direction and somebody they were with."""

    start_at = forms.DateTimeField(
        label=_("When"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=480, required=False)
    direction = forms.ChoiceField(
        label=_("Direction"),
        choices=[
            (Activity.Direction.OUT, _("I called")),
            (Activity.Direction.IN, _("They called")),
        ],
    )
    contact: Any = forms.ModelChoiceField(
        label=_("Contact"), queryset=None, required=False, empty_label=_("Nobody in particular")
    )
    outcome: Any = forms.ModelChoiceField(label=_("Outcome"), queryset=None, empty_label=None)
    note = forms.CharField(
        label=_("What was said"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    pairs = (("start_at", "minutes"), ("direction", "contact"))

    def __init__(self, *args: Any, entry: Activity, viewer: User, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(entry, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        self.entry = entry
        self.fields["version"] = VersionField(initial=entry.version)
        if entry.kind != Activity.Kind.CALL:
            for name in ("direction", "contact", "outcome"):
                del self.fields[name]
            self.fields["note"].label = _("Note")
            return
        contact: Any = self.fields["contact"]
        outcome: Any = self.fields["outcome"]
        contact.queryset = Contact.visible_to(viewer).at(entry.customer)
        outcome.queryset = Outcome.objects.filter(Q(is_active=True) | Q(pk=entry.outcome_id))

    def clean_start_at(self) -> datetime:
        """Seconds are not asked for: the moment that stood is kept where its minute was."""
        moment: datetime = self.cleaned_data["start_at"]
        stood = self.entry.start_at
        if abs(moment - stood) < timedelta(minutes=1) and moment <= stood:
            return stood
        return check_moment(moment, timezone.now())

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        outcome: Outcome | None = values.get("outcome")
        if outcome is not None and outcome.needs_note and not values.get("note", "").strip():
            told = _("Write what was said: «%(outcome)s» needs its reason.")
            self.add_error("note", told % {"outcome": outcome})
        return values

    @property
    def typed(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class CorrectionNoteForm(forms.Form):
    client_ref = ClientRefField()
    note = forms.CharField(
        label=_("What is right"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write the note first.")},
    )
