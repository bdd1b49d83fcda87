"""The base of forms that make and edit records: choices in the viewer's scope, once, never over another's edit."""

from typing import Any, TypeVar

from django import forms
from django.db import models

from crm.lib.forms import ClientRefField, VersionField
from team.access import leads_others
from team.models import Owned, User
from team.records import add_record, change_record

Row = TypeVar("Row", bound=models.Model)


class RecordForm(forms.ModelForm):
    """A ModelForm for one viewer.

    Every choice over an owned model or over people offers only what this person may see, so a foreign id
    in a post is "not one of the choices". What stands and is beyond their sight (a deal of their own about
    a customer that is by now somebody else's) has no field, and so stays. A new record carries
    `client_ref`, an edit its `version`.
    """

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        if self.instance.pk is None:
            self.fields["client_ref"] = ClientRefField()
        else:
            self.fields["version"] = VersionField(initial=self.instance.version)
        if "owner" in self.fields and not leads_others(viewer):
            del self.fields["owner"]
        for name, field in list(self.fields.items()):
            if isinstance(field, forms.ModelChoiceField) and self._is_narrowed(field):
                self._keep_out_of_sight(name, field)

    def _is_narrowed(self, field: "forms.ModelChoiceField[Any]") -> bool:
        """Leave the choices this person may see; False: the model is everybody's."""
        model: Any = field.queryset.model if field.queryset is not None else None
        if model is User:
            field.queryset = User.receivers(self.viewer)
            return True
        if model is not None and issubclass(model, Owned):
            field.queryset = model.visible_to(self.viewer)
            return True
        return False

    def _keep_out_of_sight(self, name: str, field: "forms.ModelChoiceField[Any]") -> None:
        stands = getattr(self.instance, f"{name}_id", None)
        offered: Any = field.queryset
        if stands is not None and not offered.filter(pk=stands).exists():
            del self.fields[name]

    @property
    def typed(self) -> dict[str, Any]:
        """The cleaned values of the model's own fields."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("client_ref", "version")
        }

    def add(self, row: Row) -> tuple[Row, bool]:
        """Store a new record once; False: it had been made already by the same post."""
        row.client_ref = self.cleaned_data["client_ref"]  # type: ignore[attr-defined]
        return add_record(row, by=self.viewer, fields=list(self.typed))

    def made_before(self) -> Any:
        """The record that this very post made: the second of a double click finds its own name taken."""
        ref = self.cleaned_data.get("client_ref") if self.is_bound else None
        model: Any = self._meta.model
        return model._default_manager.filter(client_ref=ref).first() if ref else None

    def change(self, row: Row) -> Row:
        """Store an edit; raises `VersionConflict` if somebody saved first."""
        return change_record(row, self.typed, by=self.viewer, version=self.cleaned_data["version"])
