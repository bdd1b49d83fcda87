"""What an import can read: a column's name, how the screens call it, what files call it, how it is read.

Texts are read by the fields of the forms or by what those fields use, so a row fails with the sentence that
the screen would show.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.lib.formatting import number
from crm.lib.parsing import DayOrder, Unreadable, parse_amount, parse_day, parse_moment
from customers.importing.lookups import Lookup

REQUIRED = _("This field is required.")


@dataclass(frozen=True)
class Style:
    """How a whole file writes days and amounts, and the zone of its clocks."""

    zone: ZoneInfo
    order: DayOrder = "dmy"
    decimal: str = ""


@dataclass(frozen=True)
class Column:
    """`also`: what files call it, in English and Ukrainian. Column names are those of `--map`."""

    name: str
    label: Any
    also: tuple[str, ...] = ()
    required: bool = False

    def read(self, text: str, style: Style) -> Any:
        """The value of a text that is not empty; raises ValidationError or `Unreadable`."""
        raise NotImplementedError

    @property
    def empty(self) -> Any:
        return None


@dataclass(frozen=True)
class Text(Column):
    """Read by a field of a form."""

    field: forms.Field = field(default_factory=lambda: forms.CharField(max_length=100))

    def read(self, text: str, style: Style) -> Any:
        return self.field.clean(text)

    @property
    def empty(self) -> Any:
        return ""


@dataclass(frozen=True)
class Whole(Column):
    """A whole number from 0."""

    most: int = 100_000

    def read(self, text: str, style: Style) -> int:
        value = parse_amount(text, decimal=style.decimal)
        if value != int(value) or not 0 <= value <= self.most:
            raise Unreadable(
                _("“%(typed)s” is no whole number from 0 to %(most)s."),
                typed=text,
                most=number(self.most),
            )
        return int(value)


@dataclass(frozen=True)
class Amount(Column):
    least: Decimal | None = None
    above: Decimal | None = None

    def read(self, text: str, style: Style) -> Decimal:
        value = parse_amount(text, decimal=style.decimal)
        if self.least is not None and value < self.least:
            raise Unreadable(_("This is less than %(least)s."), least=number(self.least))
        if self.above is not None and value <= self.above:
            raise Unreadable(_("This is not more than %(least)s."), least=number(self.above))
        return value


@dataclass(frozen=True)
class Day(Column):
    def read(self, text: str, style: Style) -> date:
        try:
            return parse_day(text, order=style.order, strict=True)
        except Unreadable:
            if self.required:
                raise
            raise Unreadable(
                _("“%(typed)s” is not a date. Write it like %(like)s, or leave it empty."),
                typed=text,
                like="03.04.2021",
            ) from None


@dataclass(frozen=True)
class Moment(Column):
    def read(self, text: str, style: Style) -> Any:
        return parse_moment(text, style.zone, order=style.order, strict=True)


@dataclass(frozen=True)
class Flag(Column):
    """Yes or no, as files write it."""

    YES: ClassVar[frozenset[str]] = frozenset({"1", "yes", "y", "true", "x", "так", "т", "да", "+"})
    NO: ClassVar[frozenset[str]] = frozenset({"0", "no", "n", "false", "ні", "н", "нет", "-"})

    def read(self, text: str, style: Style) -> bool:
        folded = text.casefold()
        if folded in self.YES or folded in self.NO:
            return folded in self.YES
        raise Unreadable(_("“%(typed)s” is neither yes nor no."), typed=text)

    @property
    def empty(self) -> Any:
        return False


@dataclass(frozen=True)
class Keyed(Column):
    """One of a fixed list, by its key or by its name in any language of the product."""

    choices: tuple[tuple[str, Any], ...] = ()
    synonyms: dict[str, str] = field(default_factory=dict)
    others: bool = False

    def read(self, text: str, style: Style) -> str:
        folded = text.casefold()
        known = {**{str(key).casefold(): str(key) for key, _label in self.choices}, **self.synonyms}
        known |= {str(label).casefold(): str(key) for key, label in self.choices}
        if folded in known:
            return known[folded]
        if self.others:
            return str(forms.CharField(max_length=40).clean(text))
        raise Unreadable(
            _("“%(typed)s” is none of: %(choices)s."),
            typed=text,
            choices=", ".join(str(key) for key, _label in self.choices),
        )

    @property
    def empty(self) -> Any:
        return ""


@dataclass(frozen=True)
class Refers(Column):
    """The text names a record, which is looked up for many rows at once."""

    lookup: Lookup = field(default_factory=Lookup)

    def read(self, text: str, style: Style) -> Any:
        return text


def read_cell(column: Column, text: str, style: Style) -> tuple[Any, str]:
    """The value and an empty string, or the empty value and the sentence that says what is wrong."""
    if not text:
        return column.empty, str(REQUIRED) if column.required else ""
    try:
        return column.read(text, style), ""
    except ValidationError as error:
        return column.empty, " ".join(error.messages)
    except Unreadable as error:
        return column.empty, str(error)
