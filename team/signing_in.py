"""Checking an e-mail and a password, within the limits on guessing; every try is in the audit log."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth import authenticate
from django.utils import timezone

from crm.lib.text import normalise_email
from team.audit import current_actor, record
from team.models import AuditEntry, User
from team.throttle import Limits, Tries

LIMITS = Limits(pair=5, account=50, address=50)
KNOWN_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Refused:
    """No entry, for a reason that says nothing about whether the account exists.

    `left`: tries before the pause; `minutes`: how long the pause lasts, 0 while there is none.
    """

    left: int
    minutes: int = 0


def check_sign_in(email: str, password: str) -> User | Refused:
    """The person, if both match and they may sign in; else how many tries are left."""
    address = current_actor().address
    tries = Tries("sign-in", email, address, LIMITS)
    verdict = tries.take(known=lambda: _signed_in_from(email, address))
    if verdict.minutes:
        _record_failure("sign-in paused", email)
        return Refused(0, verdict.minutes)
    user = authenticate(username=email, password=password)
    if not isinstance(user, User):
        _record_failure("sign-in failed", email)
        return Refused(verdict.left)
    tries.forgive()
    record("sign-in", user, by=user)
    return user


def _signed_in_from(email: str, address: str) -> bool:
    return AuditEntry.objects.filter(
        actor__email=normalise_email(email),
        action="sign-in",
        address=address,
        at__gt=timezone.now() - KNOWN_FOR,
    ).exists()


def _record_failure(action: str, email: str) -> None:
    """Names the account only if there is one: people type passwords into the wrong field."""
    record(action, User.objects.filter(email=normalise_email(email)).first(), by=None)
