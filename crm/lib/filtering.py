"""The filters of a list as its address names them: which are in force, and how they are shown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.functional import cached_property


@dataclass(frozen=True)
class Chip:
    """A filter in force ("Segment: Bakeries"), and the address without it."""

    name: str
    label: str
    remove_url: str


class Filtering:
    """What does not fit a filter is left out, and told as `left_out`."""

    def __init__(self, filterset: django_filters.FilterSet | None) -> None:
        self.filterset = filterset
        self.form: Any = None
        if filterset is not None:
            filterset.is_valid()  # reads the address
            self.form = filterset.form

    def narrowed(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        return rows if self.filterset is None else self.filterset.filter_queryset(rows)

    @cached_property
    def in_force(self) -> dict[str, Any]:
        """The filters in force and their values."""
        cleaned = self.form.cleaned_data if self.form is not None else {}
        return {name: value for name, value in cleaned.items() if value not in (None, "", [])}

    @cached_property
    def selects(self) -> list[Any]:
        """The filters offered as selects or days; others are reached by links and shown as chips."""
        selects = [f for f in self.form or () if _is_offered(f.field) and not f.is_hidden]
        for field in selects:
            look = "form-control" if isinstance(field.field, forms.DateField) else "form-select"
            chosen = field.name in self.in_force
            field.field.widget.attrs["class"] = f"{look} is-set" if chosen else look
        return selects

    def chips(self, without: Callable[[str], str]) -> list[Chip]:
        """The filters in force that no select shows."""
        selects = {field.name for field in self.selects}
        return [
            Chip(name, f"{self._label(name)}: {self._told(name, value)}", without(name))
            for name, value in self.in_force.items()
            if name not in selects
        ]

    def left_out(self, without: Callable[[str], str]) -> list[Chip]:
        """Those named with what is not there, or not this reader's to see."""
        wrong = self.form.errors if self.form is not None else ()
        return [
            Chip(name, self._label(name), without(name))
            for name in wrong
            if self.form.data.get(name)
        ]

    def _label(self, name: str) -> str:
        return str(self.form.fields[name].label)

    def _told(self, name: str, value: Any) -> str:
        """What was chosen, in words."""
        field = self.form.fields[name]
        if isinstance(field, forms.ModelChoiceField) or not hasattr(field, "choices"):
            return str(value)
        return next((str(label) for key, label in field.choices if str(key) == value), value)


def _is_offered(field: forms.Field) -> bool:
    return hasattr(field, "choices") or isinstance(field, forms.DateField)
