"""The sweep at the end of the day: what was planned, opened or is due, and nothing said about it yet."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from crm.lib.periods import day_start
from customers.models import Customer
from sales.calls.ending_forms import Subject
from sales.customer_page.rhythm import Rhythm, rhythm_of
from sales.days.missing_steps import customers_without_step
from sales.models import Activity, Deal, Lead, Task
from team.models import Company, User
from team.reading import opened_since

ABOUT = (
    "contact",
    "customer__merged_into",
    "lead__customer__merged_into",
    "deal__stage",
    "deal__customer__merged_into",
)
# Rows at once; what is beyond them stands there once these are done.
SHOWN = 40
# The sweep is offered from the last hour of the working day on.
LAST_HOUR = timedelta(hours=1)
# Tries further back are another story.
TRIES_WITHIN = timedelta(days=90)

OPENED = "opened"
MODELS: dict[str, Any] = {"customer": Customer, "lead": Lead, "deal": Deal}


@dataclass(frozen=True)
class Row:
    """Whom something is to be said about, and why they stand here."""

    subject: Subject
    task: Task | None = None
    opened_at: datetime | None = None
    is_only_opened: bool = False
    rhythm: Rhythm | None = None

    @property
    def who(self) -> Subject:
        """Whose name stands on the row: of a step about a deal, the customer's."""
        return (self.task.who if self.task else None) or self.subject

    @property
    def key(self) -> str:
        """Names the row in the form that comes back."""
        if self.is_only_opened:
            return f"{OPENED}-{self.subject.pk}"
        named: Task | Subject = self.task or self.subject
        return f"{named._meta.model_name}-{named.pk}"


def is_time(company: Company, now: datetime) -> bool:
    """Whether the day is near enough its end."""
    local = now.astimezone(company.zone)
    end = datetime.combine(local.date(), company.work_end, tzinfo=company.zone)
    return local >= end - LAST_HOUR


def rows_of(user: User, company: Company) -> list[Row]:
    """Planned calls first, then who was opened and is not written about, then who is due; each subject once."""
    rows = [*_planned(user, company), *_opened(user, company), *_due(user, company)]
    seen: set[Subject] = set()
    found = []
    for row in rows:
        if row.task is not None or row.subject not in seen:
            found.append(row)
        seen.add(row.subject)
    return found[:SHOWN]


def _planned(user: User, company: Company) -> Iterable[Row]:
    tasks = list(
        Task.everything.filter(
            owner=user,
            state=Task.State.OPEN,
            kind=Activity.Kind.CALL,
            due_on__lte=company.today,
        )
        .select_related(*ABOUT)
        .order_by("due_on", "due_at", "id")[:SHOWN]
    )
    return rows_of_tasks(tasks, user)


def rows_of_tasks(tasks: list[Task], user: User) -> list[Row]:
    """The steps whose record is theirs to see; three queries whatever the number."""
    abouts = [about for task in tasks if (about := task.about) is not None]
    seen = {row for name in MODELS for row in visible_of(name, abouts, user)}
    return [Row(about, task) for task in tasks if (about := task.about) in seen and about]


def visible_of(name: str, subjects: Iterable[Subject], user: User) -> list[Subject]:
    ids = [one.pk for one in subjects if one._meta.model_name == name]
    rows: list[Subject] = list(MODELS[name].visible_to(user).filter(pk__in=ids))
    return rows


def rows_named(keys: Iterable[str], user: User) -> list[Row]:
    """The rows of a form that comes back, as far as they are theirs to see, in its order."""
    ids: dict[str, list[int]] = {}
    for kind, _dash, pk in (key.partition("-") for key in keys):
        if pk.isascii() and pk.isdigit() and len(pk) < 19:
            ids.setdefault(kind, []).append(int(pk))
    tasks = Task.visible_to(user).filter(pk__in=ids.get("task", []))
    rows = rows_of_tasks(list(tasks.select_related(*ABOUT)), user)
    for kind, model in {**MODELS, OPENED: Customer}.items():
        found = model.visible_to(user).filter(pk__in=ids.get(kind, []))
        rows += [Row(one, is_only_opened=kind == OPENED) for one in found]
    return sorted(rows, key=lambda row: list(keys).index(row.key))


def _opened(user: User, company: Company) -> Iterable[Row]:
    start = day_start(company.today, company.zone)
    opened = opened_since(user, start)
    written = Activity.everything.filter(
        author=user, customer=OuterRef("pk"), start_at__gte=start, deleted_on__isnull=True
    )
    rows = Customer.visible_to(user).listed().filter(~Exists(written), pk__in=opened)
    found = sorted(rows[:SHOWN], key=lambda row: opened[row.pk])
    return [Row(row, opened_at=opened[row.pk], is_only_opened=True) for row in found]


def _due(user: User, company: Company) -> Iterable[Row]:
    rows = customers_without_step(Customer.everything.filter(owner=user), company.today)
    return [
        Row(customer, rhythm=rhythm_of(customer, company.today))
        for customer in rows.order_by("-annual_cents", "-id")[:SHOWN]
    ]


def tries_of(subjects: Iterable[Subject]) -> Counter[tuple[str, int]]:
    """How many calls in a row reached nobody, of each subject; a query for each kind of them."""
    tries: Counter[tuple[str, int]] = Counter()
    for name in MODELS:
        ids = [one.pk for one in subjects if one._meta.model_name == name]
        reached: set[int] = set()
        for about, was_reached in _last_calls(name, ids):
            if was_reached:
                reached.add(about)
            elif about not in reached:
                tries[name, about] += 1
    return tries


def _last_calls(name: str, ids: list[int]) -> "QuerySet[Activity, tuple[int, bool]]":
    """The newest first."""
    return (
        Activity.everything.filter(
            kind=Activity.Kind.CALL,
            status=Activity.Status.DONE,
            deleted_on__isnull=True,
            outcome__isnull=False,
            start_at__gte=timezone.now() - TRIES_WITHIN,
            **{f"{name}__in": ids},
        )
        .order_by("-start_at", "-id")
        .values_list(f"{name}_id", "outcome__reached")
    )
