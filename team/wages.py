"""Wages over time. Only directors read or write them."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from team.audit import record
from team.facts import forget
from team.models import Company, User, Wage


def set_wage(
    user: User, *, from_on: date, monthly_wage: Decimal, monthly_expenses: Decimal, by: User | None
) -> bool:
    """The wage in force from a day, a month, in the company's currency; False if it is that already."""
    today = Company.get().today
    new = {"monthly_wage": monthly_wage, "monthly_expenses": monthly_expenses}
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        old = Wage.objects.filter(user=user, from_on=from_on, deleted_on=None).first()
        before = _amounts(old) if old else {}
        if before == new:
            return False
        if old is not None:
            forget(old, today)
        Wage.objects.create(user=user, from_on=from_on, recorded_on=today, **new)
        record("set wage", user, by=by, before=before, after={"from_on": from_on, **new})
    return True


def remove_wage(wage: Wage, *, by: User | None) -> bool:
    """False: it was removed already."""
    with transaction.atomic():
        stored = Wage.objects.select_for_update(of=("self",)).get(pk=wage.pk)
        if stored.deleted_on is not None:
            return False
        forget(stored, Company.get().today)
        before = {"from_on": stored.from_on, **_amounts(stored)}
        record("remove wage", stored.user, by=by, before=before)
    return True


def _amounts(wage: Wage) -> dict[str, Decimal]:
    return {"monthly_wage": wage.monthly_wage, "monthly_expenses": wage.monthly_expenses}
