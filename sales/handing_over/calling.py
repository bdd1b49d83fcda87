"""New owners are reminded of whom they have yet to call, and who leads them is told when it is too late.

Each hand-over has four moments: a day before the first conversations are due its heirs are told, when they are due
those who lead the heirs, for the soonest ones and then for the others. Each is told of once; the hand-over counts how
many are over.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from crm.lib.formatting import number
from sales.handing_over.care import DUE, LATE, LATER, SOON, cared, running
from sales.models import Handover, HandoverLine
from team.leaders import leaders_of
from team.models import User
from team.notices import AT_ONCE, Told, notice_kind, tell

DAY = timedelta(days=1)
# What should have been told longer ago is no news any more.
NEWS = timedelta(days=7)


@dataclass(frozen=True)
class Moment:
    """So long after a hand-over: about customers for whom 48 hours count (`fast`) or a week; `late`: to leaders."""

    after: timedelta
    fast: bool
    late: bool


MOMENTS = (
    Moment(SOON - DAY, fast=True, late=False),
    Moment(SOON, fast=True, late=True),
    Moment(LATER - DAY, fast=False, late=False),
    Moment(LATER, fast=False, late=True),
)


def _due(told: Mapping[str, Any]) -> str:
    return ngettext(
        "Call %(n)s customer of %(from)s by tomorrow: they are yours now.",
        "Call %(n)s customers of %(from)s by tomorrow: they are yours now.",
        told["n"],
    ) % {"n": number(told["n"]), "from": told["giver"]}


def _late(told: Mapping[str, Any]) -> str:
    return ngettext(
        "%(heir)s has not called %(n)s customer of %(from)s in time.",
        "%(heir)s has not called %(n)s customers of %(from)s in time.",
        told["n"],
    ) % {"n": number(told["n"]), "from": told["giver"], "heir": told["heir"]}


CALL_DUE = notice_kind(
    "handover.call",
    gettext_lazy("Customers you took over and have yet to call"),
    _due,
    icon="phone",
    mail=AT_ONCE,
)
CALL_LATE = notice_kind(
    "handover.late",
    gettext_lazy("Customers whom somebody you lead took over and has not called in time"),
    _late,
    icon="clock-exclamation",
    mail=AT_ONCE,
)


def is_care_due(now: datetime) -> bool:
    """Asked each minute: an index holds the hand-overs that are watched."""
    return _due_ones(now).exists()


def _due_ones(now: datetime) -> "QuerySet[Handover]":
    passed = Q()
    for told, moment in enumerate(MOMENTS):
        passed |= Q(care_told=told, applied_at__lte=now - moment.after)
    return running(now).filter(passed).order_by("applied_at", "pk")


def tell_of_care(now: datetime) -> int:
    """Tell of every moment that has come; how many there were. Each is a transaction of its own."""
    count = 0
    while (handover := _due_ones(now).first()) is not None:
        count += _tell_of(handover.pk, now)
    return count


@transaction.atomic
def _tell_of(pk: int, now: datetime) -> int:
    rows = _due_ones(now).select_for_update(of=("self",), no_key=True)
    handover = rows.filter(pk=pk).first()
    if handover is None or handover.applied_at is None:
        return 0
    moment = MOMENTS[handover.care_told]
    if handover.applied_at + moment.after > now - NEWS:
        waiting = _waiting(handover, moment, now)
        if moment.late:
            tell(CALL_LATE, _to_leaders(handover, moment, waiting))
        else:
            tell(CALL_DUE, _to_heirs(handover, moment, waiting))
    Handover.everything.filter(pk=pk).update(care_told=F("care_told") + 1)
    return 1


def _waiting(handover: Handover, moment: Moment, now: datetime) -> dict[User, int]:
    """How many customers each new owner has yet to speak with."""
    lines = cared(HandoverLine.objects.all(), [handover.pk], now)
    found = (
        lines.filter(care__in=(DUE, LATE), fast=moment.fast)
        .order_by()
        .values_list("receiver")
        .annotate(n=Count("pk"))
    )
    counts = dict(found)
    people = User.objects.filter(pk__in=counts).order_by("pk")
    return {user: counts[user.pk] for user in people}


def _key(handover: Handover, moment: Moment) -> str:
    return f"handover {handover.pk} {moment.after // timedelta(hours=1)}"


def _to_heirs(handover: Handover, moment: Moment, waiting: dict[User, int]) -> Iterator[Told]:
    path = reverse("today")
    for heir, n in waiting.items():
        told = {"n": n, "giver": str(handover)}
        yield Told(heir.pk, _key(handover, moment), told, path)


def _to_leaders(handover: Handover, moment: Moment, waiting: dict[User, int]) -> Iterator[Told]:
    """Who leads the heir; where nobody does, who handed over."""
    leading = leaders_of(waiting)
    path = f"{reverse('handover-care')}?of=late"
    for heir, n in waiting.items():
        leader = leading[heir.pk]
        to = handover.applied_by_id if leader is None else leader.pk
        if to is None or to in (heir.pk, handover.leaver_id):
            continue
        told = {"n": n, "giver": str(handover), "heir": heir.name}
        yield Told(to, f"{_key(handover, moment)} {heir.pk}", told, path)
