"""One way to show a list: filters and search, a whitelisted sort, keyset pages, all in the address."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from crm.lib.columns import Arranged, Column, shown
from crm.lib.filtering import Chip, Filtering
from crm.lib.paging import (
    Ordering,
    Slice,
    cut,
    cut_found,
    decode,
    encode,
    preceding,
    values_of,
)
from crm.lib.union import count_and_sum
from crm.lib.web import typed

PAGE_SIZE = 50
# Counting is exact up to here; a page never reads a million rows to say how many there are.
COUNT_LIMIT = 10_000
CURSORS = ("after", "before", "last")
# Besides filters: the saved view that was opened, and columns that an address asks for.
VIEW, COLUMNS = "view", "columns"


@dataclass(frozen=True)
class Beside:
    """The rows before and after one, its place (from 1) and how many there are; None beyond `COUNT_LIMIT`.

    A row that is in the list no more still has those beside it, by the values it is sorted by.
    """

    previous: Any
    next: Any
    place: int | None
    count: int | None
    is_gone: bool


@dataclass(frozen=True)
class Tabs:
    """Ways to see a list, one always chosen: `?state=` names it, the first without it.

    `narrow` turns the rows and the chosen name into fewer rows.
    """

    labels: Mapping[str, Any]
    narrow: Callable[[Any, str], "QuerySet[Any]"]


class Listing:
    """A page of rows for a request.

    Only declared filters, sorts and cursors are read from the address; everything else is ignored.
    `search` turns what was typed into `q` into a narrower queryset. `total` names a column to add up.
    `parts` are the same rows as a union of querysets that may overlap (`crm.lib.union`). `known` is the
    count and the sum where the caller has them already; nothing is counted then. `ranked` are the first rows in an
    order that no column holds: they are the only page. Of columns that are `Arranged` those are shown that the
    address names (`?columns=`), else the chosen ones.
    """

    def __init__(
        self,
        request: HttpRequest,
        rows: "QuerySet[Any]",
        *,
        parts: "Sequence[QuerySet[Any]]" = (),
        columns: list[Column] | Arranged,
        default_sort: str,
        filters: type[django_filters.FilterSet] | None = None,
        tabs: Tabs | None = None,
        search: Callable[["QuerySet[Any]", str], "QuerySet[Any]"] | None = None,
        total: str | None = None,
        page_size: int = PAGE_SIZE,
        known: tuple[int, int] | None = None,
        ranked: Sequence[Any] | None = None,
    ) -> None:
        self.request = request
        arranged = columns if isinstance(columns, Arranged) else Arranged(columns)
        self.columns = arranged.offered
        self.shown = shown(arranged.offered, _named(request) or arranged.chosen)
        self.is_arranged = bool(_named(request) or arranged.chosen)
        self.cleared = arranged.plain or request.path
        self.name = arranged.name
        self.default_sort = default_sort
        self.total_column = total
        # somebody may have been told to read in smaller pages
        at_most = getattr(request.user, "rows_at_most", None)
        self.page_size = min(page_size, at_most or page_size)
        self.known = known
        self.ranked = ranked
        self.tabs = tabs
        self._whole = rows
        self.query = typed(request)
        self.filterset = filters(request.GET, queryset=rows, request=request) if filters else None
        self.filtering = Filtering(self.filterset)
        self.rows = self._narrowed(rows)
        self.found = search(self.rows, self.query) if search and self.query else None
        self.parts = [self._narrowed(part) for part in parts] if len(parts) > 1 else []
        self.searchable = search is not None

    def _narrowed(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        """By the filters and the tab in force."""
        rows = self.filtering.narrowed(rows)
        return self.tabs.narrow(rows, self.tab) if self.tabs else rows

    @property
    def matching(self) -> "QuerySet[Any]":
        """All rows of the list as it is narrowed, beyond the page."""
        return self.rows if self.found is None else self.found

    @cached_property
    def tab(self) -> str:
        """The name of the tab in force; empty for a list without tabs."""
        if self.tabs is None:
            return ""
        asked = self.request.GET.get("state", "")
        return asked if asked in self.tabs.labels else self._default_tab

    @property
    def _default_tab(self) -> str:
        return next(iter(self.tabs.labels), "") if self.tabs else ""

    @property
    def tab_links(self) -> list[dict[str, Any]]:
        """Each tab with its address; the rest of the address stays."""
        labels = self.tabs.labels if self.tabs else {}
        return [
            {
                "label": label,
                "url": self.address(state=None if name == self._default_tab else name),
                "current": name == self.tab,
            }
            for name, label in labels.items()
        ]

    @cached_property
    def sort(self) -> str:
        """The name of the sort in force, `-name` for the other way round."""
        asked = self.request.GET.get("sort", "")
        return asked if asked.lstrip("-") in self._orderings else self.default_sort

    @property
    def _orderings(self) -> Mapping[str, Ordering]:
        return {column.name: column.ordering for column in self.columns if column.ordering}

    @cached_property
    def ordering(self) -> Ordering:
        ordering = self._orderings[self.sort.lstrip("-")]
        if not self.sort.startswith("-"):
            return ordering
        return tuple(n[1:] if n.startswith("-") else f"-{n}" for n in ordering)

    @cached_property
    def _edges(self) -> dict[str, Any]:
        model: type[Model] = self.rows.model
        get = self.request.GET
        after = decode(get.get("after", ""), self.ordering, model) if "after" in get else None
        before = decode(get.get("before", ""), self.ordering, model) if "before" in get else None
        last = "last" in get and after is None and before is None
        return {"after": after, "before": before, "last": last}

    @cached_property
    def page(self) -> Slice:
        if self.ranked is not None:
            return Slice(list(self.ranked), has_previous=False, has_next=False)
        if self._searched is not None:
            return self._searched[0]
        return cut(self.rows, self.ordering, self.page_size, **self._edges, parts=self.parts)

    @cached_property
    def _searched(self) -> tuple[Slice, tuple[int, int]] | None:
        """The page with its count and sum, where something was searched for."""
        if self.found is None:
            return None
        return cut_found(
            self.rows,
            self.found,
            self.ordering,
            self.page_size,
            **self._edges,
            total=self.total_column,
        )

    @cached_property
    def _counted(self) -> tuple[int, int]:
        """Count and sum; above the limit they say no more than that."""
        if self.known is not None:
            return self.known
        if self._searched is not None:
            return self._searched[1]
        return count_and_sum(self.parts or [self.rows], self.total_column, COUNT_LIMIT + 1)

    def beside(self, row: Any) -> Beside:
        """What stands around a row. At most eight queries, however long the list."""
        is_gone = not self.matching.filter(pk=row.pk).exists()
        before, after = self.neighbours(row)
        place = None if is_gone else self.place_of(row)
        return Beside(before, after, place, self.count, is_gone)

    def neighbours(self, row: Any) -> tuple[Any, Any]:
        """The rows before and after it, which itself need not be in the list."""
        edge = values_of(row, self.ordering)
        return self._one(before=edge), self._one(after=edge)

    def place_of(self, row: Any) -> int | None:
        """The first is 1; None in a list that is too long to be counted."""
        if self.count is None:
            return None
        return 1 + self._count_before(values_of(row, self.ordering))

    def _count_before(self, edge: Sequence[Any]) -> int:
        ahead = preceding(self.rows, self.ordering, edge)
        found = [self.found] if self.found is not None else self.parts or [self.rows]
        return count_and_sum([part.filter(ahead) for part in found], None, COUNT_LIMIT + 1)[0]

    def _one(
        self, *, after: Sequence[Any] | None = None, before: Sequence[Any] | None = None
    ) -> Any:
        """The first row beyond an edge; the tags that a list shows beside its rows are not read."""
        rows = self.rows.prefetch_related(None)
        if self.found is not None:
            page, _counted = cut_found(
                rows, self.found, self.ordering, 1, after=after, before=before
            )
        else:
            page = cut(rows, self.ordering, 1, after=after, before=before, parts=self.parts)
        return page.rows[0] if page.rows else None

    @cached_property
    def trail(self) -> str:
        """What the address of a record carries that was opened from here (`team.trail`)."""
        if not self.name:
            return ""
        state = urlencode(self.in_force)
        return f"?{urlencode({'in': self.name, **({'of': state} if state else {})})}"

    @property
    def count(self) -> int | None:
        """How many rows the whole filter has; None = more than `COUNT_LIMIT`."""
        count, _total = self._counted
        return count if self.known is not None or count <= COUNT_LIMIT else None

    @property
    def count_limit(self) -> int:
        return COUNT_LIMIT

    @property
    def total(self) -> int | None:
        """The sum over the whole filter where the count is exact, in the column's unit."""
        return self._counted[1] if self.count is not None else None

    @cached_property
    def elsewhere(self) -> int:
        """How many rows stand where `cleared` leads; above the limit no more than that is said."""
        rows = self.tabs.narrow(self._whole, self._default_tab) if self.tabs else self._whole
        return count_and_sum([rows], None, COUNT_LIMIT + 1)[0]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.query or self.filtering.in_force or self.tab != self._default_tab)

    @property
    def selects(self) -> list[Any]:
        return self.filtering.selects

    @property
    def selects_set(self) -> int:
        """How many of the offered filters are in force."""
        return sum(field.name in self.filtering.in_force for field in self.selects)

    @property
    def chips(self) -> list[Chip]:
        return self.filtering.chips(self.without)

    @property
    def left_out(self) -> list[Chip]:
        return self.filtering.left_out(self.without)

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What the filter form passes on unseen: the tab, the sort, filters without a select."""
        names = [VIEW, COLUMNS, "sort", *(["state"] if self.tabs else [])]
        names += [chip.name for chip in self.chips]
        return [(name, self.request.GET[name]) for name in names if name in self.request.GET]

    @property
    def in_force(self) -> list[tuple[str, str]]:
        """What of the address the list is narrowed, ordered and arranged by; nothing that it does not understand."""
        names = [VIEW, COLUMNS, "sort", *(["state"] if self.tabs else [])]
        names += [*(["q"] if self.query else []), *self.filtering.in_force]
        return [(name, self.request.GET[name]) for name in names if name in self.request.GET]

    def address(self, **changes: str | None) -> str:
        """This address with some parameters changed; cursors are dropped unless named."""
        query = self.request.GET.copy()
        for name in CURSORS:
            query.pop(name, None)
        for name, value in changes.items():
            if value is None:
                query.pop(name, None)
            else:
                query[name] = value
        return f"?{query.urlencode()}"

    def addresses(self, name: str) -> Callable[[str], str]:
        """`address` for many values of one parameter; the rest of it is written once."""
        query = self.request.GET.copy()
        for other in (*CURSORS, name):
            query.pop(other, None)
        rest = f"{query.urlencode()}&" if query else ""
        return cache(lambda value: f"?{rest}{urlencode({name: value})}")

    def without(self, name: str) -> str:
        return self.address(**{name: None})

    @property
    def has_pages(self) -> bool:
        return self.page.has_previous or self.page.has_next

    @property
    def first(self) -> str | None:
        return self.address() if self.page.has_previous else None

    @property
    def previous(self) -> str | None:
        if not self.page.has_previous or not self.page.rows:
            return None
        return self.address(before=encode(self.page.rows[0], self.ordering))

    @property
    def next(self) -> str | None:
        if not self.page.has_next or not self.page.rows:
            return None
        return self.address(after=encode(self.page.rows[-1], self.ordering))

    @property
    def last(self) -> str | None:
        return self.address(last="1") if self.page.has_next else None

    @property
    def headers(self) -> list[dict[str, Any]]:
        """Each column in sight with its state and the address its header leads to (third press: the default)."""
        return [self._header(column) for column in self.shown]

    def _header(self, column: Column) -> dict[str, Any]:
        state, can_sort = "", bool(column.ordering) and self.ranked is None
        if can_sort and self.sort.lstrip("-") == column.name:
            falling = column.ordering[0].startswith("-") != self.sort.startswith("-")
            state = "descending" if falling else "ascending"
        return {
            "name": column.name,
            "label": column.label,
            "classes": column.classes,
            "state": state,
            "href": self._sort_address(column) if can_sort else "",
        }

    def _sort_address(self, column: Column) -> str:
        if self.sort == column.name:
            return self.address(sort=f"-{column.name}")
        if self.sort == f"-{column.name}" and column.name != self.default_sort:
            return self.address(sort=None)
        return self.address(sort=column.name)


def _named(request: HttpRequest) -> list[str]:
    """The columns that the address asks for."""
    return request.GET.get(COLUMNS, "")[:400].split(",") if request.GET.get(COLUMNS) else []
