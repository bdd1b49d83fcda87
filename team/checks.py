"""What must hold before anything is served."""

from typing import Any

from django.core.checks import CheckMessage, Error
from django.urls import URLPattern, get_resolver

from team.access import ANYONE, ROLES, SIGNED_IN


def addresses() -> list[URLPattern]:
    """Every address of the site, those of included lists too."""
    found: list[URLPattern] = []
    waiting: list[Any] = list(get_resolver().url_patterns)
    while waiting:
        entry = waiting.pop(0)
        if isinstance(entry, URLPattern):
            found.append(entry)
        else:
            waiting.extend(entry.url_patterns)
    return found


def every_view_declares_access(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """A view without `@access` is an error: nothing is open or closed by accident."""
    return [
        Error(
            f"The view of {entry.pattern} does not declare who may use it.",
            hint="Put @access(...) from team.access on it.",
            id="team.E001",
        )
        for entry in addresses()
        if not _declared(entry.callback)
    ]


def _declared(view: Any) -> bool:
    declared: frozenset[str] = getattr(view, "access", frozenset())
    return bool(declared) and declared <= {*ROLES, ANYONE, SIGNED_IN}
