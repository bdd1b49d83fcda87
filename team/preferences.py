"""The quick switches of a person: language, theme, density, shortcuts."""

from typing import Any

from django.db import transaction

from team.models import User
from team.records import change_record


def prefer(user: User, values: dict[str, Any]) -> None:
    """The last press counts: a switch never conflicts with a form that is open elsewhere."""
    with transaction.atomic():
        now = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        change_record(now, values, by=user, version=now.version)
