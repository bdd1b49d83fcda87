"""What is asked of one database: pages and persons, with a session for each person."""

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import login
from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import get_random_string

from crm.lib.paging import encode
from customers.models import Customer
from customers.views.customers import CUSTOMERS
from sales.calls.taking_back import undo_call
from sales.models import Activity
from team.models import Company, User

PEOPLE = ("rep", "manager", "admin")
DEEP_PAGE = 1000
PAGE_ROWS = 50
CROWD = 8


class NotADemonstration(Exception):
    """The database belongs to a real company."""


@dataclass(frozen=True)
class Target:
    """One page as one person. With `data` it is a post that saves a call."""

    page: str
    who: str
    path: str
    data: dict[str, str] = field(default_factory=dict)


def plan() -> dict[str, Any]:
    """Targets, and the headers each person sends. Raises `NotADemonstration`."""
    if not Company.get().is_demo:
        raise NotADemonstration(
            "bench saves calls and takes them back, so it runs only on a demonstration company. "
            "Make one with manage.py seed in a database of its own."
        )
    people = {who: User.objects.get(email=f"{who}@example.com") for who in PEOPLE}
    crowd = {f"rep {n}": user for n, user in enumerate(_sellers(), 1)}
    sessions = {who: _signed_in(user) for who, user in (people | crowd).items()}
    return {
        "targets": [asdict(target) for target in _targets(people)],
        "crowd": [asdict(_saves_a_call(who, user)) for who, user in crowd.items()],
        "headers": {who: _headers(key) for who, key in sessions.items()},
        "sessions": list(sessions.values()),
        "customers": Customer.everything.count(),
    }


def _signed_in(user: User) -> str:
    """The key of a session of this person's."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request.session.set_expiry(3600)
    request.session.save()
    return str(request.session.session_key)


def _headers(session_key: str) -> dict[str, str]:
    """What a browser with that session sends, and the token that posts must carry."""
    token = get_random_string(32)
    cookies = {settings.SESSION_COOKIE_NAME: session_key, settings.CSRF_COOKIE_NAME: token}
    return {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-CSRFToken": token,
    }


def _targets(people: dict[str, User]) -> Iterator[Target]:
    everybody: dict[str, Callable[[User], str]] = {
        "ok": lambda user: reverse("bench-ok"),
        "empty": lambda user: reverse("bench-empty"),
        "customer list": lambda user: reverse("customer-list"),
        "customer list by name": lambda user: (
            f"{reverse('customer-list')}?{urlencode({'q': _word(user)})}"
        ),
        "search": lambda user: f"{reverse('search')}?{urlencode({'q': _word(user)})}",
        "customer page": lambda user: reverse("customer-detail", args=[_best_customer(user).pk]),
        "deal list": lambda user: reverse("deal-list"),
        "all activities": lambda user: reverse("activity-list"),
        "today": lambda user: reverse("today"),
        "losses": lambda user: reverse("losses"),
        "churn": lambda user: reverse("churn"),
        "leads not won": lambda user: reverse("leakage"),
        "marketing waste": lambda user: reverse("marketing"),
        "paid hours": lambda user: reverse("time"),
        "new reps": lambda user: reverse("new_reps"),
        "departed reps": lambda user: reverse("departures"),
    }
    for page, address in everybody.items():
        yield from (Target(page, who, address(user)) for who, user in people.items())
    yield Target("customer list, 1,000th page", "admin", _deep_page(people["admin"]))
    for who in ("rep", "manager"):
        yield _saves_a_call(who, people[who])


def _saves_a_call(who: str, user: User) -> Target:
    return Target("save a call", who, reverse("call-new"), _call(user))


def _sellers() -> list[User]:
    """The reps who look after most customers: each saves calls beside the others."""
    owners = Customer.everything.listed().filter(owner__is_active=True, owner__is_rep=True)
    most = owners.values("owner").annotate(n=Count("pk")).order_by("-n", "owner")[:CROWD]
    return list(User.objects.filter(pk__in=[row["owner"] for row in most]).order_by("pk"))


def _best_customer(user: User) -> Customer:
    """The one of the person's customers that buys most: its page has the most to show."""
    return Customer.visible_to(user).order_by("-annual_cents", "-id")[0]


def _word(user: User) -> str:
    """Six letters of a name that the person knows, as somebody types them."""
    words = re.findall(r"\w+", _best_customer(user).name)
    return max(words, key=len)[:6]


def _deep_page(user: User) -> str:
    """The customer list after 999 pages, or its last full page where there are fewer."""
    ordering = next(column.ordering for column in CUSTOMERS.columns if column.name == "value")
    rows = Customer.visible_to(user).listed().order_by(*ordering)
    pages = min(DEEP_PAGE, rows.count() // PAGE_ROWS)
    last_before = rows[(pages - 1) * PAGE_ROWS - 1]
    return f"{reverse('customer-list')}?after={encode(last_before, ordering)}"


def _call(user: User) -> dict[str, str]:
    return {
        "customer": str(_best_customer(user).pk),
        "direction": "out",
        "minutes": "6",
        "outcome": "reached",
        "next_step": "week",
        "next_title": "Call about the next order",
        "note": "Saved by bench, and taken back.",
    }


def clear(session_keys: list[str], client_refs: list[str]) -> None:
    """End the sessions, and take back the calls as whoever logged them would."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for key in session_keys:
        store(key).delete()
    for call in Activity.everything.filter(client_ref__in=client_refs).select_related("author"):
        assert call.author is not None
        undo_call(call, by=call.author)
