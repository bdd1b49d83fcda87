"""Slowing down who guesses: tries are counted per account and address, and a pause follows too many.

A try is written down before the password is looked at, so that many at once are counted one by one.
Sessions that are open are never touched: nobody can lock a colleague out of their work.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Network, ip_address

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac

from crm.lib.text import normalise_email
from team.models import Attempt

PAUSE = timedelta(minutes=15)


@dataclass(frozen=True)
class Limits:
    """Tries within `PAUSE`: at one account from one address, at one account, from one address."""

    pair: int
    account: int
    address: int


@dataclass(frozen=True)
class Verdict:
    """How many tries are left after this one; `minutes` above zero: a pause is on, do not go ahead.

    `by_others` says that the account alone is at its limit: this place has done nothing to earn the pause.
    """

    left: int
    minutes: int = 0
    by_others: bool = False


def place_of(address: str) -> str:
    """Where an address is counted: IPv6 by its /64, which one household or server has whole; others as they are."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((int(found) >> 64 << 64, 64)))


class Tries:
    """The tries of one kind at one account, as it was typed, from one place."""

    def __init__(self, kind: str, email: str, address: str, limits: Limits) -> None:
        self.kind = kind
        self.account = salted_hmac("team.throttle", normalise_email(email)).hexdigest()
        self.address = place_of(address)
        self.limits = limits

    def take(self, known: Callable[[], bool] = lambda: False) -> Verdict:
        """Write one try down. `known` tells whether this address was good for the account before:
        then the tries of others do not stop it. A try during a pause does not prolong it.
        """
        now = timezone.now()
        attempt = Attempt.objects.create(
            kind=self.kind, account=self.account, address=self.address, at=now
        )
        made = self._recent(now).filter(pk__lte=attempt.pk).aggregate(**self._counts())
        if made["pair"] > self.limits.pair:
            attempt.delete()
            return Verdict(0, _minutes(made["since"] + PAUSE - now))
        crowded = made["account"] > self.limits.account or made["address"] > self.limits.address
        if crowded and not known():
            attempt.delete()
            by_others = made["address"] <= self.limits.address
            return Verdict(0, _minutes(PAUSE), by_others=by_others)
        if made["pair"] == self.limits.pair:
            self._own().update(at=now)  # the pause is counted from the last try
        return Verdict(self.limits.pair - made["pair"])

    def forgive(self) -> None:
        """The right password: nothing is held against this account at this address."""
        self._own().delete()

    def _own(self) -> QuerySet[Attempt]:
        return Attempt.objects.filter(kind=self.kind, account=self.account, address=self.address)

    def _recent(self, now: datetime) -> QuerySet[Attempt]:
        either = Q(account=self.account) | Q(address=self.address)
        return Attempt.objects.filter(either, kind=self.kind, at__gt=now - PAUSE)

    def _counts(self) -> dict[str, Count | Min]:
        pair = Q(account=self.account, address=self.address)
        return {
            "pair": Count("pk", filter=pair),
            "since": Min("at", filter=pair),
            "account": Count("pk", filter=Q(account=self.account)),
            "address": Count("pk", filter=Q(address=self.address)),
        }


def _minutes(wait: timedelta) -> int:
    return max(1, -(-int(wait.total_seconds()) // 60))
