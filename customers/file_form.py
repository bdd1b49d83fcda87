"""Adding a file to a customer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.lib.forms import ClientRefField
from crm.lib.uploads import KINDS, LARGEST, MEGABYTE, is_as_named

TOO_LARGE = _("This file is larger than %(most)s MB.")


class FileForm(forms.Form):
    """`is_too_large`: the file was dropped while it came in (`crm.lib.uploads.Measured`)."""

    client_ref = ClientRefField()
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(
            attrs={"class": "form-control", "accept": ",".join(f".{ending}" for ending in KINDS)}
        ),
        error_messages={"required": _("Choose the file."), "empty": _("This file is empty.")},
    )

    def __init__(self, *args: Any, is_too_large: bool = False, **kwargs: Any) -> None:
        # the page it stands on has forms of its own
        super().__init__(*args, **{"auto_id": "file_%s", **kwargs})
        if is_too_large:
            told = TOO_LARGE % {"most": LARGEST // MEGABYTE}
            self.fields["file"].error_messages["required"] = told

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(TOO_LARGE % {"most": LARGEST // MEGABYTE})
        if not is_as_named(file.name, file):
            raise forms.ValidationError(
                _(
                    "Documents, tables, pictures and PDF can be kept; this is none, or not what its name says."
                )
            )
        return file
