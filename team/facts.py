"""Rewriting facts so that what was known on a day stays readable for ever (loss-reports R2)."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, TypeVar

from django.db import IntegrityError, transaction

from team.audit import last_entry, record, values_of
from team.models import Company, Fact, User

AnyFact = TypeVar("AnyFact", bound=Fact)


class NotOfToday(Exception):
    """It was deleted on an earlier day, which reports know: it is entered anew instead."""


def store_once(
    made: AnyFact,
    fields: Iterable[str],
    *,
    by: User | None,
    then: Callable[[], object] | None = None,
) -> tuple[AnyFact, bool]:
    """Store a fact under its reference, and `then` what hangs on it; the same again answers the first, False."""
    fact: Any = made
    rows = type(fact).everything.filter(reference=fact.reference)
    known = rows.first()
    if known is not None:
        return known, False
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            record("create", made, by=by, after=values_of(made, fields))
            if then is not None:
                then()
    except IntegrityError:
        return rows.get(), False
    return made, True


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


def delete_fact(fact: Fact, *, by: User | None) -> bool:
    """False: it was deleted already."""
    return _mark(fact, "delete", None, Company.get().today, by)


def restore_fact(fact: Fact, *, by: User | None) -> bool:
    """Take a deletion of today back; raises `NotOfToday` for an older one, and for what was not deleted but rewritten.

    False: it stands anyway.
    """
    today = Company.get().today
    stored = type(fact)._default_manager.get(pk=fact.pk)
    if stored.deleted_on is None:
        return False
    last = last_entry(stored, "delete", "restore")
    if stored.deleted_on != today or last is None or last.action != "delete":
        raise NotOfToday
    return _mark(fact, "restore", today, None, by)


def _mark(
    fact: Fact, action: str, before: date | None, after: date | None, by: User | None
) -> bool:
    with transaction.atomic():
        stands = type(fact)._default_manager.filter(pk=fact.pk, deleted_on=before)
        if not stands.update(deleted_on=after):
            return False
        record(action, fact, by=by, before={"deleted_on": before}, after={"deleted_on": after})
    return True
