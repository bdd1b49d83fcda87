"""What owned rows, records and facts have in common."""

from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone

from team.access import owner_filter, scope_of


class Owned(models.Model):
    """A row that somebody answers for. It has no `objects`: ask `visible_to`, or confess `everything`."""

    # Ways from this row to an owner: "owner", or "customer__owner" (visibility flows down).
    owner_paths: ClassVar[tuple[str, ...]]

    everything: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        abstract = True
        base_manager_name = "everything"
        default_manager_name = "everything"

    @classmethod
    def visible_to(cls, user: Any) -> models.QuerySet[Self]:
        """The rows this person may see, and no others."""
        return cls.everything.filter(owner_filter(cls, scope_of(user)))


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
