"""Handing subjects (customers, leads) from one owner to another: the period rows and the column, together.

A period [from_on, to_on) is a fact that frozen reports read. What was recorded on an earlier day is never
edited where a report could have seen it: it is deleted as of today and written anew. What lies on today
alone is edited in place.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models, transaction
from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse

from team.audit import Change, current_actor, record_many
from team.models import Company, User
from team.notices import NoticeKind, Told, tell

CHUNK = 2000


@dataclass(frozen=True)
class Book:
    """Where the periods of a kind of subject are written: `Book(Customer, Ownership, "customer")`.

    `given` is what a new owner is told: of `n` subjects, by `name` where it is one, given `by` somebody.
    """

    subjects: Any
    periods: Any
    key: str
    reference: Callable[[], str]
    given: NoticeKind


@dataclass
class _Plan:
    """What to do with the period rows of one chunk of subjects."""

    drop: list[int] = field(default_factory=list)
    delete: list[int] = field(default_factory=list)
    cut: list[int] = field(default_factory=list)
    reopen: list[int] = field(default_factory=list)
    add: list[models.Model] = field(default_factory=list)


def hand(
    book: Book,
    ids: Iterable[int],
    to: User | None,
    *,
    on: date,
    by: User | None,
    reason: str,
    tells: bool,
) -> int:
    """From `on` (not ahead of today) `to` owns the subjects, None: nobody. Answers how many changed hands.

    It `tells` the new owner, if somebody else gives them something from today on.

    A fixed number of statements per 2,000 subjects. Raises ValueError if `on` lies ahead.
    """
    today = Company.get().today
    if on > today:
        raise ValueError("An owner cannot be written ahead of time.")
    changed, whole = 0, sorted(set(ids))
    with transaction.atomic():
        for chunk in _chunks(whole):
            changed += _hand_chunk(book, chunk, to, on=on, today=today, by=by, reason=reason)
        if tells and changed and on == today:
            _tell(book, whole, to, changed, by)
    return changed


def _tell(book: Book, ids: list[int], to: User | None, changed: int, by: User | None) -> None:
    """Who gets something from somebody else is told, once an act."""
    if to is None or (by is not None and by.pk == to.pk):
        return
    actor = current_actor()
    only = book.subjects.everything.get(pk=ids[0]) if len(ids) == 1 else None
    told = {
        "n": changed,
        "name": str(only) if only else "",
        "by": by.name if by else "",
    }
    path = only.get_absolute_url() if only else reverse(f"{book.key}-list")
    # one act may give to the same person in several groups, each of which begins with another one
    key = f"{book.key} {ids[0]} {actor.batch}"
    tell(book.given, [Told(to.pk, key, told, path)])


def _chunks(whole: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(whole), CHUNK):
        yield whole[start : start + CHUNK]


def _hand_chunk(
    book: Book,
    ids: list[int],
    to: User | None,
    *,
    on: date,
    today: date,
    by: User | None,
    reason: str,
) -> int:
    subjects = list(
        book.subjects.everything.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=ids)
        .order_by("pk")
    )
    periods = _periods_from(book, [subject.pk for subject in subjects], on)
    moving = [s for s in subjects if not _stands(periods[s.pk], to, on)]
    plan = _Plan()
    for subject in moving:
        _plan_one(plan, book, subject, periods[subject.pk], to, on=on, today=today)
    _carry_out(plan, book, on=on, today=today)
    # the column may differ from the period where tables were loaded or periods lie apart
    stale = [s.pk for s in subjects if s.owner_id != (to.pk if to else None)]
    book.subjects.everything.filter(pk__in=stale).update(owner=to)
    touched = {s.pk for s in moving} | set(stale)
    record_many("assign", (_change(s, to, on, reason) for s in subjects if s.pk in touched), by=by)
    return len(touched)


def _periods_from(book: Book, ids: list[int], on: date) -> dict[int, list[Any]]:
    """Live periods that touch `on` or lie after it, by subject, in order."""
    rows = book.periods.everything.filter(
        Q(to_on__isnull=True) | Q(to_on__gte=on),
        **{f"{book.key}__in": ids},
        deleted_on__isnull=True,
    ).order_by("from_on", "pk")
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, f"{book.key}_id")].append(row)
    return found


def _stands(periods: list[Any], to: User | None, on: date) -> bool:
    """Nothing to write: the period that holds on `on` is open and its owner's, or there is none at all."""
    holding = [row for row in periods if row.to_on is None or row.to_on > on]
    if to is None:
        return not holding
    only = holding[0] if len(holding) == 1 else None
    return only is not None and only.from_on <= on and only.to_on is None and only.rep_id == to.pk


def _plan_one(
    plan: _Plan,
    book: Book,
    subject: Any,
    periods: list[Any],
    to: User | None,
    *,
    on: date,
    today: date,
) -> None:
    ended_today = None
    for row in periods:
        if row.from_on >= on:
            (plan.drop if row.recorded_on == today else plan.delete).append(row.pk)
        elif row.to_on == on:
            ended_today = row if on == today else None
        elif on == today or row.recorded_on == today:
            plan.cut.append(row.pk)
        else:
            plan.delete.append(row.pk)
            plan.add.append(_period(book, subject, row.rep_id, row.from_on, on, today))
    if to is None:
        return
    if ended_today is not None and ended_today.rep_id == to.pk:
        plan.reopen.append(ended_today.pk)
    else:
        plan.add.append(_period(book, subject, to.pk, on, None, today))


def _period(
    book: Book, subject: Any, rep_id: int | None, from_on: date, to_on: date | None, today: date
) -> Any:
    return book.periods(
        **{book.key: subject},
        reference=book.reference(),
        rep_id=rep_id,
        from_on=from_on,
        to_on=to_on,
        recorded_on=today,
    )


def _carry_out(plan: _Plan, book: Book, *, on: date, today: date) -> None:
    everything = book.periods.everything
    if plan.drop:
        everything.filter(pk__in=plan.drop).delete()
    if plan.delete:
        everything.filter(pk__in=plan.delete).update(deleted_on=today)
    if plan.cut:
        everything.filter(pk__in=plan.cut).update(to_on=on)
    if plan.reopen:
        everything.filter(pk__in=plan.reopen).update(to_on=None)
    if plan.add:
        everything.bulk_create(plan.add)


def _change(subject: Any, to: User | None, on: date, reason: str) -> Change:
    after = {"owner": to.pk if to else None, "on": on.isoformat()}
    return Change(
        subject, {"owner": subject.owner_id}, {**after, "reason": reason} if reason else after
    )


def write_column(book: Book, *, today: date) -> None:
    """The owner column of every subject, in one statement: whoever's period holds on `today`, else nobody."""
    holding = book.periods.everything.filter(
        Q(to_on__isnull=True) | Q(to_on__gt=today),
        Q(deleted_on__isnull=True) | Q(deleted_on__gt=today),
        **{book.key: OuterRef("pk")},
        from_on__lte=today,
        recorded_on__lte=today,
    ).order_by("-from_on", "-reference")
    book.subjects.everything.update(owner=Subquery(holding.values("rep")[:1]))
