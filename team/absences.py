"""Days on which somebody was not at work: one fact a day, written and read in runs."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from team.audit import record
from team.models import Absence, Company, Holiday, User
from team.refusals import Refusal

LONGEST = 366


@dataclass(frozen=True)
class Run:
    """Days of absence in a row, weekends and holidays between them included, for one reason."""

    from_on: date
    to_on: date
    days: int
    reason: str


def note_absence(user: User, *, from_on: date, to_on: date, reason: str, by: User | None) -> int:
    """Mark the working days from..to, both inclusive; answers how many were not marked before."""
    if to_on < from_on:
        raise Refusal(_("The last day lies before the first."), "to_on")
    if (to_on - from_on).days >= LONGEST:
        raise Refusal(_("At most one year at a time."), "to_on")
    company = Company.get()
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        marked = set(_live(user, from_on, to_on).values_list("on", flat=True))
        days = [day for day in working_days(company, from_on, to_on) if day not in marked]
        Absence.objects.bulk_create(
            Absence(user=user, on=day, reason=reason, recorded_on=company.today) for day in days
        )
        if days:
            after = {"from_on": days[0], "to_on": days[-1], "days": len(days), "reason": reason}
            record("note absence", user, by=by, after=after)
    return len(days)


def remove_absence(user: User, *, from_on: date, to_on: date, by: User | None) -> int:
    with transaction.atomic():
        removed = _live(user, from_on, to_on).update(deleted_on=Company.get().today)
        if removed:
            before = {"from_on": from_on, "to_on": to_on, "days": removed}
            record("remove absence", user, by=by, before=before)
    return removed


def absence_runs(user: User, company: Company, since: date) -> list[Run]:
    """The absences of a person from a day on, newest first."""
    holidays = Holiday.all_days()
    found: list[Run] = []
    for absence in Absence.objects.filter(user=user, on__gte=since, deleted_on=None):
        last = found[-1] if found else None
        if last and last.reason == absence.reason and _follows(company, holidays, last, absence):
            found[-1] = Run(last.from_on, absence.on, last.days + 1, last.reason)
        else:
            found.append(Run(absence.on, absence.on, 1, absence.reason))
    return found[::-1]


def working_days(company: Company, from_on: date, to_on: date) -> list[date]:
    """The days of the company's calendar from..to, both inclusive."""
    holidays = Holiday.all_days()
    days = [from_on + timedelta(days=i) for i in range((to_on - from_on).days + 1)]
    return [day for day in days if day.weekday() in company.workdays and day not in holidays]


def _follows(company: Company, holidays: frozenset[date], run: Run, absence: Absence) -> bool:
    between = [run.to_on + timedelta(days=i) for i in range(1, (absence.on - run.to_on).days)]
    return all(day.weekday() not in company.workdays or day in holidays for day in between)


def _live(user: User, from_on: date, to_on: date) -> QuerySet[Absence]:
    return Absence.objects.filter(user=user, on__range=(from_on, to_on), deleted_on=None)
