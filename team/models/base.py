"""What owned rows, records and facts have in common."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from team.access import any_of, scope_of, ways_to_see


class Owned(models.Model):
    """A row that somebody answers for. It has no `objects`: ask `visible_to`, or confess `everything`."""

    # Ways from this row to an owner: "owner", or "customer__owner" (visibility flows down).
    owner_paths: ClassVar[tuple[str, ...]]
    # Columns that hold the owner of a parent (docs/decisions/0008), and the reference to that parent.
    owner_copies: ClassVar[Mapping[str, str]] = {}

    everything: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        abstract = True
        base_manager_name = "everything"
        default_manager_name = "everything"

    @classmethod
    def ways_for(cls, user: Any) -> list[Q]:
        """The conditions of which any makes a row visible to this person."""
        return ways_to_see(cls, scope_of(user))

    @classmethod
    def visible_to(cls, user: Any) -> models.QuerySet[Self]:
        """The rows this person may see, and no others."""
        return cls.everything.filter(any_of(cls.ways_for(user)))

    @classmethod
    def visible_parts(cls, user: Any) -> list[Any]:
        """The same rows as querysets that may overlap, for long lists: each has an index that serves it."""
        return [cls.everything.filter(way) for way in cls.ways_for(user)]


class OwnerCopy(models.ForeignKey):
    """The owner of the row's parent, kept by triggers alone (docs/decisions/0008): long lists have an index so."""

    def __init__(self, **kwargs: Any) -> None:
        fixed = {"null": True, "editable": False, "related_name": "+", "db_index": False}
        super().__init__(
            **{"to": settings.AUTH_USER_MODEL, "on_delete": models.PROTECT, **fixed, **kwargs}
        )


class Record(models.Model):
    """A row people make and edit on screens.

    `client_ref` makes a form post repeatable: the same value again is the same record.
    `version` counts edits; an edit names the version it was opened with.
    """

    client_ref = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        "team.User", models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )

    class Meta:
        abstract = True


class Fact(models.Model):
    """A row that reports read as of a day: known from `recorded_on`, gone from `deleted_on` (both local dates)."""

    recorded_on = models.DateField(editable=False)
    deleted_on = models.DateField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True


class Past(Fact):
    """What a record said of what reports read, until somebody changed it on a later day (docs/decisions/0010).

    The record itself says what holds now, which is all that screens need; who reads as of a day takes the row
    that held then instead, if there is one. Written by `team.past` alone. Each has a reference `of` to the
    record and the columns `kept`, named as in the record; `since` is the record's own first day.
    """

    of: ClassVar[str]
    kept: ClassVar[tuple[str, ...]]
    since: ClassVar[str] = "recorded_on"

    class Meta:
        abstract = True
