"""The one place that decides who sees what.

A person becomes a `Scope`; every owned model offers `visible_to(user)` built from it. A rep sees what
they own; a manager also what people of the teams they run (with sub-teams) own, and the pool of what has
no owner; administrators and directors see everything. What may not be seen is a 404.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce, wraps
from operator import or_
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse

if TYPE_CHECKING:
    from team.models import Owned, Team, User

ANYONE = "anyone"
SIGNED_IN = "signed-in"
REP, MANAGER, ADMIN, DIRECTOR = "rep", "manager", "admin", "director"
ROLES = (REP, MANAGER, ADMIN, DIRECTOR)

View = Callable[..., HttpResponse]
OwnedModel = TypeVar("OwnedModel", bound="Owned")


class SignedInRequest(HttpRequest):
    """A request of somebody signed in: how views behind `access` annotate theirs."""

    user: "User"


@dataclass(frozen=True)
class Scope:
    """Whose records a person sees: all of them, or those of `user_ids` (and the pool)."""

    all: bool
    user_ids: frozenset[int]
    pool: bool
    # the teams they run, with everything inside, by path; only the columns that name them are read
    teams: tuple["Team", ...] = ()

    @property
    def team_ids(self) -> frozenset[int]:
        return frozenset(team.pk for team in self.teams)

    @property
    def is_one_person(self) -> bool:
        return not self.all and not self.pool and len(self.user_ids) == 1

    def covers(self, owner_id: int | None) -> bool:
        if self.all:
            return True
        return self.pool if owner_id is None else owner_id in self.user_ids


NOBODY = Scope(all=False, user_ids=frozenset(), pool=False)


def scope_of(user: "User") -> Scope:
    """The scope of a person, worked out once per request (it is kept on the user object)."""
    if not user.is_authenticated or not user.is_active:
        return NOBODY
    known: Scope | None = user.__dict__.get("_scope")
    if known is None:
        known = user.__dict__["_scope"] = _work_out(user)
    return known


def _work_out(user: "User") -> Scope:
    if user.is_admin or user.is_director:
        return Scope(all=True, user_ids=frozenset(), pool=True)
    if not user.is_manager:
        return Scope(all=False, user_ids=frozenset({user.pk}), pool=False)
    teams, people = user.run_by_them()
    return Scope(all=False, user_ids=frozenset(people | {user.pk}), pool=True, teams=tuple(teams))


def ways_to_see(model: "type[Owned]", scope: Scope) -> list[Q]:
    """The conditions of which any makes a row visible: one for each of the model's `owner_paths`, and
    for the pool one more, so that an index serves each (their OR is served by none)."""
    if scope.all:
        return [Q()]
    return [way for path in model.owner_paths for way in _ways_along(model, path, scope)]


def any_of(ways: Sequence[Q]) -> Q:
    """Their OR. (An empty condition is met by every row, but `|` would drop it.)"""
    return reduce(or_, ways) if all(ways) else Q()


def _ways_along(model: "type[Owned]", path: str, scope: Scope) -> list[Q]:
    """A path through a parent becomes a subquery on the parent: both databases hash it once,
    where a join over several paths would be scanned."""
    head, _, rest = path.partition("__")
    if path in model.owner_copies:
        # without a parent there is no owner to be copied: that is not the pool
        present = Q(**{f"{model.owner_copies[path]}__isnull": False})
        return [present & way for way in _owners(path, scope)]
    if not rest:
        return _owners(path, scope)
    parent: Any = model._meta.get_field(head).related_model
    return [
        Q(**{f"{head}__in": parent.everything.filter(way).values("pk")})
        for way in _owners(rest, scope)
    ]


def _owners(column: str, scope: Scope) -> list[Q]:
    if len(scope.user_ids) == 1:
        owned = Q(**{column: next(iter(scope.user_ids))})
    else:
        owned = Q(**{f"{column}__in": sorted(scope.user_ids)})
    return [owned, Q(**{f"{column}__isnull": True})] if scope.pool else [owned]


def visible_or_404(
    model: type[OwnedModel],
    user: Any,
    *,
    related: Sequence[str] = (),
    annotations: Mapping[str, Any] | None = None,
    **lookup: Any,
) -> OwnedModel:
    """The one row, or the same 404 for "not yours" as for "not there".

    `related` rows come with it, and expressions by the names they get.
    """
    rows = model.visible_to(user).filter(**lookup).annotate(**annotations or {})
    # without names, select_related() would follow every relation
    found: OwnedModel | None = (rows.select_related(*related) if related else rows).first()
    if found is None:
        raise Http404
    return found


def is_visible(row: "Owned", user: Any) -> bool:
    """Whether a row that was reached by another one is this person's to see."""
    return type(row).visible_to(user).filter(pk=row.pk).exists()


def access(*roles: str) -> Callable[[View], View]:
    """Declare who may use a view: `ANYONE`, `SIGNED_IN`, or any of the named roles."""
    unknown = set(roles) - {*ROLES, ANYONE, SIGNED_IN}
    if unknown or not roles:
        raise ValueError(f"access() takes roles, got {roles}")

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if ANYONE not in roles and SIGNED_IN not in roles:
                require_role(request.user, *roles)
            return view(request, *args, **kwargs)

        guarded.access = frozenset(roles)  # type: ignore[attr-defined]
        return guarded

    return declare


def require_role(user: Any, *roles: str) -> None:
    """Raise PermissionDenied (403) unless the person has one of the roles."""
    if not user.has_role(*roles):
        raise PermissionDenied


def may_export(user: Any) -> bool:
    """Who takes files along and prints lists: who leads others, until they leave themselves."""
    return leads_others(user) and bool(user.exports)


def leads_others(user: Any) -> bool:
    """Who may say what reps may not say of their own records: whose they are, and whether they count.

    Managers do within their teams, administrators and directors everywhere.
    """
    return bool(user.has_role(MANAGER, ADMIN, DIRECTOR))
