"""Changing the company's settings and calendar."""

from datetime import date
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Exists, Q
from django.utils.translation import gettext as _

from crm.lib.periods import SINCE_EVER
from team.audit import record
from team.facts import forget
from team.models import Company, CompanyPast, Holiday, User, Wage
from team.records import change_record
from team.refusals import taken_meanwhile


def money_is_booked() -> bool:
    """Whether anything is counted in the base currency: models of money have a column `cents`."""
    booked = Q()
    for model in _models_of_money():
        booked |= Q(Exists(model._base_manager.values("pk")))
    return Company.objects.filter(booked).exists()


def change_company(
    company: Company, values: dict[str, Any], *, by: User | None, version: int
) -> Company:
    """Store new settings; raises `VersionConflict`. Reports of earlier days keep the calendar they read."""
    with transaction.atomic():
        stored = change_record(company, values, by=by, version=version)
        if is_being_set_up():
            CompanyPast.objects.all().delete()
    return stored


def is_being_set_up() -> bool:
    """Whether its calendar may still be put right for all days: nobody has counted anything by it."""
    company = Company.get()
    return company.recorded_on == company.today or not money_is_booked()


def calendar_counts_from() -> date | None:
    """The first as-of day at which a change of the calendar is read; None: at all of them, as it is being set up."""
    return None if is_being_set_up() else Company.get().today


def add_holiday(holiday: Holiday, *, by: User | None) -> None:
    """Raises `Refusal` for a day that is one already."""
    taken = _("This day is a holiday already.")
    with taken_meanwhile(taken, "on"), transaction.atomic():
        holiday.recorded_on = SINCE_EVER if is_being_set_up() else Company.get().today
        holiday.save(force_insert=True)
        record("create", holiday, by=by, after={"on": holiday.on, "name": holiday.name})


def remove_holiday(holiday: Holiday, *, by: User | None) -> bool:
    """As of today; one that no report can have read goes whole. False: it was removed already."""
    today = Company.get().today
    with transaction.atomic():
        stored = Holiday.live().select_for_update(of=("self",)).filter(pk=holiday.pk).first()
        if stored is None:
            return False
        record("delete", stored, by=by, before={"on": stored.on, "name": stored.name})
        if stored.recorded_on == today or is_being_set_up():
            stored.delete()
        else:
            forget(stored, today)
    return True


def _models_of_money() -> list[type[models.Model]]:
    counted = [
        model
        for model in apps.get_models()
        if any(field.name == "cents" for field in model._meta.get_fields())
    ]
    return [Wage, *counted]
