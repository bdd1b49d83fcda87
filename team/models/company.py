"""The one company of this database, its zone, currency and working calendar."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.lib.periods import local_date
from team.models.base import Fact, Past

# The company as read in this request, and what it said before; None outside of one.
_read: ContextVar["dict[str, Any] | None"] = ContextVar("company", default=None)


def monday_to_friday() -> list[int]:
    return [0, 1, 2, 3, 4]


class Company(models.Model):
    """A single row (id 1). `Company.get()` makes it with defaults the first time."""

    class Clock(models.TextChoices):
        ELAPSED = "elapsed", _("hours of the day and night")
        WORKING = "working", _("working hours")

    name = models.CharField(_("name"), max_length=150, default="")
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/Kyiv")
    base_currency = models.CharField(_("currency"), max_length=3, default="UAH")
    workdays = models.JSONField(_("weekdays worked"), default=monday_to_friday)
    work_start = models.TimeField(_("work starts"), default=time(9))
    work_end = models.TimeField(_("work ends"), default=time(18))
    orders_imported = models.BooleanField(_("orders come by import"), default=True)
    # how soon a lead is to be answered; the report of leads not won has a rule of its own (ruling 7)
    response_hours = models.PositiveSmallIntegerField(_("hours to answer a lead"), default=24)
    response_clock = models.CharField(
        _("counted in"), max_length=10, choices=Clock, default=Clock.ELAPSED
    )
    is_demo = models.BooleanField(default=False, editable=False)
    # the day it was set up; empty: it was here before anybody wrote that down
    recorded_on = models.DateField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="one_company"),
            models.CheckConstraint(
                condition=models.Q(work_end__gt=models.F("work_start")),
                name="work_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("company-settings")

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        (_read.get() or {}).clear()

    @classmethod
    def get(cls) -> "Company":
        """The company; inside `read_once` the row is asked for once."""
        read = _read.get()
        if read and "now" in read:
            return read["now"]
        company, _made = cls.objects.get_or_create(id=1, defaults={"recorded_on": _first_day})
        if read is not None:
            read["now"] = company
        return company

    @classmethod
    def at(cls, as_of: date) -> "Company":
        """The company with the zone and the calendar that were known at the end of a day."""
        company, read = cls.get(), _read.get()
        past = (read or {}).get("past")
        if past is None:
            past = list(CompanyPast.objects.all())
        if read is not None:
            read["past"] = past
        return next((row.told(company) for row in past if row.holds(as_of)), company)

    @classmethod
    @contextmanager
    def read_once(cls) -> Iterator[None]:
        """Within one request the company does not change under its reader."""
        token = _read.set({})
        try:
            yield
        finally:
            _read.reset(token)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def today(self) -> date:
        """The business date: now, in the company's zone."""
        return local_date(timezone.now(), self.zone)


def _first_day() -> date:
    return local_date(timezone.now(), Company().zone)


class CompanyPast(Past):
    """Which zone and calendar the company had before."""

    of = "company"
    kept = ("time_zone", "workdays", "work_start", "work_end")

    company = models.ForeignKey(Company, models.CASCADE, related_name="past")
    time_zone = models.CharField(max_length=60)
    workdays = models.JSONField()
    work_start = models.TimeField()
    work_end = models.TimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "deleted_on"], name="company_past_once")
        ]

    def holds(self, as_of: date) -> bool:
        return self.recorded_on <= as_of and self.deleted_on is not None and as_of < self.deleted_on

    def told(self, company: Company) -> Company:
        """The company as it was; not to be saved."""
        then = copy(company)
        for name in self.kept:
            setattr(then, name, getattr(self, name))
        return then


class Holiday(Fact):
    """A day on which the company does not work. Known ahead: it counts from its recording, not from its day."""

    on = models.DateField()
    name = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        ordering = ["on"]
        constraints = [
            models.UniqueConstraint(
                fields=["on"], condition=models.Q(deleted_on__isnull=True), name="holiday_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.name}".strip()

    @staticmethod
    def live() -> "models.QuerySet[Holiday]":
        return Holiday.objects.filter(deleted_on__isnull=True)

    @staticmethod
    def all_days() -> frozenset[date]:
        """As of today."""
        return frozenset(Holiday.live().values_list("on", flat=True))

    @staticmethod
    def days_at(as_of: date) -> frozenset[date]:
        """As they were known at the end of a day."""
        stands = models.Q(deleted_on__isnull=True) | models.Q(deleted_on__gt=as_of)
        known = Holiday.objects.filter(stands, recorded_on__lte=as_of)
        return frozenset(known.values_list("on", flat=True))
