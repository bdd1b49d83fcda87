"""What the frame around every page needs, worked out when a template first asks for it."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from crm.lib.frame import Frame
from team.models import Company, User
from team.rail import bar_for, new_for, rail_for


def frame(request: HttpRequest) -> dict[str, Any]:
    """`frame` for templates; None while nobody is signed in. An answer without it costs no query."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"frame": None}
    return {"frame": SimpleLazyObject(lambda: _frame_for(request, user))}


def _frame_for(request: HttpRequest, user: User) -> Frame:
    company = Company.get()
    rail = rail_for(request, user)
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
        theme=user.theme,
        density=user.density,
        shortcuts=user.shortcuts,
    )
