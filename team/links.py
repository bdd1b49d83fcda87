"""Links sent by mail that let somebody choose a password: signed, short-lived, good once."""

from datetime import timedelta

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from team.models import User

# How long each kind of link is good.
LIFETIMES = {"reset": timedelta(hours=1), "invitation": timedelta(days=3)}


def make_link_token(kind: str, user: User) -> str:
    return signing.dumps([user.pk, _state(user)], salt=_salt(kind))


def user_of_link(token: str) -> User | None:
    """Whose link this is; None if it is spent, too old, forged, or its person may not sign in."""
    for kind, lifetime in LIFETIMES.items():
        try:
            user_id, state = signing.loads(token, salt=_salt(kind), max_age=lifetime)
        except signing.BadSignature:
            continue
        user = User.objects.filter(pk=user_id, is_active=True).first()
        if user is not None and constant_time_compare(state, _state(user)):
            return user
    return None


def _salt(kind: str) -> str:
    return f"team.links.{kind}"


def _state(user: User) -> str:
    """Changes with the password, the address, each sign-in and each ending of the sessions."""
    state = f"{user.password}:{user.email}:{user.last_login}:{user.session_epoch}"
    return salted_hmac("team.links", state, algorithm="sha256").hexdigest()
