"""What to know of a customer before speaking: the rhythm, the year, next steps, people, deals, owners."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Sum
from django.db.models.functions import Coalesce, TruncMonth

from crm.lib.periods import SINCE_EVER, add_months, month_start
from crm.lib.svg import Mark
from customers.merging import is_undoable
from customers.models import (
    Complaint,
    Contact,
    Contract,
    Customer,
    CustomerFile,
    Merge,
    Ownership,
    Revenue,
    Survey,
)
from sales.customer_page.pace import Pace, pace_of
from sales.customer_page.past import Past
from sales.customer_page.rhythm import Rhythm, rhythm_of
from sales.health.reading import health_now
from sales.health.rule import Health
from sales.health.words import Told, bars, told
from sales.models import Activity, Deal, Lead, Stage, Task
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
    answers: list[Survey]
    complaints: list[Complaint]
    files: list[CustomerFile]
    merges: list[Merge]
    pace: Pace
    health: Health | None

    @property
    def contracts_shown(self) -> list[Contract]:
        """Those that cover the customer or will, and the last ones that did."""
        over = [row for row in self.contracts if row.last_day and row.last_day < self.today]
        return [row for row in self.contracts if row not in over] + over[:2]

    @property
    def health_bars(self) -> list[Mark]:
        """What moved the health in 30 days."""
        return [] if self.health is None else bars(self.health)

    @property
    def health_told(self) -> list[Told]:
        return [] if self.health is None else told(self.health)

    @property
    def open_complaints(self) -> list[Complaint]:
        """The longest waiting first."""
        return [row for row in self.complaints if row.is_open][::-1]

    @property
    def last_answer(self) -> Survey | None:
        return self.answers[0] if self.answers else None

    @property
    def scores(self) -> list[int]:
        """The last answers on the scale of the latest, oldest first."""
        alike = [row.score for row in self.answers if row.kind == self.answers[0].kind][:13]
        return [score for score in alike[::-1] if score is not None]

    @property
    def owned_since(self) -> date | None:
        """Since when the owner of today looks after them; None: nobody does, or since ever."""
        first = self.owners[0] if self.owners else None
        if first is None or first.to_on is not None or first.from_on == SINCE_EVER:
            return None
        return first.from_on

    @property
    def merges_to_undo(self) -> list[Merge]:
        return [row for row in self.merges if is_undoable(row, self.today)]

    @property
    def year_cents(self) -> int:
        return sum(month.cents for month in self.months[12:])

    @property
    def year_before_cents(self) -> int:
        return sum(month.cents for month in self.months[:12])


def briefing_of(customer: Customer, past: Past, company: Company) -> Briefing:
    """One query a part, whatever the number of rows; everything flows down with the customer."""
    today, whose = company.today, past.whose
    return Briefing(
        today=today,
        rhythm=rhythm_of(customer, today),
        months=revenue_by_month(whose, today),
        steps=_steps(whose),
        contacts=past.contacts,
        deals=_open_deals(whose),
        owners=past.owners[:10],
        contracts=past.contracts,
        answers=past.answers,
        complaints=past.complaints,
        files=past.files,
        merges=past.merges,
        pace=pace_of(customer, whose, company),
        health=None if customer.merged_into_id else health_now(past, company),
    )


def revenue_by_month(whose: list[int], today: date) -> list[Month]:
    """The 24 months up to this one; months without revenue are 0."""
    first = add_months(month_start(today), -23)
    by_month = dict(
        Revenue.everything.filter(
            customer__in=whose, on__gte=first, on__lte=today, deleted_on__isnull=True
        )
        .annotate(month=TruncMonth("on"))
        .values("month")
        .annotate(cents=Sum("cents"))
        .values_list("month", "cents")
    )
    months = [add_months(first, i) for i in range(24)]
    return [Month(month, by_month.get(month, 0)) for month in months]


def _steps(whose: list[int]) -> list[Task]:
    return list(
        Task.everything.filter(customer__in=whose, state=Task.State.OPEN)
        .select_related("owner")
        .order_by("due_on", "due_at", "id")[:5]
    )


def _open_deals(whose: list[int]) -> list[Deal]:
    return list(
        Deal.everything.filter(
            customer__in=whose, stage__kind=Stage.Kind.OPEN, binned_on__isnull=True
        )
        .select_related("stage")
        .order_by("expected_close_on", "id")[:10]
    )


def last_contact(subject: Customer | Lead | Deal, viewer: User) -> Activity | None:
    """The newest entry about the same customer or lead; a deal of one's own may be at another's customer."""
    rows = Activity.visible_to(viewer).filter(deleted_on__isnull=True, status=Activity.Status.DONE)
    if isinstance(subject, Lead):
        rows = rows.filter(lead=subject)
    else:
        customer = subject if isinstance(subject, Customer) else subject.customer
        whose = customer and Customer.everything.one_with(customer).values_list("pk", flat=True)
        rows = rows.filter(customer__in=list(whose or ()))
    return rows.select_related("outcome").order_by("-start_at", "-id").first()


def recently_spoken_with(user: User, limit: int = 8) -> list[Customer]:
    """The customers of somebody's last entries that they may still see, latest first."""
    ids = list(
        Activity.everything.filter(author=user, customer__isnull=False, deleted_on__isnull=True)
        .order_by("-start_at", "-id")
        .values_list(Coalesce("customer__merged_into", "customer"), flat=True)[:50]
    )
    order = list(dict.fromkeys(ids))
    found = {row.pk: row for row in Customer.visible_to(user).listed().filter(pk__in=order)}
    return [found[pk] for pk in order if pk in found][:limit]
