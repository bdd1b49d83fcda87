"""Forms of the rules of who gets leads, and of the question what they would do."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.lib.forms import Checkboxes, LanguageField, PairedLayout
from sales.models import Campaign, LeadRule, LeadSource
from team.forms import RecordForm
from team.models import User

ANY = _("Any")
MOST_HOURS = 720


class RuleForm(PairedLayout, RecordForm):
    pairs = (("name", "order"), ("source", "campaign"), ("regions", "language"), ("way", "team"))
    people: "forms.ModelMultipleChoiceField[User]" = forms.ModelMultipleChoiceField(
        label=_("People"), queryset=User.objects.none(), required=False, widget=Checkboxes
    )

    passes_on_after = forms.IntegerField(
        label=_("Hours after the time to answer"),
        min_value=0,
        max_value=MOST_HOURS,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    class Meta:
        model = LeadRule
        fields = [
            "name",
            "order",
            "source",
            "campaign",
            "regions",
            "language",
            "way",
            "team",
            "people",
            "tells_leader",
            "passes_on",
            "passes_on_after",
        ]
        help_texts = {
            "tells_leader": _("Once the time to answer has run out."),
            "passes_on": _("By the same rules, never to who had it."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields
        sources = Q(is_active=True) | Q(pk=self.instance.source_id)
        choices["source"].queryset = LeadSource.objects.filter(sources)
        choices["team"].queryset = choices["team"].queryset.filter(is_active=True)
        choices["people"].queryset = choices["people"].queryset.filter(is_rep=True)
        for name in ("source", "campaign"):
            choices[name].empty_label = ANY
        choices["team"].empty_label = _("The people chosen below")
        self.fields["language"] = LanguageField(self.instance.language, empty=ANY)
        self.fields["order"].help_text = _("The first rule that fits gives the lead away.")
        self.fields["order"].widget.attrs["inputmode"] = "numeric"
        self.fields["regions"].help_text = _("Empty: any. Several with commas between them.")
        self.fields["people"].help_text = _(
            "Who is absent, leaves or may not sign in is passed over by itself."
        )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        team, people = values.get("team"), list(values.get("people", ()))
        if self.has_error("people") or self.has_error("team"):
            return values
        if values.get("way") == LeadRule.Way.PERSON and (team is not None or len(people) != 1):
            self.add_error("people", _("Choose the one person, and no team."))
        elif team is not None and people:
            self.add_error("team", _("Choose a team or people, not both."))
        elif team is None and not people:
            self.add_error("people", _("Choose a team, or people."))
        return values

    @property
    def typed(self) -> dict[str, Any]:
        return {name: value for name, value in super().typed.items() if name != "people"}


class WhoWouldForm(forms.Form):
    """A lead as it might arrive."""

    source = forms.ModelChoiceField(
        label=_("Source"),
        queryset=LeadSource.objects.filter(is_active=True),
        required=False,
        empty_label=_("Not known"),
    )
    campaign = forms.ModelChoiceField(
        label=_("Campaign"),
        queryset=Campaign.objects.all(),
        required=False,
        empty_label=_("No campaign"),
    )
    region = forms.CharField(label=_("Region"), required=False, max_length=100)
    language = LanguageField()
