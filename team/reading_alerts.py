"""Tells who answers for somebody that they open far more customers than they used to (ruling 21).

It looks when openings are written, a moment after the page was sent, so that no page waits for it.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from statistics import median

from django.db import transaction
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from crm.lib.periods import day_start
from team.audit import Actor, acting, record
from team.models import Company, Reading, ReadingAlert, User
from team.rail import waiting

TIMES = 3
HABIT_DAYS = 60
# Who opened customers on fewer days than this has no habit yet.
KNOWN_DAYS = 5
WITHOUT_HABIT = 100
# Nobody is bothered about fewer, however quiet somebody's days are.
LEAST = 30


def alert_if_unusual(people: Iterable[int]) -> None:
    """Look at the day of each person; at most one alert a person and day."""
    company = Company.get()
    for user_id in sorted(set(people)):
        _look_at(user_id, company)


def _look_at(user_id: int, company: Company) -> None:
    today = company.today
    opened = _opened(user_id, today, company).aggregate(n=Count("customer_id", distinct=True))["n"]
    if opened < LEAST or ReadingAlert.objects.filter(user=user_id, on=today).exists():
        return
    habit = habit_of(user_id, company)
    if opened >= allowed(habit):
        _alert(User.objects.get(pk=user_id), today, opened, habit)


def allowed(habit: int | None) -> int:
    """How many customers a day somebody of this habit may open before others are told."""
    return WITHOUT_HABIT if habit is None else max(LEAST, TIMES * habit)


def habit_of(user_id: int, company: Company) -> int | None:
    """The median of different customers opened a day, over the days of the last 60 on which there were any."""
    today = company.today
    by_day = (
        _opened(user_id, today - timedelta(days=HABIT_DAYS), company)
        .filter(at__lt=day_start(today, company.zone))
        .values(day=TruncDate("at", tzinfo=company.zone))
        .annotate(n=Count("customer_id", distinct=True))
        .values_list("n", flat=True)
    )
    counts = list(by_day)
    return round(median(counts)) if len(counts) >= KNOWN_DAYS else None


def _opened(user_id: int, since: date, company: Company) -> "QuerySet[Reading]":
    return Reading.objects.filter(user=user_id, at__gte=day_start(since, company.zone))


def _alert(user: User, on: date, opened: int, habit: int | None) -> None:
    told = {"opened": opened, "habit": habit}
    with acting(Actor()), transaction.atomic():
        _row, made = ReadingAlert.objects.get_or_create(user=user, on=on, defaults=told)
        if made:
            record("read far more", user, by=None, after=told)


def open_alerts(viewer: User) -> "QuerySet[ReadingAlert]":
    """What this person should look into, the latest first."""
    alerts = ReadingAlert.visible_to(viewer).filter(settled_at__isnull=True)
    return alerts.select_related("user")


def settle_alerts(user: User, *, by: User) -> bool:
    """Somebody looked into the alerts about a person; False: there were none for them to see."""
    with transaction.atomic():
        settled = open_alerts(by).filter(user=user).update(settled_at=timezone.now())
        if settled:
            record("settle alert", user, by=by)
    return bool(settled)


@waiting("person")
def _for_administrators(viewer: User) -> "QuerySet[ReadingAlert]":
    return open_alerts(viewer) if viewer.is_admin else ReadingAlert.objects.none()


@waiting("team")
def _for_leaders(viewer: User) -> "QuerySet[ReadingAlert]":
    return ReadingAlert.objects.none() if viewer.is_admin else open_alerts(viewer)
