"""The form of a saved view: its name, and with whom it is shared."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from team.forms.records import RecordForm
from team.models import SavedView, User
from team.saved_views import may_share_with_all, own_views, teams_to_share_with


class SavedViewForm(RecordForm):
    """Who leads nobody keeps views for themselves. A new one may be what the list opens with."""

    class Meta:
        model = SavedView
        fields = ["name", "team", "for_all"]

    def __init__(self, *args: Any, viewer: User, listed: str, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        self.listed = listed
        self._offer_sharing()
        if self.instance.pk is None:
            self.fields["starts"] = forms.BooleanField(
                label=_("Open the list with it"), required=False
            )

    def _offer_sharing(self) -> None:
        teams = teams_to_share_with(self.viewer)
        field: Any = self.fields["team"]
        field.queryset, field.label = teams, _("Share with a team")
        field.empty_label = _("Nobody: for me only")
        field.help_text = _("With everybody in it and in the teams inside it.")
        if not teams.exists() or self._stands_beyond(teams):
            del self.fields["team"]
        if may_share_with_all(self.viewer):
            self.fields["for_all"].label = _("Share with everybody")
        else:
            del self.fields["for_all"]

    def _stands_beyond(self, teams: Any) -> bool:
        """Shared with a team that this person runs no more: that stays as it is."""
        stands = self.instance.team_id
        return stands is not None and not teams.filter(pk=stands).exists()

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        same = own_views(self.viewer).filter(listed=self.listed, name__iexact=name)
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("You have a view of this name for this list already."))
        return name

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("team") is not None and cleaned.get("for_all"):
            self.add_error("team", _("Choose a team or everybody, not both."))
        return cleaned

    @property
    def typed(self) -> dict[str, Any]:
        return {name: value for name, value in super().typed.items() if name != "starts"}
