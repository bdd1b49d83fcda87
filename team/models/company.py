"""The one company of this database, its zone, currency and working calendar."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.lib.periods import local_date

# The company as read in this request; None outside of one.
_read: ContextVar["dict[int, Company] | None"] = ContextVar("company", default=None)


def monday_to_friday() -> list[int]:
    return [0, 1, 2, 3, 4]


class Company(models.Model):
    """A single row (id 1). `Company.get()` makes it with defaults the first time."""

    name = models.CharField(_("name"), max_length=150, default="")
    time_zone = models.CharField(_("time zone"), max_length=60, default="Europe/Kyiv")
    base_currency = models.CharField(_("currency"), max_length=3, default="UAH")
    workdays = models.JSONField(_("weekdays worked"), default=monday_to_friday)
    work_start = models.TimeField(_("work starts"), default=time(9))
    work_end = models.TimeField(_("work ends"), default=time(18))
    orders_imported = models.BooleanField(_("orders come by import"), default=True)
    is_demo = models.BooleanField(default=False, editable=False)
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
        if read:
            return read[1]
        company, _made = cls.objects.get_or_create(id=1)
        if read is not None:
            read[1] = company
        return company

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


class Holiday(models.Model):
    on = models.DateField(unique=True)
    name = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        ordering = ["on"]

    def __str__(self) -> str:
        return f"{self.on} {self.name}".strip()

    @staticmethod
    def all_days() -> frozenset[date]:
        return frozenset(Holiday.objects.values_list("on", flat=True))
