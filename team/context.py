"""What the frame around every page needs."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject, cached_property

from team.access import ADMIN, DIRECTOR, MANAGER, REP
from team.models import Company, User
from team.rail import EntryGroup, rail_for


@dataclass
class Frame:
    """Worked out when a template asks: an answer without the frame costs no query."""

    request: HttpRequest
    user: User | None

    @cached_property
    def company(self) -> Company:
        return Company.get()

    @cached_property
    def rail(self) -> list[EntryGroup]:
        return rail_for(self.request, self.user) if self.user else []

    @property
    def can_log(self) -> bool:
        return self.user is not None and self.user.has_role(REP, MANAGER, DIRECTOR, ADMIN)


def frame(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    person = user if user is not None and user.is_authenticated else None
    return {"frame": SimpleLazyObject(lambda: Frame(request, person))}
