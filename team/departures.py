"""Ending an employment and the right to sign in. Knows nothing of records: those are handed over apart.

A person is never deleted: their past stays where it happened.
"""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.lib.formatting import day
from team.audit import record
from team.facts import end
from team.membership import leave_team
from team.models import Company, Employment, User
from team.refusals import Refusal
from team.rights import keep_an_administrator

DAY = timedelta(days=1)


def end_employment(
    user: User, *, last_day: date, reason: str, sign_in_ends_now: bool, by: User | None
) -> None:
    """Close the employment and the membership with `last_day`, the last day employed.

    Sign-in ends now if asked or if that day has passed, else in the night after it.
    """
    today = Company.get().today
    _not_oneself(user, by)
    with transaction.atomic():
        person = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        employment = _open_employment(person)
        if employment.hired_on is not None and last_day < employment.hired_on:
            hired = {"day": day(employment.hired_on)}
            raise Refusal(
                _("They were hired on %(day)s. Choose that day or later.") % hired, "last_day"
            )
        employment.leave_reason = reason
        end(employment, "left_on", last_day, today).save(update_fields=["leave_reason"])
        leave_team(person, on=last_day + DAY, today=today)
        after = {"left_on": last_day, "leave_reason": reason}
        record("end employment", person, by=by, after=after)
        if sign_in_ends_now or last_day < today:
            deactivate(person, by=by)
    user.refresh_from_db()


def deactivate(user: User, *, by: User | None) -> None:
    """End the right to sign in: sessions, links by mail and running jobs end with it."""
    _not_oneself(user, by)
    with transaction.atomic():
        keep_an_administrator(user)
        ended = User.objects.filter(pk=user.pk, is_active=True).update(
            is_active=False, deactivated_at=timezone.now(), session_epoch=F("session_epoch") + 1
        )
        if ended:
            record("deactivate", user, by=by)
    user.refresh_from_db(fields=["is_active", "deactivated_at", "session_epoch"])


def end_due_sign_ins(today: date) -> int:
    """Deactivate whose last day has passed; the last administrator stays, and says so in the log."""
    gone = Employment.objects.filter(left_on__lt=today, deleted_on=None, user__is_active=True)
    here = Employment.objects.filter(user=F("user"), deleted_on=None).exclude(left_on__lt=today)
    due = User.objects.filter(pk__in=gone.values("user")).exclude(pk__in=here.values("user"))
    ended = 0
    for user in due.order_by("pk"):
        try:
            deactivate(user, by=None)
            ended += 1
        except Refusal as refusal:
            record("keep sign-in", user, by=None, after={"reason": refusal.sentence})
    return ended


def _not_oneself(user: User, by: User | None) -> None:
    if by is not None and by.pk == user.pk:
        raise Refusal(_("Nobody ends their own sign-in. Ask another administrator."))


def _open_employment(user: User) -> Employment:
    employment = Employment.objects.filter(user=user, left_on=None, deleted_on=None).first()
    if employment is None:
        raise Refusal(_("%(name)s is not employed.") % {"name": user.name})
    return employment
