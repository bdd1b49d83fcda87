"""Ending an employment and the right to sign in. Knows nothing of records: those are handed over apart.

A person is never deleted: their past stays where it happened.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.lib.formatting import day
from team.audit import record
from team.facts import end
from team.feeds import end_feed
from team.membership import leave_team, stay_in_team
from team.models import Company, Employment, User
from team.refusals import Refusal
from team.rights import keep_an_administrator

DAY = timedelta(days=1)
# What is begun as soon as somebody is known to leave: the person, their last day, who said so.
AtNotice = Callable[[User, date, User], None]
_at_notice: list[AtNotice] = []
# What ends when they stay after all: the person, who said so.
AtStaying = Callable[[User, User], None]
_at_staying: list[AtStaying] = []


def at_notice(begin: AtNotice) -> AtNotice:
    """Register what is begun then, in the same transaction."""
    _at_notice.append(begin)
    return begin


def at_staying(end_it: AtStaying) -> AtStaying:
    """Register what ends then, in the same transaction."""
    _at_staying.append(end_it)
    return end_it


def end_employment(
    user: User,
    *,
    last_day: date,
    reason: str,
    sign_in_ends_now: bool,
    exports_end_now: bool = True,
    by: User | None,
) -> None:
    """Close the employment and the membership with `last_day`, the last day employed; an end still ahead is moved.

    Sign-in ends now if asked or if that day has passed, else in the night after it. Until then the person is given
    nothing more, reads in smaller pages and, where `exports_end_now`, takes no files along.
    """
    today = Company.get().today
    _not_oneself(user, by)
    with transaction.atomic():
        person = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        wanted: dict[str, Any] = {"leaves_on": last_day, "exports": not exports_end_now}
        if sign_in_ends_now:
            wanted["is_active"] = False
        if _ended_so_already(person, last_day, reason, wanted):
            return
        employment = _present_employment(person, today)
        if employment.hired_on is not None and last_day < employment.hired_on:
            hired = {"day": day(employment.hired_on)}
            raise Refusal(
                _("They were hired on %(day)s. Choose that day or later.") % hired, "last_day"
            )
        employment.leave_reason = reason
        before = employment.left_on
        end(employment, "left_on", last_day, today).save(update_fields=["leave_reason"])
        if before is not None:
            stay_in_team(person, on=before + DAY)
        leave_team(person, on=last_day + DAY, today=today)
        person.leaves_on, person.exports = last_day, not exports_end_now
        person.save(update_fields=["leaves_on", "exports"])
        after = {"left_on": last_day, "leave_reason": reason, "exports": person.exports}
        record("end employment", person, by=by, before={"left_on": before}, after=after)
        if by is not None:
            for begin in _at_notice:
                begin(person, last_day, by)
        if sign_in_ends_now or last_day < today:
            deactivate(person, by=by)
    user.refresh_from_db()


def keep_employed(user: User, *, by: User) -> None:
    """They stay after all: the end that was said is struck, and with it what came of saying it."""
    today = Company.get().today
    with transaction.atomic():
        person = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        employment = _present_employment(person, today)
        said = employment.left_on
        if said is None:
            return  # said already: the button was pressed twice
        employment.left_on, employment.leave_reason = None, ""
        employment.save(update_fields=["left_on", "leave_reason"])
        stay_in_team(person, on=said + DAY)
        person.leaves_on, person.exports = None, True
        person.save(update_fields=["leaves_on", "exports"])
        record("stay", person, by=by, before={"left_on": said}, after={"left_on": None})
        for end_it in _at_staying:
            end_it(person, by)
    user.refresh_from_db()


def deactivate(user: User, *, by: User | None) -> None:
    """End the right to sign in: sessions, links by mail, the calendar's address and running jobs end with it."""
    _not_oneself(user, by)
    with transaction.atomic():
        keep_an_administrator(user)
        ended = User.objects.filter(pk=user.pk, is_active=True).update(
            is_active=False, deactivated_at=timezone.now(), session_epoch=F("session_epoch") + 1
        )
        if ended:
            record("deactivate", user, by=by)
            end_feed(user, by=by)
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


def _ended_so_already(user: User, last_day: date, reason: str, wanted: dict[str, Any]) -> bool:
    """The same said twice, as of a form that was sent again."""
    known = Employment.objects.filter(user=user, deleted_on=None).order_by("hired_on", "pk").last()
    said = known is not None and (known.left_on, known.leave_reason) == (last_day, reason)
    return said and all(getattr(user, name) == value for name, value in wanted.items())


def employed(user: User, today: date) -> Employment | None:
    """The employment that stands, though an end that has not passed may be known already."""
    stands = Employment.objects.filter(user=user, deleted_on=None).exclude(left_on__lt=today)
    return stands.order_by("hired_on", "pk").first()


def _present_employment(user: User, today: date) -> Employment:
    employment = employed(user, today)
    if employment is None:
        raise Refusal(_("%(name)s is not employed.") % {"name": user.name})
    return employment
