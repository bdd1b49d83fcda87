"""Whom a hand-over can be of, with what they hold today."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Q, QuerySet, Sum

from customers.models import Customer
from sales.models import Handover
from team.models import Employment, User
from team.rail import waiting

MOST = 100


@dataclass
class Leaver:
    """Money of a year in cents; `last_day` where their employment ends, `plan` where one is under way."""

    user: User
    customers: int = 0
    cents: int = 0
    regions: list[str] = field(default_factory=list)
    last_day: date | None = None
    plan: Handover | None = None


def leavers_for(by: User, name: str = "", keep: int | None = None) -> list[Leaver]:
    """The people in sight who hold customers or sell, those with most money first; five statements.

    `keep` stays among them whatever is typed.
    """
    people: QuerySet[User] = User.visible_to(by).exclude(pk=by.pk)
    people = people.filter(Q(is_rep=True, is_active=True) | Q(customers__isnull=False)).distinct()
    if name:
        people = people.filter(
            Q(name__icontains=name) | Q(team__name__icontains=name) | Q(pk=keep or 0)
        )
    found = {user.pk: Leaver(user) for user in people.select_related("team")}
    _fill_books(found)
    _fill_ends(found, by)
    ranked = sorted(found.values(), key=lambda one: (-one.cents, one.user.sort_name, one.user.pk))
    return ranked[:MOST]


def _fill_books(found: dict[int, Leaver]) -> None:
    rows = (
        Customer.everything.listed()
        .filter(owner__in=found)
        .values_list("owner", "region")
        .annotate(n=Count("pk"), cents=Sum("annual_cents"))
        .order_by()
    )
    regions: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for owner, region, n, cents in rows:
        found[owner].customers += n
        found[owner].cents += cents
        if region:
            regions[owner].append((-n, region))
    for owner, named in regions.items():
        found[owner].regions = [region for _n, region in sorted(named)[:2]]


def _fill_ends(found: dict[int, Leaver], by: User) -> None:
    ends = Employment.objects.filter(user__in=found, left_on__isnull=False, deleted_on=None)
    for user_id, left_on in ends.order_by("left_on").values_list("user", "left_on"):
        found[user_id].last_day = left_on
    plans = Handover.visible_to(by).filter(
        leaver__in=found, state__in=(Handover.State.DRAFT, Handover.State.SCHEDULED)
    )
    for plan in plans.order_by("pk"):
        if plan.leaver_id is not None:
            found[plan.leaver_id].plan = plan


@waiting("handover")
def open_handovers(user: User) -> "QuerySet[Handover]":
    """Drafts and scheduled ones, of who leads others."""
    open_ones = Handover.visible_to(user).filter(
        state__in=(Handover.State.DRAFT, Handover.State.SCHEDULED)
    )
    return open_ones if user.has_role("manager", "admin", "director") else open_ones.none()
