"""How many customers somebody opens: a brake on copying the customer base page by page (ruling 21)."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from team.buffer import Buffer
from team.habit_alerts import alert_if_unusual
from team.models import HabitAlert, Reading, User

AT_MOST = 300
WITHIN = timedelta(hours=1)


def _keep(rows: list[Reading]) -> None:
    Reading.objects.bulk_create(rows)
    alert_if_unusual((row.user_id for row in rows), HabitAlert.Kind.READ, HabitAlert.Kind.LATE)


_opened: Buffer[Reading] = Buffer(_keep)


class ReadTooMuch(Exception):
    """This person has opened as many different customers within the hour as anybody may."""


def count_view(user: User, customer_id: int) -> None:
    """Call it where a page shows how to reach a customer. One query; raises `ReadTooMuch`, answered with 429."""
    opened = set(_recent(user).values_list("customer_id", flat=True).distinct()[: AT_MOST + 1])
    _count(user, customer_id, len(opened), is_open=customer_id in opened)


def openings(user: User) -> dict[str, Any]:
    """Expressions over customers by which `count_opened` counts a row without a query of its own."""
    recent = _recent(user).order_by().values("user")
    return {
        "opened_lately": Coalesce(
            Subquery(recent.annotate(n=Count("customer_id", distinct=True)).values("n")), 0
        ),
        "is_open": Exists(_recent(user).filter(customer_id=OuterRef("pk"))),
    }


def count_opened(user: User, customer: Any) -> None:
    """Like `count_view`, of a customer that was read with `openings`."""
    _count(user, customer.pk, customer.opened_lately, is_open=customer.is_open)


def opened_since(user: User, since: datetime) -> dict[int, datetime]:
    """The customers that somebody opened, each with when they last did; what is written a moment later too."""
    rows = Reading.objects.filter(user=user, at__gte=since).order_by("at")
    found = dict(rows.values_list("customer_id", "at"))
    return found | {row.customer_id: row.at for row in _opened.waiting() if row.user_id == user.pk}


def _recent(user: User) -> "QuerySet[Reading]":
    return Reading.objects.filter(user=user, at__gt=timezone.now() - WITHIN)


def _count(user: User, customer_id: int, opened: int, *, is_open: bool) -> None:
    waiting = {row.customer_id for row in _opened.waiting() if row.user_id == user.pk}
    if is_open or customer_id in waiting:
        return
    if opened + len(waiting) >= AT_MOST:
        raise ReadTooMuch
    _opened.add(Reading(user=user, customer_id=customer_id))
