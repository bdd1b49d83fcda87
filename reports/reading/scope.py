"""Which rows of evidence somebody may see, and which have a value: conditions that all readers share."""

from typing import Any

from django.db.models import Case, Q, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform

from team.access import scope_of
from team.models import User


def in_scope(viewer: User) -> Q:
    """The rows of evidence, or the parts, that a person may see.

    A manager reads what happened in their teams, whoever of the people has moved since: so the parts of teams that do
    not overlap add up. What a person of theirs did before any team was entered is in their part as well.
    """
    scope = scope_of(viewer)
    if scope.all:
        return Q()
    own = Q(owner=viewer.pk) if viewer.pk in scope.user_ids else Q(pk__in=[])
    if not scope.team_ids:
        return own
    in_no_team = Q(owner__in=sorted(scope.user_ids), team__isnull=True)
    return own | Q(team__in=sorted(scope.team_ids)) | in_no_team


def apart_of_teams(viewer: User) -> Q | None:
    """The parts in somebody's scope that sums by team (`TeamSum`) do not hold: their own ones in teams of others.

    None for who reads no team: of them sums by team tell nothing.
    """
    scope = scope_of(viewer)
    if scope.all:
        return Q(pk__in=[])
    if not scope.team_ids:
        return None
    own = Q(owner=viewer.pk) if viewer.pk in scope.user_ids else Q(pk__in=[])
    return own & Q(team__isnull=False) & ~Q(team__in=sorted(scope.team_ids))


def facet_text(name: str) -> Case:
    """A facet as text, for groups; NULL where it has no value: SQLite would tell JSON's null by that word."""
    text = KeyTextTransform(name, "facets")
    return Case(
        When(has_facet(name, None), then=Value(None)), default=text, output_field=TextField()
    )


def has_facet(name: str, value: Any) -> Q:
    """The rows with a value of a facet; None: those without one."""
    if value is None:
        empty = Q(**{f"facets__{name}": ""}) | Q(**{f"facets__{name}": None})
        return empty | Q(**{f"facets__{name}__isnull": True})
    return Q(**{f"facets__{name}": value if isinstance(value, int) else str(value)})
