"""A record that was opened from a list knows its place there: "At risk, 3 of 14", and leads to the ones beside it.

The list stands in the record's address as it stood in its own: `?in=` names it, `&of=` holds its parameters. It is made
anew with the reader's rights each time, so nothing is remembered and nothing foreign can be stepped to. Lists of
another make (of reports) join by `declare_trails`.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.http import QueryDict
from django.urls import reverse

from crm.lib.columns import Arranged, ListKind
from crm.lib.listing import COLUMNS, VIEW, Listing
from team.access import SignedInRequest
from team.offering import columns_for

IN, OF = "in", "of"
LONGEST = 2000


@dataclass(frozen=True)
class Walk:
    """A list whose records lead to one another."""

    kind: ListKind
    model: type[Model]
    page: str
    listing: Callable[[SignedInRequest, Arranged], Listing]


@dataclass(frozen=True)
class Trail:
    """Where a record stands in the list it was opened from; no place where it has left the list, or it is too long."""

    title: Any
    url: str
    place: int | None
    count: int | None
    previous_url: str
    next_url: str
    is_gone: bool


# The parameters of the list, and the record that was opened from it.
Around = Callable[[SignedInRequest, str, Model], Trail | None]
WALKS: dict[str, Around] = {}


def declare_walk(
    kind: ListKind,
    model: type[Model],
    page: str,
    listing: Callable[[SignedInRequest, Arranged], Listing],
) -> None:
    """Records of `model` that this list shows are stepped through; `page` is the name of their address."""
    walk = Walk(kind, model, page, listing)
    WALKS[kind.name] = lambda request, state, record: _around(walk, request, state, record)


def declare_trails(name: str, around: Around) -> None:
    """Whoever comes with `?in=name` is told by `around` where the record stands."""
    WALKS[name] = around


def trail_of(request: SignedInRequest, record: Model) -> Trail | None:
    """The list that the address names, around this record; None without one. A fixed number of queries."""
    around = WALKS.get(request.GET.get(IN, ""))
    return None if around is None else around(request, request.GET.get(OF, "")[:LONGEST], record)


def _around(walk: Walk, request: SignedInRequest, state: str, record: Model) -> Trail | None:
    if not isinstance(record, walk.model):
        return None
    asked = as_asked(request, reverse(walk.kind.name), state)
    listing = walk.listing(asked, _columns(request, walk))
    beside = listing.beside(record)
    words = urlencode({IN: walk.kind.name, **({OF: state} if state else {})})

    def step(row: Model | None) -> str:
        return "" if row is None else f"{reverse(walk.page, args=[row.pk])}?{words}"

    return Trail(
        title=_title(walk, listing),
        url=f"{reverse(walk.kind.name)}?{state}" if state else reverse(walk.kind.name),
        place=beside.place,
        count=beside.count,
        previous_url=step(beside.previous),
        next_url=step(beside.next),
        is_gone=beside.is_gone,
    )


def as_asked(request: SignedInRequest, path: str, state: str) -> SignedInRequest:
    """The request that the list at this address would get."""
    asked = copy.copy(request)
    query = QueryDict(state, mutable=True)
    for name in (VIEW, COLUMNS):
        query.pop(name, None)
    asked.GET = query  # type: ignore[assignment]
    asked.path = path
    return asked


def _columns(request: SignedInRequest, walk: Walk) -> Arranged:
    return Arranged(columns_for(walk.kind, request.user))


def _title(walk: Walk, listing: Listing) -> Any:
    """What the list shows: what was searched for, its tab, else its name."""
    if listing.query:
        return f"«{listing.query}»"
    if listing.tabs and "state" in listing.request.GET:
        return listing.tabs.labels[listing.tab]
    return walk.kind.title
