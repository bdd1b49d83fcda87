"""Choosing one record among very many, by searching instead of listing them.

While typing, the hits come from the view `pick`. Without a script, the name typed is looked up when the
form is saved; several hits come back as a choice.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.search import narrow_for_hits
from team.forms import RecordForm
from team.models import User

HITS = 8
# what tells two records of one name apart
BESIDE = {"customer": "owner", "contact": "customer", "lead": "owner", "deal": "customer"}


class Typed(str):
    """A posted text that still has to become a record."""


class PickWidget(forms.Select):
    """`rows` are those that may be chosen; `hits` those offered after a search at save."""

    template_name = "ui/_pick.html"
    rows: Any = None

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind
        self.hits: list[Any] = []

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        typed = data.get(f"{name}-typed", "").strip()
        return data.get(name) or (Typed(typed) if typed else None)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}-typed" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        typed = value if isinstance(value, Typed) else ""
        chosen = None if typed else row_of(self.rows, value)
        offered = [chosen] if chosen is not None else self.hits
        self.choices = [("", ""), *((row.pk, _with_hint(row)) for row in offered)]
        context = super().get_context(name, chosen.pk if chosen else None, attrs)
        context["widget"] |= {"url": reverse("pick", args=[self.kind]), "typed": typed}
        return context


class PickField(forms.ModelChoiceField):
    """One record of a searchable kind, of those in `queryset` (a record form narrows it to the viewer's)."""

    # a select would list every row
    choices: Any = ()
    viewer: User

    def __init__(self, kind: str, queryset: Any, **kwargs: Any) -> None:
        self.kind = kind
        gone = {"invalid_choice": _("This one is not there any more. Choose another.")}
        super().__init__(queryset, widget=PickWidget(kind), error_messages=gone, **kwargs)

    def _set_queryset(self, queryset: Any) -> None:
        self._queryset = None if queryset is None else queryset.all()
        self.widget.rows = self._queryset

    queryset = property(forms.ModelChoiceField._get_queryset, _set_queryset)  # type: ignore[attr-defined]

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, Typed):
            return super().to_python(value)
        hits = found(self.queryset, self.kind, value, self.viewer)
        if len(hits) == 1:
            return hits[0]
        self.widget.hits = hits
        told = (
            _("Several match “%(text)s”. Choose one.") if hits else _("Nothing matches “%(text)s”.")
        )
        raise ValidationError(told, params={"text": value})


class PickingForm(RecordForm):
    """A record form with pick fields: what is in the bin is not offered, unless it stands already."""

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, PickField):
                field.viewer = viewer
                if getattr(self.instance, f"{name}_id") is None:
                    field.queryset = field.queryset.listed()


def found(rows: Any, kind: str, text: str, viewer: User) -> list[Any]:
    """The first hits among rows that the caller has narrowed to what the viewer sees."""
    narrowed = narrow_for_hits({kind: rows}, text, viewer=viewer)[kind]
    return list(narrowed.select_related(BESIDE[kind])[:HITS])


def row_of(rows: Any, value: Any) -> Any:
    """The row of a posted or initial value, None for anything else."""
    if isinstance(value, rows.model):
        return value
    text = str(value or "")
    return rows.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 19 else None


def hint_of(row: Any) -> str:
    """The owner of a customer or lead, the customer of a contact or deal."""
    beside = getattr(row, BESIDE[row._meta.model_name])
    return str(beside) if beside is not None else ""


def _with_hint(row: Any) -> str:
    hint = hint_of(row)
    return f"{row}, {hint}" if hint else str(row)
