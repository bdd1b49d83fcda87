"""What is usual for somebody, by their own last 60 days: customers opened, also outside working time; files; refusals.

Facts about everybody, kept to notice a break in a habit; no judgement.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from crm.lib.periods import day_start, local_date
from team.models import AuditEntry, Company, Device, HabitAlert, Holiday, Reading

TIMES = 3
HABIT_DAYS = 60
# Who did it on fewer days than this has no habit yet.
KNOWN_DAYS = 5
Kind = HabitAlert.Kind
REFUSALS = ("refuse", "not found", "slow down")
ByDay = dict[date, int]


@dataclass(frozen=True)
class Habit:
    """`by_day` counts on each local day from a day on. Below `least` nobody is told; `new` is the limit of who is
    too new to have a habit.
    """

    kind: HabitAlert.Kind
    least: int
    new: int
    by_day: Callable[[int, date, Company], ByDay]

    def allowed(self, usual: int | None) -> int:
        """How much of it on one day before others are told."""
        return self.new if usual is None else max(self.least, TIMES * usual)


@dataclass(frozen=True)
class Told:
    """A habit as a person's page tells it: today, usual on a day, and most on one."""

    habit: Habit
    today: int
    usual: int | None
    most: int


def usual_of(by_day: ByDay, today: date) -> int | None:
    """The median over the days before today on which there was any; None on fewer than `KNOWN_DAYS`."""
    counts = [n for day, n in by_day.items() if day < today]
    return round(median(counts)) if len(counts) >= KNOWN_DAYS else None


def habits_of(user_id: int) -> Iterator[Told]:
    """A query for each habit."""
    company = Company.get()
    today = company.today
    for habit in HABITS.values():
        found = habit.by_day(user_id, today - timedelta(days=HABIT_DAYS), company)
        yield Told(
            habit, found.get(today, 0), usual_of(found, today), max(found.values(), default=0)
        )


def _read(user_id: int, since: date, company: Company) -> ByDay:
    rows = Reading.objects.filter(user=user_id, at__gte=day_start(since, company.zone))
    by_day = rows.values(day=TruncDate("at", tzinfo=company.zone))
    counted = by_day.annotate(n=Count("customer_id", distinct=True))
    return dict(counted.order_by().values_list("day", "n"))


def _read_late(user_id: int, since: date, company: Company) -> ByDay:
    """Customers opened outside the company's working time, by the clock on its wall."""
    rows = Reading.objects.filter(user=user_id, at__gte=day_start(since, company.zone))
    holidays = Holiday.all_days()
    seen: set[tuple[date, int]] = set()
    for at, customer in rows.order_by().values_list("at", "customer_id"):
        if not _is_working_time(at, company, holidays):
            seen.add((local_date(at, company.zone), customer))
    return dict(Counter(day for day, _customer in seen))


def _is_working_time(at: datetime, company: Company, holidays: frozenset[date]) -> bool:
    here = at.astimezone(company.zone)
    works = here.weekday() in company.workdays and here.date() not in holidays
    return works and company.work_start <= here.time() < company.work_end


def _logged(
    actions: tuple[str, ...],
) -> Callable[[int, date, Company], ByDay]:
    def by_day(user_id: int, since: date, company: Company) -> ByDay:
        rows: QuerySet[AuditEntry] = AuditEntry.objects.filter(
            actor=user_id, action__in=actions, at__gte=day_start(since, company.zone)
        )
        counted = rows.values(day=TruncDate("at", tzinfo=company.zone)).annotate(n=Count("pk"))
        return dict(counted.order_by().values_list("day", "n"))

    return by_day


def _new_devices(user_id: int, since: date, company: Company) -> ByDay:
    """Devices somebody signed in from for the first time; the first of all is none that is new."""
    rows = list(Device.objects.filter(user=user_id).order_by("first_at", "pk"))
    days = (local_date(row.first_at, company.zone) for row in rows[1:])
    return dict(Counter(day for day in days if day >= since))


HABITS = {
    one.kind: one
    for one in (
        Habit(Kind.READ, least=30, new=100, by_day=_read),
        Habit(Kind.LATE, least=10, new=20, by_day=_read_late),
        Habit(Kind.EXPORT, least=5, new=5, by_day=_logged(("export",))),
        Habit(Kind.REFUSED, least=20, new=20, by_day=_logged(REFUSALS)),
        Habit(Kind.DEVICE, least=1, new=1, by_day=_new_devices),
    )
}
