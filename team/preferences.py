"""The quick switches of a person: language, theme, density, shortcuts."""

from typing import Any

from team.models import User
from team.records import change_record


def prefer(user: User, values: dict[str, Any]) -> None:
    """The last press counts: a switch never conflicts with a form that is open elsewhere."""
    change_record(user, values, by=user, version=None)
