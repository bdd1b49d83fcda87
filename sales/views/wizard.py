"""What the pages of one hand-over share: finding it, its steps, its frame."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sales.handing_over.drafting import may_hand_over
from sales.models import Handover
from team.access import ADMIN, DIRECTOR, MANAGER, SignedInRequest, visible_or_404
from team.models import User

LEADERS = (MANAGER, ADMIN, DIRECTOR)
STEPS: tuple[tuple[str, str | Promise], ...] = (
    ("who", _("Who leaves")),
    ("holds", _("What they hold")),
    ("heirs", _("Who takes over")),
    ("check", _("Check and confirm")),
    ("watch", _("Watch")),
)


@dataclass(frozen=True)
class Step:
    """`url` is empty where the step cannot be opened (yet, or any more)."""

    number: int
    label: str | Promise
    url: str
    is_current: bool
    is_done: bool


def handover_or_404(request: SignedInRequest, handover_id: int) -> Handover:
    """A post is refused (403) to who may not hand over: a manager who leaves reads, and spoils no plan of others."""
    handover = visible_or_404(Handover, request.user, related=("leaver", "by"), pk=handover_id)
    if request.method == "POST":
        _check_right(request.user, handover)
    return handover


def _check_right(user: User, handover: Handover) -> None:
    if not may_hand_over(user, handover.leaver, handover.kind):
        raise PermissionDenied


def steps_of(handover: Handover | None, current: str) -> list[Step]:
    """The five steps; those of a draft can be opened in any order, of what is done the last one."""
    here = next(n for n, (key, _label) in enumerate(STEPS) if key == current)
    is_over = handover is not None and handover.applied_at is not None
    found = []
    for n, (key, label) in enumerate(STEPS):
        opens = handover is not None and (key == "watch") == is_over
        url = reverse(f"handover-{key}", args=[handover.pk]) if handover and opens else ""
        found.append(Step(n + 1, label, url, n == here, n < here))
    return found


def frame_of(handover: Handover, current: str, **more: Any) -> dict[str, Any]:
    return {"handover": handover, "steps": steps_of(handover, current), "step": current, **more}


def whole_numbers(values: list[str]) -> list[int]:
    return [int(v) for v in values if v.isascii() and v.isdecimal() and len(v) < 19]
