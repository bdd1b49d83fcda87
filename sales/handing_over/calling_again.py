"""Who leads a new owner is told of second conversations that are late, of each customer once.

The first ones run from the minute of the hand-over (`calling`); a second one is due a month after the first, so each
customer has a day of its own. Once a day all that are newly late are told together: one notice a hand-over and heir.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from crm.lib.formatting import number
from crm.lib.periods import local_date
from sales.handing_over.calling import NEWS
from sales.handing_over.care import AGAIN, LATE_AGAIN, cared, running
from sales.models import Handover, HandoverLine
from team.leaders import leaders_of
from team.models import Company, User
from team.notices import AT_ONCE, Told, notice_kind, tell


def _late(told: Mapping[str, Any]) -> str:
    return ngettext(
        "%(heir)s has not called %(n)s customer of %(from)s a second time.",
        "%(heir)s has not called %(n)s customers of %(from)s a second time.",
        told["n"],
    ) % {"n": number(told["n"]), "from": told["giver"], "heir": told["heir"]}


AGAIN_LATE = notice_kind(
    "handover.late_again",
    gettext_lazy("Customers whom somebody you lead took over and has not called a second time"),
    _late,
    icon="clock-exclamation",
    mail=AT_ONCE,
)


def tell_of_second_calls(now: datetime) -> int:
    """Tell of what became late since; of how many customers. Each hand-over is a transaction of its own."""
    return sum(_tell_of(pk, now) for pk in running(now).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _tell_of(pk: int, now: datetime) -> int:
    rows = running(now).select_for_update(of=("self",), no_key=True).filter(pk=pk)
    handover = rows.first()
    if handover is None:
        return 0
    lines = cared(HandoverLine.objects.filter(second_told=False), [pk], now)
    late = list(lines.filter(care=LATE_AGAIN).order_by("receiver", "pk"))
    HandoverLine.objects.filter(pk__in=[line.pk for line in late]).update(second_told=True)
    counts: dict[int, int] = {}
    for line in late:
        if line.first_at + AGAIN > now - NEWS:
            counts[line.receiver_id] = counts.get(line.receiver_id, 0) + 1
    heirs = {heir: counts[heir.pk] for heir in User.objects.filter(pk__in=counts).order_by("pk")}
    tell(AGAIN_LATE, _to_leaders(handover, heirs, local_date(now, Company.get().zone)))
    return len(late)


def _to_leaders(handover: Handover, heirs: dict[User, int], day: date) -> Iterator[Told]:
    """Who leads the heir; where nobody does, who handed over."""
    leading = leaders_of(heirs)
    path = f"{reverse('handover-care')}?of=late"
    for heir, n in heirs.items():
        leader = leading[heir.pk]
        to = handover.applied_by_id if leader is None else leader.pk
        if to is None or to in (heir.pk, handover.leaver_id):
            continue
        told = {"n": n, "giver": str(handover), "heir": heir.name}
        yield Told(to, f"handover {handover.pk} again {heir.pk} {day:%Y-%m-%d}", told, path)
