"""What each heir carries today, and would after the hand-over."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q, Sum
from django.utils import timezone

from customers.models import Customer
from sales.handing_over.planning import SPOKEN, YEAR
from sales.models import Activity, Deal, Handover, HandoverLine
from team.models import User

KNOWN_BY = ("region", "segment", "language")


@dataclass
class Load:
    """Of one person: customers, their money of a year in cents, open deals, and conversations of twelve months."""

    customers: int = 0
    cents: int = 0
    deals: int = 0
    calls: int = 0


@dataclass
class Heir:
    """`now` and what is `added`; `shares` says how many customers of each region, segment, language they have."""

    user: User
    now: Load = field(default_factory=Load)
    added: Load = field(default_factory=Load)
    leads: int = 0
    tasks: int = 0
    high_ties: int = 0
    shares: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def short(self) -> str:
        """The first word of the name, for the head of a narrow column."""
        return self.user.name.split()[0] if self.user.name.split() else self.user.name

    @property
    def cents(self) -> int:
        return self.now.cents + self.added.cents

    @property
    def calls(self) -> int:
        return self.now.calls + self.added.calls

    def percent_of(self, usual: float) -> int | None:
        """Their calls after the hand-over in per cent of the usual number; None: there is no usual number."""
        return round(100 * self.calls / usual) if usual else None


def heirs_of(handover: Handover) -> list[Heir]:
    """The heirs in their order, with what they carry today. Five statements."""
    people = list(
        User.objects.filter(
            pk__in=handover.heirs.through.objects.filter(handover=handover).values("user")
        )
    )
    places = dict(
        handover.heirs.through.objects.filter(handover=handover).values_list("user", "place")
    )
    heirs = {user.pk: Heir(user) for user in sorted(people, key=lambda person: places[person.pk])}
    _fill_customers(heirs)
    _fill_calls(heirs)
    return list(heirs.values())


def _fill_customers(heirs: dict[int, Heir]) -> None:
    rows = (
        Customer.everything.listed()
        .filter(owner__in=heirs)
        .values("owner", *KNOWN_BY)
        .annotate(n=Count("pk"), cents=Sum("annual_cents"))
        .order_by()
    )
    counted: dict[int, dict[str, dict[str, int]]] = defaultdict(
        lambda: {name: defaultdict(int) for name in KNOWN_BY}
    )
    for row in rows:
        heir = heirs[row["owner"]]
        heir.now.customers += row["n"]
        heir.now.cents += row["cents"]
        for name in KNOWN_BY:
            counted[row["owner"]][name][row[name]] += row["n"]
    for pk, heir in heirs.items():
        heir.shares = counted[pk]
    deals = Deal.everything.filter(
        owner__in=heirs, closed_on__isnull=True, binned_on__isnull=True
    ).values_list("owner")
    for pk, n in deals.annotate(n=Count("pk")).order_by():
        heirs[pk].now.deals = n


def _fill_calls(heirs: dict[int, Heir]) -> None:
    for pk, n in _calls_by_owner(Q(customer_owner__in=heirs)):
        heirs[pk].now.calls = n


def _calls_by_owner(whose: Q) -> list[tuple[int, int]]:
    """Conversations of twelve months with the customers that people look after now."""
    since = timezone.now() - YEAR
    rows = Activity.everything.filter(
        whose,
        customer__isnull=False,
        deleted_on__isnull=True,
        status=Activity.Status.DONE,
        kind__in=SPOKEN,
        start_at__gte=since,
    )
    return list(rows.values_list("customer_owner").annotate(n=Count("pk")).order_by())


def usual_calls(handover: Handover) -> float:
    """Conversations of twelve months a rep, over all who stay: those of the leaver's customers are shared out too."""
    reps = User.receivers(handover.by).filter(is_rep=True)
    staying = set(reps.exclude(pk=handover.leaver_id or 0).values_list("pk", flat=True))
    if not staying:
        return 0.0
    people = {*staying, *([handover.leaver_id] if handover.leaver_id else [])}
    return sum(n for _pk, n in _calls_by_owner(Q(customer_owner__in=people))) / len(staying)


def add_plan(handover: Handover, heirs: Iterable[Heir]) -> None:
    """Add what the lines give to each heir. One statement."""
    found = {heir.user.pk: heir for heir in heirs}
    calls = Sum("calls_own") + Sum("calls_others")
    rows = (
        HandoverLine.objects.filter(handover=handover, chosen=True, receiver__in=found)
        .values("receiver", "kind")
        .annotate(
            n=Count("pk"),
            money=Sum("cents"),
            calls=calls,
            high=Count("pk", filter=Q(tie=HandoverLine.Tie.HIGH)),
        )
        .order_by()
    )
    for row in rows:
        heir = found[row["receiver"]]
        if row["kind"] == HandoverLine.Kind.CUSTOMER:
            heir.added.customers, heir.added.cents = row["n"], row["money"]
            heir.added.calls, heir.high_ties = row["calls"], row["high"]
        elif row["kind"] == HandoverLine.Kind.DEAL:
            heir.added.deals = row["n"]
        elif row["kind"] == HandoverLine.Kind.LEAD:
            heir.leads = row["n"]
        elif row["kind"] == HandoverLine.Kind.TASK:
            heir.tasks = row["n"]
