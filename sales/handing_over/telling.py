"""What heirs are told of a hand-over, each once, in their own language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.lib.formatting import day, number
from crm.lib.periods import local_date
from sales.models import Handover, HandoverLine
from team.models import Company, User
from team.notices import AT_ONCE, Told, notice_kind, tell


def _received(told: Mapping[str, Any]) -> str:
    """From 23 Nov you look after 21 customers of Olena. Call 6 of them within two days: …"""
    words = {"n": number(told["customers"]), "from": told["giver"], "day": _day(told["on"])}
    if told["customers"]:
        first = (
            ngettext(
                "From %(day)s you look after %(n)s customer of %(from)s.",
                "From %(day)s you look after %(n)s customers of %(from)s.",
                told["customers"],
            )
            % words
        )
    else:
        first = _("From %(day)s you take over work of %(from)s.") % words
    parts = [first]
    if told["high"]:
        parts.append(
            ngettext(
                "Call %(n)s of them within two days: nobody else has spoken with them.",
                "Call %(n)s of them within two days: nobody else has spoken with them.",
                told["high"],
            )
            % {"n": number(told["high"])}
        )
    if told.get("until"):
        parts.append(_("They go back by themselves after %(day)s.") % {"day": _day(told["until"])})
    return " ".join(parts)


def _returned(told: Mapping[str, Any]) -> str:
    if told.get("over"):
        return _("The absence of %(from)s is over: what you covered for them went back.") % {
            "from": told["giver"]
        }
    return _("The hand-over from %(from)s was taken back. What you changed since is kept.") % {
        "from": told["giver"]
    }


def _day(text: str) -> str:
    return day(date.fromisoformat(text))


RECEIVED = notice_kind(
    "handover.received",
    gettext_lazy("What you take over from a colleague"),
    _received,
    icon="user-share",
    mail=AT_ONCE,
)
RETURNED = notice_kind(
    "handover.returned",
    gettext_lazy("A hand-over to you is taken back"),
    _returned,
    icon="user-share",
)


@dataclass(frozen=True)
class Letter:
    """What one heir will be told, in their language."""

    to: User
    sentence: str


def tell_heirs(handover: Handover, by: User) -> None:
    people = _told_of(handover)
    path = reverse("customer-list")
    tell(
        RECEIVED,
        (
            Told(user.pk, f"handover {handover.pk}", told, path)
            for user, told in people
            if user.pk != by.pk
        ),
    )


def tell_taken_back(handover: Handover, by: User | None) -> None:
    people = _told_of(handover)
    is_over = handover.state == Handover.State.RETURNED
    words = {"giver": str(handover)} | ({"over": True} if is_over else {})
    tell(
        RETURNED,
        (
            Told(user.pk, f"handover {handover.pk}", words, "")
            for user, _told in people
            if by is None or user.pk != by.pk
        ),
    )


def letters(handover: Handover) -> list[Letter]:
    """What each heir will be told, before it is done."""
    found = []
    for user, told in _told_of(handover):
        with translation.override(user.language):
            found.append(Letter(user, _received(told)))
    return found


def _told_of(handover: Handover) -> list[tuple[User, dict[str, Any]]]:
    """By heir what they get. Two statements."""
    lines = handover.lines.moving().filter(receiver__isnull=False)
    customers = Q(kind=HandoverLine.Kind.CUSTOMER)
    counts = (
        lines.values("receiver")
        .annotate(
            customers=Count("pk", filter=customers),
            high=Count("pk", filter=customers & Q(tie=HandoverLine.Tie.HIGH)),
        )
        .order_by("-customers", "receiver")
    )
    rows = list(counts)
    people = User.objects.in_bulk([row["receiver"] for row in rows])
    company = Company.get()
    on = company.today
    if handover.effect_at is not None:
        on = local_date(handover.effect_at, company.zone)
    told = {
        "giver": str(handover),
        "on": on.isoformat(),
        "until": handover.until.isoformat() if handover.until else "",
    }
    return [
        (
            people[row["receiver"]],
            {**told, "customers": row["customers"], "high": row["high"]},
        )
        for row in rows
    ]
