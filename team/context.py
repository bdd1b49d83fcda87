"""What the frame around every page needs, worked out when a template first asks for it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from crm.lib.frame import Frame
from team.access import ADMIN, may_export
from team.models import Company, User
from team.rail import bar_for, counts_for, new_for, rail_for


def frame(request: HttpRequest) -> dict[str, Any]:
    """`frame` for templates; None while nobody is signed in. An answer without it costs no query."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"frame": None}
    return {"frame": _Later(lambda: _frame_for(request, user))}


class _Later:
    """Becomes the frame when a template first asks for a part of it.

    A `SimpleLazyObject` is asked for an item before each attribute, which costs a page 0.7 ms.
    """

    def __init__(self, work_out: Callable[[], Frame]) -> None:
        self._work_out = work_out

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        self.__dict__.update(vars(self._work_out()))
        return self.__dict__[name]


def _frame_for(request: HttpRequest, user: User) -> Frame:
    company = Company.get()
    counts = counts_for(user)
    rail = rail_for(request, user, counts)
    return Frame(
        user=user,
        company=company.name,
        currency=company.base_currency,
        rail=rail,
        bar=bar_for(rail, user),
        new=new_for(user),
        log_call_url=reverse("call-new"),
        search_url=reverse("search"),
        profile_url=reverse("profile"),
        preferences_url=reverse("preferences"),
        sign_out_url=reverse("sign-out"),
        notices_url=reverse("notice-list"),
        manifest_url=reverse("manifest"),
        worker_url=reverse("service-worker"),
        notices=counts.get("notice", 0),
        theme=user.theme,
        density=user.density,
        shortcuts=user.shortcuts,
        prints_lists=may_export(user),
        keeps_jobs=user.has_role(ADMIN),
    )
