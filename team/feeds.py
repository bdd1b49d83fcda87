"""The secret address of a person's calendar: made, told once, and ended.

Whoever knows it reads the steps without signing in, as calendars do. It ends at once with a new one, with the right to
sign in, and when it is taken back.
"""

import hashlib
import uuid

from django.db import transaction
from django.utils.crypto import salted_hmac

from team.audit import record
from team.models import Feed, User


def make_feed(user: User, client_ref: uuid.UUID | None = None) -> str:
    """A new token, good from now on instead of any before; it is told this once, the table holds a hash.

    The same `client_ref` again, as of a form sent twice, answers the same token.
    """
    ref = client_ref or uuid.uuid4()
    key = salted_hmac("team.feeds.make_feed", f"{user.pk} {ref}", algorithm="sha256")
    token = key.hexdigest()
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if Feed.objects.filter(user=user, token_hash=_hash(token)).exists():
            return token
        Feed.objects.filter(user=user).delete()
        Feed.objects.create(user=user, token_hash=_hash(token))
        record("make calendar address", user, by=user)
    return token


def end_feed(user: User, *, by: User | None) -> bool:
    """Nothing is told under the address any more; False: there was none."""
    with transaction.atomic():
        ended, _by_model = Feed.objects.filter(user=user).delete()
        if ended:
            record("end calendar address", user, by=by)
    return bool(ended)


def user_of_feed(token: str) -> User | None:
    """Whose address this is; nobody's if it was ended or they may not sign in."""
    return User.objects.filter(feed__token_hash=_hash(token), is_active=True).first()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
