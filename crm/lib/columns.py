"""Columns of lists: which there are, which somebody chose, and in which order they stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.lib.paging import Ordering

# How wide somebody may want a column; as it comes it has no width of its own.
NARROW, WIDE = "narrow", "wide"
WIDTHS = {NARROW: _("Narrow"), "": _("Normal"), WIDE: _("Wide")}


@dataclass(frozen=True)
class Column:
    """A column of the table. `ordering` makes it sortable: stored, indexed columns, ending in a unique one.

    The record's name is `fixed`: it stands first whatever is chosen. A `spare` one is left out where the window is
    too narrow for all, an `extra` one wherever nobody chose it. What is `of_others` says nothing to who sees the
    records of one person only. What `reaches` people, a number or an address, is kept from who takes none along: they
    open each record, which is counted.
    """

    name: str
    label: Any
    ordering: Ordering = ()
    numeric: bool = False
    spare: bool = False
    fixed: bool = False
    extra: bool = False
    of_others: bool = False
    reaches: bool = False
    width: str = ""

    @property
    def classes(self) -> str:
        own = ["is-number"] * self.numeric + ["is-spare"] * self.spare
        return " ".join([*own, *([self.width_class] if self.width else [])])

    @property
    def width_class(self) -> str:
        return f"is-{self.width}" if self.width else ""

    @property
    def word(self) -> str:
        """How a choice of columns names it: `owner`, or `owner:wide`."""
        return f"{self.name}:{self.width}" if self.width else self.name


@dataclass(frozen=True)
class Arranged:
    """The columns that a list may show, the names of those that were chosen, and its address without any narrowing.

    `name` is that of the list whose records lead to one another.
    """

    offered: Sequence[Column]
    chosen: Sequence[str] = ()
    plain: str = ""
    name: str = ""


@dataclass(frozen=True)
class ListKind:
    """A list that people arrange for themselves; `name` is that of its address."""

    name: str
    title: Any
    columns: tuple[Column, ...]

    def offered(self, *, others: bool, reaching: bool = True) -> list[Column]:
        """All that may be chosen; `others`: for who sees more than one person's records; `reaching`: with how to
        reach people.
        """
        return [
            column
            for column in self.columns
            if (others or not column.of_others) and (reaching or not column.reaches)
        ]


KINDS: dict[str, ListKind] = {}


def declare(name: str, title: Any, columns: Iterable[Column]) -> ListKind:
    """Make a list known to who arranges lists; called where its page is written."""
    kind = KINDS[name] = ListKind(name, title, tuple(columns))
    return kind


def shown(offered: Sequence[Column], chosen: Sequence[str]) -> list[Column]:
    """The chosen ones in their order, behind those that always stand first; unknown names are passed over.

    A choice may name a width: `owner:wide`, of those that always stand first too.
    """
    words = [word.partition(":") for word in chosen]
    widths = {name: width for name, _colon, width in words if width in WIDTHS}
    sized = [replace(column, width=widths.get(column.name, "")) for column in offered]
    known = {column.name: column for column in sized if not column.fixed}
    picked = [known[name] for name in dict.fromkeys(name for name, *_ in words) if name in known]
    if not picked:
        return [column for column in sized if not column.extra]
    return [*(column for column in sized if column.fixed), *picked]


def as_words(columns: Iterable[Column]) -> str:
    """The choice of these columns; those that always stand first only if they have a width."""
    return ",".join(column.word for column in columns if column.width or not column.fixed)
