"""The navigation rail: what each role may open, and how much work waits behind it.

Pages are named by their address names, so that this lowest app needs to know none of the others.
A new page joins by a line here; a waiting count joins with `@waiting("today")` in the app that knows it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from team.access import ADMIN, DIRECTOR, MANAGER, REP
from team.models import User

Count = Callable[[User], int]
_counts: dict[str, Count] = {}


def waiting(section: str) -> Callable[[Count], Count]:
    """Register how much work waits in a section; zero shows nothing."""

    def register(count: Count) -> Count:
        if section in _counts:
            raise ValueError(f"the count of {section} is registered twice")
        _counts[section] = count
        return count

    return register


@dataclass(frozen=True)
class Item:
    """A page in the rail. `section` is the first word of the address names that belong to it."""

    section: str
    label: Promise
    view: str
    icon: str
    roles: frozenset[str]
    inside: str = ""


@dataclass(frozen=True)
class Group:
    label: Promise | str
    items: tuple[Item, ...]


@dataclass
class Entry:
    """An item as one person sees it on one page."""

    label: str
    url: str
    icon: str
    current: bool
    count: int = 0
    children: list["Entry"] = field(default_factory=list)


@dataclass
class EntryGroup:
    label: str
    items: list[Entry]


SELLERS = frozenset({REP, MANAGER, DIRECTOR, ADMIN})
LEADERS = frozenset({MANAGER, DIRECTOR, ADMIN})
KEEPERS = frozenset({ADMIN})
REPS_ONLY = frozenset({REP})

LOSSES = Group(
    "",
    (
        Item("losses", _("Losses"), "losses", "droplet", LEADERS),
        Item("churn", _("Customers leaving"), "churn", "", LEADERS, inside="losses"),
    ),
)
ADMINISTER = Group(
    _("Administer"),
    (
        Item("person", _("People"), "person-list", "users", KEEPERS),
        Item("rules", _("Loss rules"), "rules", "adjustments", frozenset({ADMIN, DIRECTOR})),
        Item("audit", _("Audit log"), "audit-list", "list-search", KEEPERS),
        Item("company", _("Settings"), "company-settings", "settings", KEEPERS),
    ),
)
SELL = Group(
    _("Sell"),
    (
        Item("today", _("Today"), "today", "sun", SELLERS),
        Item("customer", _("Customers"), "customer-list", "building-store", SELLERS),
        Item("lead", _("Leads"), "lead-list", "user-question", SELLERS),
        Item("deal", _("Deals"), "deal-list", "layout-kanban", SELLERS),
        Item("campaign", _("Campaigns"), "campaign-list", "speakerphone", SELLERS),
    ),
)
MANAGE = Group(_("Manage"), (Item("team", _("Teams"), "team-list", "users-group", LEADERS),))
MY_RESULTS = Group(
    _("My results"),
    (
        Item("losses", _("My numbers"), "losses", "chart-bar", REPS_ONLY),
        Item("activity", _("My calls"), "activity-list", "history", SELLERS),
    ),
)
# Address names that belong to a section of another name.
_BELONGS = {"contact": "customer", "task": "today", "call": "today"}


def rail_for(request: HttpRequest, user: User) -> list[EntryGroup]:
    """The groups this person may open, most important first."""
    if user.has_role(ADMIN) and not user.has_role(MANAGER, DIRECTOR):
        groups = [ADMINISTER, SELL, LOSSES, MANAGE, MY_RESULTS]
    elif user.has_role(MANAGER, DIRECTOR):
        groups = [LOSSES, SELL, MANAGE, ADMINISTER, MY_RESULTS]
    else:
        groups = [SELL, MY_RESULTS]
    section = _section_of(request)
    shown = [_seen_by(group, user, section) for group in groups]
    return [group for group in shown if group.items]


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


def _seen_by(group: Group, user: User, section: str) -> EntryGroup:
    top: dict[str, Entry] = {}
    for item in group.items:
        if item.roles.isdisjoint(user.roles) or _only_for_reps(item, user):
            continue
        count = _counts[item.section](user) if item.section in _counts else 0
        entry = Entry(
            str(item.label), reverse(item.view), item.icon, item.section == section, count
        )
        if item.inside:
            top[item.inside].children.append(entry)
        else:
            top[item.section] = entry
    return EntryGroup(str(group.label), list(top.values()))


def _only_for_reps(item: Item, user: User) -> bool:
    """Leaders have the losses themselves in the rail, so "my numbers" is not offered twice."""
    return item.roles == REPS_ONLY and user.has_role(*LEADERS)
