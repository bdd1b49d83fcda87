"""The navigation rail: what each role may open, and how much work waits behind it.

Pages are named by their address names, so that this lowest app needs to know none of the others.
A new page joins by a line here; a waiting count joins with `@waiting("today")` in the app that knows it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.lib.frame import RailGroup, RailItem
from crm.lib.union import counts_of
from team.access import ADMIN, DIRECTOR, MANAGER, REP
from team.models import User

Waiting = Callable[[User], "QuerySet[Any]"]
_waiting: dict[str, Waiting] = {}


def waiting(section: str) -> Callable[[Waiting], Waiting]:
    """Register the rows that wait for a person in a section; none shows nothing."""

    def register(rows: Waiting) -> Waiting:
        if section in _waiting:
            raise ValueError(f"what waits in {section} is registered twice")
        _waiting[section] = rows
        return rows

    return register


def counts_for(user: User) -> dict[str, int]:
    """How much waits in each section, in one statement for all of them."""
    return counts_of({section: rows(user) for section, rows in _waiting.items()})


@dataclass(frozen=True)
class Item:
    """A page in the rail. `section` is the first word of the address names that belong to it.

    What is `own` opens with the work of the person alone.
    """

    section: str
    label: Promise
    view: str
    icon: str
    roles: frozenset[str]
    inside: str = ""
    key: str = ""
    own: bool = False


@dataclass(frozen=True)
class Group:
    label: Promise | str
    items: tuple[Item, ...]


SELLERS = frozenset({REP, MANAGER, DIRECTOR, ADMIN})
LEADERS = frozenset({MANAGER, DIRECTOR, ADMIN})
KEEPERS = frozenset({ADMIN})
REPS_ONLY = frozenset({REP})
LEADERS_ONLY = frozenset({MANAGER, DIRECTOR})

LOSSES = Group(
    "",
    (
        Item("losses", _("Losses"), "losses", "droplet-half-2", LEADERS, key="r"),
        Item("churn", _("Customers leaving"), "churn", "", LEADERS, inside="losses"),
        Item("leakage", _("Leads not won"), "leakage", "", LEADERS, inside="losses"),
        Item("marketing", _("Marketing waste"), "marketing", "", LEADERS, inside="losses"),
        Item("time", _("Paid hours"), "time", "", LEADERS, inside="losses"),
        Item("new_reps", _("New reps"), "new_reps", "", LEADERS, inside="losses"),
        Item("departures", _("Departed reps"), "departures", "", LEADERS, inside="losses"),
    ),
)
ANALYSIS = Group(
    _("Analysis"),
    (
        Item("bridge", _("Revenue bridge"), "bridge", "chart-bar", LEADERS),
        Item("cohorts", _("Who stays"), "cohorts", "timeline", LEADERS),
        Item("rfm", _("Best customers"), "rfm", "users", LEADERS),
        Item("exposure", _("On one person"), "exposure", "user-share", LEADERS),
        Item("abc", _("ABC classes"), "abc", "list-details", LEADERS),
        Item("margin", _("Profit structure"), "margin", "adjustments", LEADERS),
        Item("nps", _("Recommendation"), "nps", "mood-smile", LEADERS),
        Item("csat", _("Satisfaction"), "csat", "mood-smile", LEADERS),
        Item("win_loss", _("Won and lost"), "win_loss", "layout-kanban", LEADERS),
        Item("forecast", _("Forecast"), "forecast", "hourglass", LEADERS),
    ),
)
ADMINISTER = Group(
    _("Administer"),
    (
        Item("person", _("People"), "person-list", "users", KEEPERS),
        Item("handover", _("Departures"), "handover-list", "user-share", KEEPERS),
        Item("rules", _("Loss rules"), "rules", "adjustments", frozenset({ADMIN, DIRECTOR})),
        Item("targets", _("Targets"), "targets", "target", frozenset({ADMIN, DIRECTOR})),
        Item("dispute", _("Questions"), "dispute-list", "message-report", KEEPERS),
        Item("job", _("Background work"), "job-list", "hourglass", KEEPERS),
        Item("audit", _("Audit log"), "audit-list", "list-details", KEEPERS),
        Item("pipeline", _("Pipelines"), "pipeline-list", "layout-kanban", KEEPERS),
        Item("webform", _("Web forms"), "webform-list", "world", KEEPERS),
        Item("assignment", _("Who gets leads"), "assignment-list", "sitemap", KEEPERS),
        Item("product", _("Products"), "product-list", "package", KEEPERS),
        Item("choice", _("Lists"), "choice-lists", "tag", KEEPERS),
        Item("company", _("Settings"), "company-settings", "settings", KEEPERS),
    ),
)
SELL = Group(
    _("Sell"),
    (
        Item("today", _("Today"), "today", "sun", SELLERS, key="t"),
        Item("customer", _("Customers"), "customer-list", "building-store", SELLERS, key="c"),
        Item("lead", _("Leads"), "lead-list", "user-question", SELLERS, key="l"),
        Item("deal", _("Deals"), "deal-list", "layout-kanban", SELLERS, key="d"),
        Item("campaign", _("Campaigns"), "campaign-list", "speakerphone", SELLERS),
    ),
)
MANAGE = Group(
    _("Manage"),
    (
        Item("team", _("Teams"), "team-list", "sitemap", LEADERS),
        Item("handover", _("Departures"), "handover-list", "user-share", LEADERS_ONLY),
        Item("twin", _("Duplicates"), "twin-list", "users-group", LEADERS),
    ),
)
MY_RESULTS = Group(
    _("My results"),
    (
        Item("losses", _("My numbers"), "losses", "chart-bar", REPS_ONLY),
        Item("week", _("My week"), "week", "calendar", REPS_ONLY),
        Item("exposure", _("On me alone"), "exposure", "user-share", REPS_ONLY),
        Item("activity", _("My calls"), "activity-list", "history", SELLERS, own=True),
    ),
)
# Address names that belong to a section of another name.
_BELONGS = {
    "contact": "customer",
    "contract": "customer",
    "file": "customer",
    "answer": "customer",
    "task": "today",
    "webpost": "webform",
    "call": "today",
    "sweep": "today",
    "evidence": "losses",
    "speed": "leakage",
    "did": "departures",
    "calibration": "churn",
    "nps_churn": "nps",
}


# What the phone's bottom bar holds: two on each side of the round Log call, the last is More.
BAR = {True: ("losses", "customer", "team"), False: ("today", "customer", "lead")}
NEW = (
    (_("Customer"), "customer-new", "building-store", "u"),
    (_("Contact"), "contact-new", "user", ""),
    (_("Lead"), "lead-new", "user-question", "l"),
    (_("Deal"), "deal-new", "layout-kanban", "d"),
    (_("Task"), "task-new", "calendar-plus", "t"),
)


def rail_for(request: HttpRequest, user: User, counts: Mapping[str, int]) -> tuple[RailGroup, ...]:
    """The groups this person may open, most important first, with what waits behind each page."""
    if user.has_role(ADMIN) and not user.has_role(MANAGER, DIRECTOR):
        groups = [ADMINISTER, SELL, LOSSES, ANALYSIS, MANAGE, MY_RESULTS]
    elif user.has_role(MANAGER, DIRECTOR):
        groups = [LOSSES, SELL, ANALYSIS, MANAGE, ADMINISTER, MY_RESULTS]
    else:
        groups = [replace(SELL, label=""), MY_RESULTS]
    section = _section_of(request)
    shown = [_seen_by(group, user, section, counts) for group in groups]
    return tuple(group for group in shown if group.items)


def bar_for(rail: tuple[RailGroup, ...], user: User) -> tuple[RailItem, ...]:
    """The three places of the phone's bottom bar, out of the rail."""
    by_url = {item.url: item for group in rail for item in group.items}
    views = {"losses": "losses", "customer": "customer-list", "team": "team-list"}
    views |= {"today": "today", "lead": "lead-list"}
    wanted = (reverse(views[name]) for name in BAR[user.has_role(MANAGER, DIRECTOR)])
    return tuple(by_url[url] for url in wanted if url in by_url)


def new_for(user: User) -> tuple[RailItem, ...]:
    """What the New menu offers."""
    if not user.has_role(*SELLERS):
        return ()
    return tuple(
        RailItem(str(label), reverse(view), icon, key=key) for label, view, icon, key in NEW
    )


def start_page(user: User) -> str:
    """The address name of the page a person starts at (ux.md section 3)."""
    if user.has_role(MANAGER, DIRECTOR):
        return "losses"
    if user.has_role(ADMIN):
        return "person-list"
    return "today"


def _section_of(request: HttpRequest) -> str:
    match = request.resolver_match
    word = (match.url_name or "").partition("-")[0] if match else ""
    return _BELONGS.get(word, word)


def _seen_by(group: Group, user: User, section: str, counts: Mapping[str, int]) -> RailGroup:
    shown = [item for item in group.items if _may_see(item, user)]
    entries = tuple(
        _entry(item, user, section, counts, tuple(c for c in shown if c.inside == item.section))
        for item in shown
        if not item.inside
    )
    return RailGroup(str(group.label), entries)


def _may_see(item: Item, user: User) -> bool:
    if item.roles.isdisjoint(user.roles):
        return False
    # administrators have them beside the people
    if item.roles == LEADERS_ONLY and user.has_role(ADMIN):
        return False
    # leaders have the losses themselves in the rail, so "my numbers" is not offered twice
    return not (item.roles == REPS_ONLY and user.has_role(*LEADERS))


def _entry(
    item: Item, user: User, section: str, counts: Mapping[str, int], children: tuple[Item, ...] = ()
) -> RailItem:
    return RailItem(
        label=str(item.label),
        url=reverse(item.view) + (f"?author={user.pk}" if item.own else ""),
        icon=item.icon,
        count=counts.get(item.section) or None,
        current=item.section == section,
        key=item.key,
        children=tuple(_entry(child, user, section, counts) for child in children),
    )
