"""Changing the company's settings and calendar."""

from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Exists, Q
from django.utils.translation import gettext as _

from team.audit import record
from team.models import Company, Holiday, User, Wage
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
    """Store new settings; raises `VersionConflict`."""
    return change_record(company, values, by=by, version=version)


def add_holiday(holiday: Holiday, *, by: User | None) -> None:
    """Raises `Refusal` for a day that is one already."""
    taken = _("This day is a holiday already.")
    with taken_meanwhile(taken, "on"), transaction.atomic():
        holiday.save(force_insert=True)
        record("create", holiday, by=by, after={"on": holiday.on, "name": holiday.name})


def remove_holiday(holiday: Holiday, *, by: User | None) -> None:
    with transaction.atomic():
        record("delete", holiday, by=by, before={"on": holiday.on, "name": holiday.name})
        holiday.delete()


def _models_of_money() -> list[type[models.Model]]:
    counted = [
        model
        for model in apps.get_models()
        if any(field.name == "cents" for field in model._meta.get_fields())
    ]
    return [Wage, *counted]
