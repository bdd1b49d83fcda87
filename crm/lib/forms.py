"""What all forms share."""

import uuid
from typing import Any

from django import forms


def new_client_ref() -> str:
    """A hidden value that makes a create form repeatable: the same value again is the same record."""
    return str(uuid.uuid4())


class ClientRefField(forms.UUIDField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.HiddenInput, initial=new_client_ref, required=False, **kwargs)


class VersionField(forms.IntegerField):
    """The version an edit form was opened with."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.HiddenInput, min_value=1, **kwargs)
