"""How people keep lists: the states of a list that they named, and how each arranged it for themselves."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from team.access import scope_of
from team.models.base import Record
from team.models.people import Team, User


class SavedView(Record):
    """A state of a list under a name: what its address says of search, filters, tab, sort and columns.

    It is its owner's, and may be shared with a team and all teams inside it, or with everybody. It holds no rows and
    no rights: whoever opens it sees through their own scope. `listed` is the name of the list's address.
    """

    listed = models.CharField(max_length=40, editable=False)
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(max_length=2000, blank=True, default="", editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="saved_views",
        editable=False,
        db_index=False,
    )
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    for_all = models.BooleanField(_("for everybody"), default=False)
    deleted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["name", "id"]
        indexes = [
            models.Index(
                fields=["listed"],
                name="saved_view_shared",
                condition=Q(deleted_at__isnull=True) & (Q(team__isnull=False) | Q(for_all=True)),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                "owner",
                "listed",
                Lower("name"),
                condition=Q(deleted_at__isnull=True),
                name="saved_view_name_once",
            ),
            models.CheckConstraint(
                condition=Q(team__isnull=True) | Q(for_all=False),
                name="saved_view_for_a_team_or_all",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_shared(self) -> bool:
        return self.for_all or self.team_id is not None

    @property
    def plain_address(self) -> str:
        """The list's address with the same parameters."""
        return f"{reverse(self.listed)}?{self.query}" if self.query else reverse(self.listed)

    def get_absolute_url(self) -> str:
        return f"{reverse(self.listed)}?{self.query}{'&' if self.query else ''}view={self.pk}"

    @classmethod
    def visible_to(cls, user: User) -> "models.QuerySet[SavedView]":
        """One's own, and those shared with everybody, with a team one is in or below, or with one that one runs.

        Who sees everything sees all that are shared; nobody sees what a colleague keeps for themselves.
        """
        live = cls.objects.filter(deleted_at__isnull=True)
        scope = scope_of(user)
        seen = Q(owner=user.pk) | Q(for_all=True)
        if scope.all:
            return live.filter(seen | Q(team__isnull=False))
        seen |= Q(team__in=_above({team.path for team in scope.teams}))
        if user.team_id is not None:
            inside = Team.objects.filter(pk=user.team_id, path__startswith=OuterRef("team__path"))
            seen |= Q(team__isnull=False) & Q(Exists(inside))
        return live.filter(seen)


def _above(paths: set[str]) -> set[int]:
    """The teams that these paths lead through."""
    return {int(part) for path in paths for part in path.split("/") if part}


class Arrangement(models.Model):
    """How a person arranged a list: its columns in order (none: as it comes), and the view it opens with."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    listed = models.CharField(max_length=40)
    columns = models.CharField(max_length=400, blank=True, default="")
    start = models.ForeignKey(
        SavedView, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "listed"], name="arrangement_once"),
        ]

    def __str__(self) -> str:
        return self.listed
