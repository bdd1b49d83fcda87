"""What to know of a customer before speaking: the rhythm, the year, next steps, people, deals, owners."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.db.models.functions import TruncMonth

from crm.lib.periods import add_months, month_start
from customers.models import Contact, Contract, Customer, Ownership, Revenue
from sales.models import Activity, Deal, Lead, Stage, Task
from sales.rhythm import Rhythm, rhythm_of
from team.models import Company, User


@dataclass(frozen=True)
class Month:
    """Net revenue of a calendar month, in cents of the company's currency."""

    month: date
    cents: int


@dataclass(frozen=True)
class Briefing:
    """The parts around a customer's timeline. `months` are 24, oldest first, the last one running."""

    today: date
    rhythm: Rhythm | None
    months: list[Month]
    steps: list[Task]
    contacts: list[Contact]
    deals: list[Deal]
    owners: list[Ownership]
    contracts: list[Contract]

    @property
    def year_cents(self) -> int:
        return sum(month.cents for month in self.months[12:])

    @property
    def year_before_cents(self) -> int:
        return sum(month.cents for month in self.months[:12])


def briefing_of(customer: Customer, owners: list[Ownership], company: Company) -> Briefing:
    """One query a part, whatever the number of rows; everything flows down with the customer."""
    today = company.today
    return Briefing(
        today=today,
        rhythm=rhythm_of(customer, today),
        months=revenue_by_month(customer, today),
        steps=_steps(customer),
        contacts=list(Contact.everything.at(customer)[:20]),
        deals=_open_deals(customer),
        owners=owners[:10],
        contracts=_contracts(customer),
    )


def revenue_by_month(customer: Customer, today: date) -> list[Month]:
    """The 24 months up to this one; months without revenue are 0."""
    first = add_months(month_start(today), -23)
    by_month = dict(
        Revenue.everything.filter(
            customer=customer, on__gte=first, on__lte=today, deleted_on__isnull=True
        )
        .annotate(month=TruncMonth("on"))
        .values("month")
        .annotate(cents=Sum("cents"))
        .values_list("month", "cents")
    )
    months = [add_months(first, i) for i in range(24)]
    return [Month(month, by_month.get(month, 0)) for month in months]


def _steps(customer: Customer) -> list[Task]:
    return list(
        Task.everything.filter(customer=customer, state=Task.State.OPEN)
        .select_related("owner")
        .order_by("due_on", "due_at", "id")[:5]
    )


def _open_deals(customer: Customer) -> list[Deal]:
    return list(
        Deal.everything.filter(
            customer=customer, stage__kind=Stage.Kind.OPEN, binned_on__isnull=True
        )
        .select_related("stage")
        .order_by("expected_close_on", "id")[:10]
    )


def owners_of(customer: Customer) -> list[Ownership]:
    """Who looked after a customer, the latest first."""
    return list(
        Ownership.everything.filter(customer=customer, deleted_on__isnull=True)
        .select_related("rep")
        .order_by("-from_on", "-id")[:100]
    )


def _contracts(customer: Customer) -> list[Contract]:
    return list(
        Contract.everything.filter(customer=customer, deleted_on__isnull=True).order_by(
            "-start_on", "-id"
        )[:5]
    )


def last_contact(subject: Customer | Lead | Deal, viewer: User) -> Activity | None:
    """The newest entry about the same customer or lead; a deal of one's own may be at another's customer."""
    rows = Activity.visible_to(viewer).filter(deleted_on__isnull=True, status=Activity.Status.DONE)
    if isinstance(subject, Lead):
        rows = rows.filter(lead=subject)
    else:
        rows = rows.filter(customer=subject if isinstance(subject, Customer) else subject.customer)
    return rows.select_related("outcome").order_by("-start_at", "-id").first()


def recently_spoken_with(user: User, limit: int = 8) -> list[Customer]:
    """The customers of somebody's last entries that they may still see, latest first."""
    ids = list(
        Activity.everything.filter(author=user, customer__isnull=False, deleted_on__isnull=True)
        .order_by("-start_at", "-id")
        .values_list("customer_id", flat=True)[:50]
    )
    order = list(dict.fromkeys(ids))
    found = {row.pk: row for row in Customer.visible_to(user).listed().filter(pk__in=order)}
    return [found[pk] for pk in order if pk in found][:limit]
