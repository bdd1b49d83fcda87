"""What all forms share."""

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from crm.lib.locales import SYMBOLS
from crm.lib.parsing.days import FIRST_YEAR, LAST_YEAR

# At the ends of the calendar "the day after" is none.
DAYS: list[Callable[[Any], None]] = [
    MinValueValidator(date(FIRST_YEAR, 1, 1)),
    MaxValueValidator(date(LAST_YEAR, 12, 31)),
]


def new_client_ref() -> str:
    """A hidden value that makes a create form repeatable: the same value again is the same record."""
    return str(uuid.uuid4())


def posted_ref(request: HttpRequest) -> uuid.UUID | None:
    """That value as a form without fields posted it; None where it is none."""
    try:
        return uuid.UUID(request.POST.get("client_ref", ""))
    except ValueError:
        return None


class ClientRefField(forms.UUIDField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.HiddenInput, initial=new_client_ref, required=False, **kwargs)


# What the column that counts edits holds.
MOST_EDITS = 2**31 - 1


class VersionField(forms.IntegerField):
    """The version an edit form was opened with."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.HiddenInput, min_value=1, max_value=MOST_EDITS, **kwargs)


class Checkboxes(forms.CheckboxSelectMultiple):
    """Several of many. All may also come in one text with commas, as the page "saved by somebody else" posts them."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        chosen = super().value_from_datadict(data, files, name) or []
        return [part for one in chosen for part in str(one).split(",") if part]


class CurrencyField(forms.ChoiceField):
    """The company's currency first, then those the product writes with a symbol, and the one that stands."""

    def __init__(self, base: str, stands: str = "") -> None:
        codes = dict.fromkeys([base, *SYMBOLS, *([stands] if stands else [])])
        super().__init__(
            label=_("Currency"),
            choices=[(code, f"{code} {SYMBOLS.get(code, '')}".strip()) for code in codes],
            initial=stands or base,
        )


NOT_KNOWN = _("Not known")
SPOKEN = [
    ("uk", _("Ukrainian")),
    ("en", _("English")),
    ("zh", _("Chinese")),
    ("de", _("German")),
    ("pl", _("Polish")),
]


class LanguageField(forms.ChoiceField):
    """The language somebody speaks; a code that an import brought stays a choice."""

    def __init__(self, stands: str = "", empty: Any = NOT_KNOWN) -> None:
        choices: list[tuple[str, Any]] = [("", empty), *SPOKEN]
        if stands and stands not in dict(choices):
            choices.append((stands, stands))
        super().__init__(label=_("Language"), choices=choices, required=False)


class PairedLayout:
    """A form that sets short fields side by side: each of `pairs` is a row, all other fields stand alone.

    Fields that a form has left out (for want of a right, or once a record is closed) leave no hole.
    """

    pairs: tuple[tuple[str, ...], ...] = ()
    fields: dict[str, forms.Field]

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag, helper.disable_csrf = False, True
        helper.layout = Layout(*self._rows())
        return helper

    def _rows(self) -> list[Any]:
        rows: list[Any] = []
        placed: set[str] = set()
        for name in self.fields:
            row = next((pair for pair in self.pairs if name in pair), (name,))
            here = [one for one in row if one in self.fields and one not in placed]
            placed.update(here)
            if len(here) > 1:
                rows.append(Row(*(Column(one) for one in here)))
            else:
                rows += here
        return rows
