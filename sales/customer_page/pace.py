"""How often a customer buys and is called, in the last twelve months against the twelve before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Min, Q, Sum

from crm.lib.periods import add_months, day_number, day_of, day_start
from customers.models import Customer, PurchaseDay
from sales.models import Activity
from team.models import Company


@dataclass(frozen=True)
class Pace:
    """`since` is the day of the first purchase; `cents` what the `orders` of the last twelve months came to."""

    since: date | None
    orders: int
    orders_before: int
    cents: int
    calls: int

    @property
    def average_cents(self) -> int | None:
        return round(self.cents / self.orders) if self.orders else None

    @property
    def orders_a_month(self) -> float:
        return self.orders / 12

    @property
    def orders_a_month_before(self) -> float:
        return self.orders_before / 12

    @property
    def calls_a_month(self) -> float:
        return self.calls / 12


def pace_of(customer: Customer, whose: Sequence[int], company: Company) -> Pace:
    """Two queries. `whose` are the customer and who was merged into it: calls name those."""
    today = company.today
    year, before = (day_number(add_months(today, -months)) for months in (12, 24))
    lately, earlier = Q(day__gt=year), Q(day__gt=before, day__lte=year)
    bought = PurchaseDay.objects.filter(customer=customer).aggregate(
        since=Min("day"),
        orders=Sum("purchases", filter=lately),
        orders_before=Sum("purchases", filter=earlier),
        cents=Sum("cents", filter=lately),
    )
    since = bought.pop("since")
    calls = Activity.everything.filter(
        customer__in=whose,
        kind=Activity.Kind.CALL,
        status=Activity.Status.DONE,
        deleted_on__isnull=True,
        start_at__gte=day_start(add_months(today, -12), company.zone),
    )
    return Pace(
        since=None if since is None else day_of(since),
        calls=calls.count(),
        **{name: value or 0 for name, value in bought.items()},
    )
