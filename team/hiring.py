"""Taking people on, inviting them to sign in, and keeping what is written about them."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.lib.formatting import day
from team.audit import last_entry, record
from team.letters import ask_for_letter
from team.membership import join_team
from team.models import Company, Employment, Team, User
from team.records import add_record, change_record
from team.refusals import Refusal, taken_meanwhile
from team.rights import ROLE_FIELDS, check_email, check_roles

# Pressed twice within it, the button means one letter.
ONE_INVITATION = timedelta(minutes=1)
PERSON_FIELDS = ("reference", "name", "email", "language", *ROLE_FIELDS)


def hire(
    user: User, *, on: date, team: Team | None, invite: bool, by: User | None
) -> tuple[User, bool]:
    """Store a new person with their employment and team; False: made before by the same post."""
    with taken_meanwhile(_taken()), transaction.atomic():
        check_roles(User(), {name: getattr(user, name) for name in ROLE_FIELDS}, by=by)
        user.set_unusable_password()
        user, made = add_record(user, by=by, fields=PERSON_FIELDS)
        if made:
            _employ(user, on, team, by)
            if invite:
                send_invitation(user, by=by)
    return user, made


def rehire(user: User, *, on: date, team: Team | None, by: User | None) -> None:
    """Take somebody back: a new employment; they may sign in again. The same day and team again change nothing."""
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        last = Employment.objects.filter(user=user, deleted_on=None).order_by("hired_on").last()
        if last is not None and last.left_on is None and last.hired_on == on:
            join_team(user, team, on=on, by=by)
            return
        if not user.is_active:
            reactivate(user, by=by)
        if last is not None and last.left_on is None:
            raise Refusal(_("%(name)s is employed already.") % {"name": user.name})
        if last is not None and last.left_on is not None and on <= last.left_on:
            left = {"day": day(last.left_on)}
            raise Refusal(_("They left on %(day)s. Choose a later day.") % left, "on")
        User.objects.filter(pk=user.pk).update(leaves_on=None, exports=True)
        _employ(user, on, team, by)


def send_invitation(user: User, *, by: User | None) -> None:
    """Send a link, good for three days, with which a person chooses their password."""
    if not user.email:
        raise Refusal(_("There is no e-mail to send an invitation to."), "email")
    if not user.is_active:
        raise Refusal(_("%(name)s may not sign in.") % {"name": user.name})
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        last = last_entry(user, "invite")
        if last is not None and timezone.now() - last.at < ONE_INVITATION:
            return
        record("invite", user, by=by)
        ask_for_letter("invitation", user)


def change_person(user: User, values: dict[str, Any], *, by: User | None, version: int) -> User:
    """Store an edit of a person; raises `Refusal` and `VersionConflict`."""
    with taken_meanwhile(_taken(), "email"), transaction.atomic():
        stored = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        check_roles(stored, values, by=by)
        check_email(stored, values, by=by)
        changed = change_record(stored, values, by=by, version=version)
        if "email" in values and stored.email and stored.email != changed.email:
            ask_for_letter("email-changed", changed, to=stored.email)
    return changed


def reactivate(user: User, *, by: User | None) -> None:
    """Let somebody sign in again; sessions and links of before stay ended."""
    with transaction.atomic():
        if User.objects.filter(pk=user.pk, is_active=False).update(
            is_active=True, deactivated_at=None
        ):
            record("reactivate", user, by=by)
    user.is_active = True


def _taken() -> str:
    return _("Somebody was saved with this e-mail or reference meanwhile.")


def _employ(user: User, on: date, team: Team | None, by: User | None) -> None:
    today = Company.get().today
    Employment.objects.create(user=user, hired_on=on, recorded_on=today)
    record("hire", user, by=by, after={"hired_on": on})
    if team is not None:
        join_team(user, team, on=on, by=by)
