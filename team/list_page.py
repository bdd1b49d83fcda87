"""A list as one person keeps it: the columns they chose, the views they may open, and the one it opens with."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse

from crm.lib.columns import Arranged, ListKind, as_words
from crm.lib.listing import COLUMNS, VIEW, Listing
from crm.lib.text import sort_key
from crm.lib.web import respond
from team.access import SignedInRequest
from team.models import Arrangement, SavedView
from team.offering import columns_for
from team.saved_views import state_of

# Views above a list; all of them stand on a page of their own.
CHIPS = 8


@dataclass(frozen=True)
class Kept:
    """What stands above a list: its views, the `opened` one, and what can be done about them.

    There are `more` than stand here. `state` is what the address says of the list now, `is_changed` whether the
    opened view says otherwise.
    """

    title: Any
    views: list[SavedView]
    more: int
    opened: SavedView | None
    start_id: int | None
    state: str
    is_changed: bool
    is_own: bool
    plain: str
    save_url: str
    columns_url: str


class ListPage:
    """What a view asks before it makes its `Listing` (`columns`), and by which it answers (`show`)."""

    def __init__(self, request: SignedInRequest, kind: ListKind) -> None:
        self.request = request
        self.kind = kind
        found = Arrangement.objects.filter(user=request.user, listed=kind.name).first()
        self.arrangement = found or Arrangement(user=request.user, listed=kind.name)

    @property
    def columns(self) -> Arranged:
        chosen = self.arrangement.columns.split(",") if self.arrangement.columns else []
        # a list that opens with a view is reached without it by saying so
        plain = f"{self.request.path}?{VIEW}=" if self.arrangement.start_id else ""
        return Arranged(columns_for(self.kind, self.request.user), chosen, plain, self.kind.name)

    def show(
        self, listing: Listing, page: str, context: dict[str, Any], *, fragment: str
    ) -> HttpResponse:
        """The page of the list, or its part; without any parameter the view that this person starts with."""
        if not self.request.GET and self._start is not None:
            return HttpResponseRedirect(self._start.get_absolute_url())
        context = context | {"kept": self._kept(listing)}
        return respond(self.request, page, context, fragment=fragment)

    @cached_property
    def _views(self) -> list[SavedView]:
        """One's own first, then those that are shared, by the language's alphabet."""
        found = SavedView.visible_to(self.request.user).filter(listed=self.kind.name)
        mine = self.request.user.pk
        return sorted(found, key=lambda view: (view.owner_id != mine, sort_key(view.name)))

    def _chips(self, opened: SavedView | None) -> list[SavedView]:
        """Those that stand above the list; of very many the first, the one that is open and the one to start with."""
        always = {opened and opened.pk, self.arrangement.start_id}
        kept = [view for view in self._views if view.pk in always]
        others = [view for view in self._views if view.pk not in always]
        shown = {view.pk for view in [*kept, *others][:CHIPS]}
        return [view for view in self._views if view.pk in shown]

    @property
    def _start(self) -> SavedView | None:
        """None also where it was deleted, or is shared with this person no more."""
        start = self.arrangement.start_id
        return next((view for view in self._views if view.pk == start), None) if start else None

    def _kept(self, listing: Listing) -> Kept:
        asked = self.request.GET.get(VIEW, "")
        opened = next((view for view in self._views if str(view.pk) == asked), None)
        state = state_of(self.request.GET)
        return Kept(
            title=self.kind.title,
            views=self._chips(opened),
            more=max(0, len(self._views) - CHIPS),
            opened=opened,
            start_id=self._start.pk if self._start else None,
            state=state,
            is_changed=opened is not None and _sorted(state) != _sorted(opened.query),
            is_own=opened is not None and opened.owner_id == self.request.user.pk,
            plain=listing.cleared,
            save_url=f"{reverse('view-new')}?{self._to_save(listing)}",
            columns_url=self._columns_url(),
        )

    def _to_save(self, listing: Listing) -> str:
        """The state, with the columns in sight where they are not as the list comes."""
        query = QueryDict(state_of(self.request.GET), mutable=True)
        if listing.is_arranged:
            query[COLUMNS] = as_words(listing.shown)
        query["listed"] = self.kind.name
        return query.urlencode()

    def _columns_url(self) -> str:
        """Empty where there is nothing to choose."""
        if all(column.fixed for column in self.kind.columns):
            return ""
        back = quote(self.request.get_full_path())
        return f"{reverse('list-columns', args=[self.kind.name])}?next={back}"


def _sorted(state: str) -> list[tuple[str, list[str]]]:
    return sorted((name, list(values)) for name, values in QueryDict(state).lists())
