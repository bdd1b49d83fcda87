"""How many customers somebody opens: a brake on copying the customer base page by page (ruling 21)."""

from datetime import timedelta

from django.utils import timezone

from team.buffer import Buffer
from team.models import Reading, User
from team.reading_alerts import alert_if_unusual

AT_MOST = 300
WITHIN = timedelta(hours=1)


def _keep(rows: list[Reading]) -> None:
    Reading.objects.bulk_create(rows)
    alert_if_unusual(row.user_id for row in rows)


_opened: Buffer[Reading] = Buffer(_keep)


class ReadTooMuch(Exception):
    """This person has opened as many different customers within the hour as anybody may."""


def count_view(user: User, customer_id: int) -> None:
    """Call it where a page shows how to reach a customer. One query; raises `ReadTooMuch`, answered with 429."""
    since = timezone.now() - WITHIN
    recent = Reading.objects.filter(user=user, at__gt=since)
    opened = set(recent.values_list("customer_id", flat=True).distinct()[: AT_MOST + 1])
    opened |= {row.customer_id for row in _opened.waiting() if row.user_id == user.pk}
    if customer_id in opened:
        return
    if len(opened) >= AT_MOST:
        raise ReadTooMuch
    _opened.add(Reading(user=user, customer_id=customer_id))
