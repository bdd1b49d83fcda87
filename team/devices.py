"""The devices that people sign in from: each carries a mark of its own, of which only a hash is kept."""

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from team.audit import one_line, record
from team.habit_alerts import alert_if_unusual
from team.models import Device, HabitAlert, User

COOKIE = "device"
KNOWN_FOR = timedelta(days=400)
MARK_LENGTH = 43


def note_device(request: HttpRequest, answer: HttpResponse, user: User) -> None:
    """Remember where somebody signed in from; who signs in elsewhere than before is told of to who leads them."""
    mark = request.COOKIES.get(cookie_name(), "")
    if len(mark) != MARK_LENGTH:
        mark = secrets.token_urlsafe(32)
    device, is_new = Device.objects.get_or_create(
        user=user,
        mark=hashlib.sha256(mark.encode()).hexdigest(),
        defaults={"agent": one_line(request.headers.get("User-Agent", ""))[:200]},
    )
    if not is_new:
        Device.objects.filter(pk=device.pk).update(last_at=timezone.now())
    elif Device.objects.filter(user=user).exclude(pk=device.pk).exists():
        record("new device", user, by=user, after={"agent": device.agent})
        alert_if_unusual([user.pk], HabitAlert.Kind.DEVICE)
    answer.set_cookie(
        cookie_name(),
        mark,
        max_age=KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def cookie_name() -> str:
    """Bound to this host where https allows it, as the other cookies are."""
    return f"__Host-{COOKIE}" if settings.SESSION_COOKIE_SECURE else COOKIE
