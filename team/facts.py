"""Rewriting facts so that what was known on a day stays readable for ever (loss-reports R2)."""

from datetime import date
from typing import TypeVar

from team.models import Fact

AnyFact = TypeVar("AnyFact", bound=Fact)


def forget(fact: Fact, today: date) -> None:
    """The fact no longer holds; reports as of an earlier day still see it."""
    fact.deleted_on = today
    fact.save(update_fields=["deleted_on"])


def rewrite(fact: AnyFact, today: date, **values: object) -> AnyFact:
    """The fact with other values: the old row is forgotten, a new one is known from today."""
    forget(fact, today)
    fact.pk = None
    fact._state.adding = True
    fact.deleted_on = None
    fact.recorded_on = today
    for name, value in values.items():
        setattr(fact, name, value)
    fact.save(force_insert=True)
    return fact


def end(fact: AnyFact, column: str, on: date, today: date) -> AnyFact:
    """Close an open period. Readers pass over an end that lies after their day, so one that has
    not passed is simply written; one in the past changes what was known and makes a new row.
    """
    if on < today and fact.recorded_on < today:
        return rewrite(fact, today, **{column: on})
    setattr(fact, column, on)
    fact.save(update_fields=[column])
    return fact
