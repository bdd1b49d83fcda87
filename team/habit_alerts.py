"""Tells who answers for somebody that they do far more of something than they used to (ruling 21).

It looks when what is counted is written, a moment after the page was sent, so that no page waits for it.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.lib import formatting
from team.audit import Actor, acting, record
from team.habits import HABIT_DAYS, HABITS, Habit, usual_of
from team.leaders import leaders_of
from team.models import Company, HabitAlert, NoticeWish, User
from team.notices import Told, notice_kind, tell
from team.rail import waiting


def _sentence(told: Mapping[str, Any]) -> str:
    return _("%(name)s, %(what)s today: %(n)s. Ask what it was for.") % {
        "name": told["name"],
        "what": HabitAlert.Kind(told["kind"]).label,
        "n": formatting.number(told["n"]),
    }


UNUSUAL = notice_kind(
    "habit",
    gettext_lazy("Somebody does far more of something than they used to"),
    _sentence,
    icon="alert-triangle",
    mail=NoticeWish.Mail.AT_ONCE,
)


def alert_if_unusual(people: Iterable[int], *kinds: HabitAlert.Kind) -> None:
    """Look at the day of each person; at most one alert a person, kind and day."""
    company = Company.get()
    for user_id in sorted(set(people)):
        for kind in kinds:
            _look_at(user_id, HABITS[kind], company)


def _look_at(user_id: int, habit: Habit, company: Company) -> None:
    today = company.today
    # the day alone first: on most there is nothing to compare
    n = habit.by_day(user_id, today, company).get(today, 0)
    alerts = HabitAlert.objects.filter(user=user_id, on=today, kind=habit.kind)
    if n < habit.least or alerts.exists():
        return
    usual = usual_of(habit.by_day(user_id, today - timedelta(days=HABIT_DAYS), company), today)
    if n >= habit.allowed(usual):
        _alert(User.objects.get(pk=user_id), habit, company, n, usual)


def _alert(user: User, habit: Habit, company: Company, n: int, usual: int | None) -> None:
    told = {"n": n, "habit": usual}
    with acting(Actor()), transaction.atomic():
        _row, made = HabitAlert.objects.get_or_create(
            user=user, on=company.today, kind=habit.kind, defaults=told
        )
        if not made:
            return
        record("break habit", user, by=None, after={"kind": habit.kind, **told})
        what = {"name": user.name, "kind": habit.kind, "n": n}
        key = f"{user.pk} {habit.kind} {company.today}"
        path = user.get_absolute_url()
        tell(UNUSUAL, (Told(pk, key, what, path) for pk in who_is_told(user)))


def who_is_told(user: User) -> set[int]:
    """Administrators and who leads the person; nobody of themselves."""
    admins = User.objects.filter(is_admin=True, is_active=True).values_list("pk", flat=True)
    leader = leaders_of([user])[user.pk]
    return {*admins, *([leader.pk] if leader else [])} - {user.pk}


def open_alerts(viewer: User) -> "QuerySet[HabitAlert]":
    """What this person should look into, the latest first."""
    alerts = HabitAlert.visible_to(viewer).filter(settled_at__isnull=True)
    return alerts.select_related("user")


def settle_alerts(user: User, *, by: User) -> bool:
    """Somebody looked into the alerts about a person; False: there were none for them to see."""
    with transaction.atomic():
        settled = open_alerts(by).filter(user=user).update(settled_at=timezone.now())
        if settled:
            record("settle alert", user, by=by)
    return bool(settled)


@waiting("person")
def _for_administrators(viewer: User) -> "QuerySet[HabitAlert]":
    return open_alerts(viewer) if viewer.is_admin else HabitAlert.objects.none()


@waiting("team")
def _for_leaders(viewer: User) -> "QuerySet[HabitAlert]":
    return HabitAlert.objects.none() if viewer.is_admin else open_alerts(viewer)
