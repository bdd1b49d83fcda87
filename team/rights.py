"""Rules about roles and sign-in: nobody raises themselves, and an administrator always remains."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from team.models import Team, User
from team.refusals import Refusal

ROLE_FIELDS = ("is_rep", "is_manager", "is_admin", "is_director")


def may_name_directors(user: User) -> bool:
    """Wages are for directors: only they make another, unless there is none yet."""
    if user.is_director:
        return True
    return user.is_admin and not User.objects.filter(is_director=True, is_active=True).exists()


def check_roles(user: User, new: Mapping[str, Any], *, by: User | None) -> None:
    """Refuse a change of roles that must not be. Call it in the transaction that makes the change."""
    changed = [name for name in ROLE_FIELDS if name in new and new[name] != getattr(user, name)]
    if not changed:
        return
    if by is not None and by.pk == user.pk:
        raise Refusal(_("Nobody changes their own roles. Ask another administrator."), changed[0])
    if by is not None and "is_director" in changed and not may_name_directors(by):
        raise Refusal(_("Only a director names directors."), "is_director")
    if "is_admin" in changed and user.is_admin:
        keep_an_administrator(user)
    if "is_manager" in changed and user.is_manager:
        _keep_managed(user)


def check_email(user: User, new: Mapping[str, Any], *, by: User | None) -> None:
    """Who gives a director another e-mail gets their password by mail, and with it the wages."""
    changes = "email" in new and new["email"] != user.email
    if changes and user.is_director and by is not None and not may_name_directors(by):
        raise Refusal(_("Only a director changes the e-mail of a director."), "email")


def keep_an_administrator(leaving: User) -> None:
    """Refuse if nobody would be left to administer. Locks the administrators: two cannot both go."""
    admins = User.objects.filter(is_admin=True, is_active=True).order_by("pk")
    remaining = {admin.pk for admin in admins.select_for_update(of=("self",))} - {leaving.pk}
    if leaving.is_admin and not remaining:
        raise Refusal(
            _("%(name)s is the last administrator. Name another one first.")
            % {"name": leaving.name}
        )


def _keep_managed(user: User) -> None:
    team = Team.objects.filter(manager=user, is_active=True).first()
    if team is not None:
        raise Refusal(
            _("%(name)s manages %(team)s. Give that team another manager first.")
            % {"name": user.name, "team": team.name},
            "is_manager",
        )
