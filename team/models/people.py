"""Users and the tree of teams."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import connection, models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.lib.references import new_reference
from crm.lib.text import normalise_email, sort_key
from team.access import ADMIN, DIRECTOR, MANAGER, REP, scope_of


def team_reference() -> str:
    return new_reference("TE")


def user_reference() -> str:
    return new_reference("RE")


# Rows of a page of who leaves.
LEAVER_ROWS = 25


class Team(models.Model):
    """A team may lie inside another. `path` ("/3/17/") is written by `team.teams` alone."""

    reference = models.CharField(max_length=100, unique=True, default=team_reference)
    name = models.CharField(_("name"), max_length=100)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    manager = models.ForeignKey(
        "team.User", models.PROTECT, null=True, blank=True, related_name="manages"
    )
    path = models.CharField(max_length=200, default="", editable=False, db_index=True)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    client_ref = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="team_name_once"),
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")), name="team_not_inside_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("team-list")

    @classmethod
    def visible_to(cls, user: "User") -> "models.QuerySet[Team]":
        """The teams a person runs, with those inside them, or all."""
        scope = scope_of(user)
        return cls.objects.all() if scope.all else cls.objects.filter(pk__in=scope.team_ids)


# Asked for on every page of a manager, so it is not put together each time (1 ms). A path is digits and "/".
_RUN_BY = """
SELECT inside.id, inside.name, inside.path, person.id
FROM team_team run JOIN team_team inside ON inside.path LIKE run.path || '%%'
LEFT JOIN team_user person ON person.team_id = inside.id
WHERE run.manager_id = %s ORDER BY inside.path"""


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=normalise_email(username or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=normalise_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who works here. Signs in by e-mail; never deleted, only deactivated.

    Someone known from imported tables alone has no e-mail and no usable password.
    """

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Density(models.TextChoices):
        COMFORTABLE = "comfortable", _("Comfortable")
        COMPACT = "compact", _("Compact")

    reference = models.CharField(max_length=100, unique=True, default=user_reference)
    email = models.EmailField(_("e-mail"), unique=True, null=True, blank=True)
    name = models.CharField(pgettext_lazy("person", "name"), max_length=150)
    sort_name = models.CharField(max_length=200, editable=False, default="")
    is_rep = models.BooleanField(_("rep"), default=False)
    is_manager = models.BooleanField(_("manager"), default=False)
    is_admin = models.BooleanField(_("administrator"), default=False)
    is_director = models.BooleanField(_("director"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    deactivated_at = models.DateTimeField(null=True, blank=True, editable=False)
    # The last day, once somebody said that they leave: from then on they read in smaller pages and are given nothing.
    leaves_on = models.DateField(null=True, blank=True, editable=False)
    # off as soon as who leaves is to take no lists along
    exports = models.BooleanField(default=True, editable=False)
    # raised to end every open session and every link sent by mail
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    team = models.ForeignKey(
        Team, models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("team")
    )
    language = models.CharField(_("language"), max_length=10, default="en")
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True, default="")
    theme = models.CharField(_("theme"), max_length=10, choices=Theme, default=Theme.SYSTEM)
    density = models.CharField(
        _("row height"), max_length=12, choices=Density, default=Density.COMFORTABLE
    )
    shortcuts = models.BooleanField(_("single-letter shortcuts"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    client_ref = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        ordering = ["sort_name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email__isnull=True) | ~models.Q(email=""),
                name="user_email_null_not_empty",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_name = sort_key(self.name)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("person-detail", args=[self.pk])

    def clean(self) -> None:
        super().clean()
        self.email = normalise_email(self.email) if self.email else None

    @property
    def roles(self) -> frozenset[str]:
        flags = {
            REP: self.is_rep,
            MANAGER: self.is_manager,
            ADMIN: self.is_admin,
            DIRECTOR: self.is_director,
        }
        return frozenset(role for role, has in flags.items() if has)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must still match: a new password or a raised `session_epoch` ends it."""
        state = f"{self.password}:{self.session_epoch}"
        key = salted_hmac("team.models.User.session", state, secret=secret, algorithm="sha256")
        return key.hexdigest()

    @property
    def is_leaving(self) -> bool:
        return self.leaves_on is not None

    @property
    def rows_at_most(self) -> int | None:
        """Rows that one page may show them; None: as many as the page has (ruling 21)."""
        return LEAVER_ROWS if self.is_leaving else None

    def has_role(self, *roles: str) -> bool:
        return self.is_active and not self.roles.isdisjoint(roles)

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split()[:2]).upper()

    def run_by_them(self) -> tuple[list[Team], set[int]]:
        """The teams this person manages, with everything inside them, by path; and ids of the people there.

        One query; of a team only what names it is read.
        """
        with connection.cursor() as cursor:
            cursor.execute(_RUN_BY, [self.pk])
            found = list(cursor.fetchall())
        teams = {pk: Team(pk=pk, name=name, path=path) for pk, name, path, _person in found}
        return list(teams.values()), {row[-1] for row in found if row[-1] is not None}

    @classmethod
    def receivers(cls, giver: "User") -> models.QuerySet["User"]:
        """To whom a person may give what others look after: who works here, and does not leave."""
        return cls.visible_to(giver).filter(is_active=True, leaves_on=None)

    @classmethod
    def visible_to(cls, user: "User") -> models.QuerySet["User"]:
        """Colleagues a person may see in full: themselves, their teams, or everybody."""
        scope = scope_of(user)
        return cls.objects.all() if scope.all else cls.objects.filter(pk__in=scope.user_ids)
