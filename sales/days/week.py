"""A person's week, as they and their manager see it: work by day, leads answered in time, what was corrected."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q

from crm.lib.periods import day_start, local_date
from sales.calls.correcting import ACTION, is_correctable
from sales.models import Activity, Lead
from team.history import Event, in_words
from team.models import Absence, AuditEntry, Company, Holiday, User

# Entries of a week that are shown; the sums count them all.
SHOWN = 400
TOLD = 50
ABSENCES = ("note absence", "remove absence")


@dataclass(frozen=True)
class Entry:
    """One thing that was done. Whom it was about is told to who may see them."""

    activity: Activity
    is_told: bool
    is_open: bool

    @property
    def about(self) -> Any:
        found = self.activity.lead or (self.activity.customer and self.activity.customer.survivor)
        return found if self.is_told else None


@dataclass
class Day:
    on: date
    is_worked: bool
    absence: str | None = None
    entries: list[Entry] = field(default_factory=list)

    @property
    def calls(self) -> list[Activity]:
        return [e.activity for e in self.entries if e.activity.kind == Activity.Kind.CALL]

    @property
    def reached(self) -> int:
        return sum(1 for call in self.calls if call.outcome is not None and call.outcome.reached)

    @property
    def minutes(self) -> int:
        return sum(entry.activity.minutes or 0 for entry in self.entries)


@dataclass(frozen=True)
class Leads:
    """Of those that came in the week: answered before their hour was over, and still waiting."""

    came: int
    in_time: int
    waiting: int


@dataclass(frozen=True)
class Week:
    start: date
    today: date
    days: list[Day]
    leads: Leads
    corrected: list[Event]

    @property
    def last(self) -> date:
        return self.start + timedelta(days=6)

    @property
    def before(self) -> date:
        return self.start - timedelta(days=7)

    @property
    def after(self) -> date | None:
        later = self.start + timedelta(days=7)
        return later if later <= self.today else None

    @property
    def calls(self) -> int:
        return sum(len(day.calls) for day in self.days)

    @property
    def reached(self) -> int:
        return sum(day.reached for day in self.days)

    @property
    def minutes(self) -> int:
        return sum(day.minutes for day in self.days)

    @property
    def unwritten(self) -> int:
        """Working days up to yesterday without a record and without an absence."""
        return sum(
            day.is_worked and day.absence is None and not day.entries and day.on < self.today
            for day in self.days
        )


def week_start(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week_of(person: User, viewer: User, start: date, company: Company) -> Week:
    """Eight queries at most, whatever the number of entries."""
    first = day_start(start, company.zone)
    end = day_start(start + timedelta(days=7), company.zone)
    days = _days(person, start, company)
    for entry in _entries(person, viewer, first, end):
        days[local_date(entry.activity.start_at, company.zone)].entries.append(entry)
    return Week(
        start=start,
        today=company.today,
        days=list(days.values()),
        leads=_leads(person, first, end),
        corrected=_corrected(person, viewer, first, end),
    )


def _days(person: User, start: date, company: Company) -> dict[date, Day]:
    holidays = Holiday.all_days()
    dates = [start + timedelta(days=n) for n in range(7)]
    absences = Absence.objects.filter(user=person, on__in=dates, deleted_on__isnull=True)
    away = dict(absences.values_list("on", "reason"))
    return {
        on: Day(on, on.weekday() in company.workdays and on not in holidays, away.get(on))
        for on in dates
    }


def _entries(person: User, viewer: User, first: datetime, end: datetime) -> list[Entry]:
    rows = Activity.everything.filter(
        author=person,
        start_at__gte=first,
        start_at__lt=end,
        deleted_on__isnull=True,
        status=Activity.Status.DONE,
    )
    found = list(
        rows.select_related("customer__merged_into", "lead", "outcome").order_by("start_at", "id")[
            :SHOWN
        ]
    )
    seen = Activity.visible_to(viewer).filter(pk__in=[row.pk for row in found])
    told = set(seen.values_list("pk", flat=True))
    return [Entry(row, row.pk in told, is_correctable(row, viewer)) for row in found]


def _leads(person: User, first: datetime, end: datetime) -> Leads:
    came = Lead.everything.filter(
        owner=person, arrived_at__gte=first, arrived_at__lt=end, deleted_on__isnull=True
    )
    counted = came.aggregate(
        came=Count("pk"),
        in_time=Count("pk", filter=Q(first_touch_at__lte=F("response_due_at"))),
        waiting=Count(
            "pk",
            filter=Q(
                first_touch_at__isnull=True, converted_on__isnull=True, closed_on__isnull=True
            ),
        ),
    )
    return Leads(**counted)


def _corrected(person: User, viewer: User, first: datetime, end: datetime) -> list[Event]:
    """What this person put right in the week, and absences that anybody noted of them, in words.

    Of entries about what is out of the viewer's sight by now nothing is told.
    """
    own = Q(actor=person, action=ACTION, subject_type="activity")
    away = Q(subject_type="user", subject_id=person.pk, action__in=ABSENCES)
    entries = AuditEntry.objects.filter(own | away, at__gte=first, at__lt=end)
    found = list(entries.select_related("detail").order_by("-id")[:TOLD])
    ids = [e.subject_id for e in found if e.subject_type == "activity" and e.subject_id]
    seen = set(Activity.visible_to(viewer).filter(pk__in=ids).values_list("pk", flat=True))
    told = [e for e in found if e.subject_type == "user" or e.subject_id in seen]
    return in_words(told, viewer)
