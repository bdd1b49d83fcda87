"""Keyset paging both ways: a page costs the same wherever it lies in the list.

A cursor is the sort values of a row at the edge of a page, readable in the address and trusted for
nothing: values that do not fit their fields lead to the first page.
"""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Model, Q, QuerySet

from crm.lib.union import first_ids, found_ids

_EARLIEST, _LATEST = 1, 9999
# ("-annual_cents", "-id"): the last name must be unique
Ordering = tuple[str, ...]


@dataclass(frozen=True)
class Slice:
    """One page of rows, and whether there are rows before and after it."""

    rows: list[Any]
    has_previous: bool
    has_next: bool


def encode(row: Any, ordering: Ordering) -> str:
    text = json.dumps(values_of(row, ordering), default=_written, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _written(value: date | Decimal) -> str:
    """Exactly: an instant cut to milliseconds, as Django's encoder does, lies before its own row."""
    return value.isoformat() if isinstance(value, date) else str(value)


def preceding(rows: "QuerySet[Any]", ordering: Ordering, edge: Sequence[Any]) -> Q:
    """What holds for the rows that stand before these sort values."""
    walk = _Walk.to(rows, ordering, 1, after=None, before=edge, last=False)
    return walk.beyond


def values_of(row: Any, ordering: Ordering) -> list[Any]:
    """The sort values of a row, as `cut` takes them."""
    return [getattr(row, name.lstrip("-")) for name in ordering]


def decode(cursor: str, ordering: Ordering, model: type[Model]) -> list[Any] | None:
    """The sort values of a cursor, or None if it is none of ours."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        return None
    if not isinstance(values, list) or len(values) != len(ordering):
        return None
    try:
        return [
            _to_python(model, name, value) for name, value in zip(ordering, values, strict=True)
        ]
    except (ValidationError, FieldDoesNotExist, TypeError, ValueError, OverflowError):
        return None


def _to_python(model: type[Model], name: str, value: Any) -> Any:
    field: Any = model._meta.get_field(name.lstrip("-"))
    if value is None and field.null:
        return None
    if not isinstance(value, str | int):
        raise TypeError(
            "a cursor holds texts and whole numbers, and nothing only where a column may"
        )
    if isinstance(value, int) and abs(value) >= 2**63:
        raise OverflowError
    if isinstance(value, str) and not _is_storable(value):
        raise ValueError("no database holds this text")
    found = field.to_python(value)
    if isinstance(found, date) and not _EARLIEST < found.year < _LATEST:
        raise OverflowError("the ends of the calendar lie in no zone's day")
    if isinstance(found, datetime) and found.tzinfo is None:
        raise ValueError("instants have their zone")
    return found


def _is_storable(text: str) -> bool:
    """Half a surrogate pair has no UTF-8, NUL no place in PostgreSQL."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def cut(
    rows: "QuerySet[Any]",
    ordering: Ordering,
    size: int,
    *,
    after: Sequence[Any] | None = None,
    before: Sequence[Any] | None = None,
    last: bool = False,
    parts: "Sequence[QuerySet[Any]]" = (),
) -> Slice:
    """The page after or before a row's sort values, the last page, or the first.

    `parts` are the same rows as a union of querysets: each is asked for its first rows, one query more.
    """
    walk = _Walk.to(rows, ordering, size, after=after, before=before, last=last)
    if not parts:
        return walk.slice(list(walk.first(rows)))
    firsts = [walk.first(part) for part in parts]
    ids = first_ids(firsts, walk.order, size + 1, nulls_last=not walk.backwards)
    return walk.slice(list(rows.filter(pk__in=ids).order_by(*walk.terms)))


def cut_found(
    rows: "QuerySet[Any]",
    found: "QuerySet[Any]",
    ordering: Ordering,
    size: int,
    *,
    after: Sequence[Any] | None = None,
    before: Sequence[Any] | None = None,
    last: bool = False,
    total: str | None = None,
) -> tuple[Slice, tuple[int, int]]:
    """A page of those `rows` that a search found, with their count and sum; the search is carried out once."""
    walk = _Walk.to(rows, ordering, size, after=after, before=before, last=last)
    hits = found_ids(
        found,
        walk.order,
        size + 1,
        nulls_last=not walk.backwards,
        beyond=walk.beyond,
        column=total,
    )
    page = list(rows.filter(pk__in=hits.ids).order_by(*walk.terms))
    return walk.slice(page), (hits.count, hits.total)


@dataclass(frozen=True)
class _Walk:
    """Which way to read from where: `beyond` is empty at either end of the list."""

    order: Ordering
    terms: list[Any]
    size: int
    backwards: bool
    from_edge: bool
    beyond: Q

    @classmethod
    def to(
        cls,
        rows: "QuerySet[Any]",
        ordering: Ordering,
        size: int,
        *,
        after: Sequence[Any] | None,
        before: Sequence[Any] | None,
        last: bool,
    ) -> "_Walk":
        backwards = last or before is not None
        edge = before if before is not None else after
        order = _reversed(ordering) if backwards else ordering
        beyond = Q()
        if edge is not None:
            beyond = _bound(rows, order, edge) & _beyond(order, edge, nulls_last=not backwards)
        terms = _order_by(rows, order, nulls_last=not backwards)
        return cls(order, terms, size, backwards, edge is not None, beyond)

    def first(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """The rows of the page, and one more if there are further ones."""
        return rows.filter(self.beyond).order_by(*self.terms)[: self.size + 1]

    def slice(self, found: list[Any]) -> Slice:
        more, found = len(found) > self.size, found[: self.size]
        if self.backwards:
            return Slice(found[::-1], has_previous=more, has_next=self.from_edge)
        return Slice(found, has_previous=self.from_edge, has_next=more)


def _reversed(ordering: Ordering) -> Ordering:
    return tuple(name[1:] if name.startswith("-") else f"-{name}" for name in ordering)


def _order_by(rows: "QuerySet[Any]", ordering: Ordering, *, nulls_last: bool) -> list[Any]:
    """Plain names where the column is never empty (indexes serve them); else what is unknown goes last."""
    terms: list[Any] = []
    for name in ordering:
        column = name.lstrip("-")
        field: Any = rows.model._meta.get_field(column)
        if not field.null:
            terms.append(name)
            continue
        side = {"nulls_last": True} if nulls_last else {"nulls_first": True}
        terms.append(F(column).desc(**side) if name.startswith("-") else F(column).asc(**side))
    return terms


def _beyond(ordering: Ordering, edge: Sequence[Any], *, nulls_last: bool) -> Q:
    """Rows that come after `edge` in this order: (a, b) > (x, y) spelled out, empty values at their end."""
    condition = Q(pk__in=[])
    same = Q()
    for name, value in zip(ordering, edge, strict=True):
        column = name.lstrip("-")
        condition |= same & _past(column, value, name.startswith("-"), nulls_last)
        same &= Q(**{f"{column}__isnull": True}) if value is None else Q(**{column: value})
    return condition


def _bound(rows: "QuerySet[Any]", ordering: Ordering, edge: Sequence[Any]) -> Q:
    """The first column alone, so that an index starts at the edge: no database reads an OR as a range."""
    first, column = ordering[0], ordering[0].lstrip("-")
    if getattr(rows.model._meta.get_field(column), "null", False):
        return Q()
    return Q(**{f"{column}__{'lte' if first.startswith('-') else 'gte'}": edge[0]})


def _past(column: str, value: Any, descending: bool, nulls_last: bool) -> Q:
    if value is None:
        return Q(pk__in=[]) if nulls_last else Q(**{f"{column}__isnull": False})
    past = Q(**{f"{column}__{'lt' if descending else 'gt'}": value})
    return past | Q(**{f"{column}__isnull": True}) if nulls_last else past
