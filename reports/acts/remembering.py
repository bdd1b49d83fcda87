"""Remembering an act: made once by its post, with the rows it treats and those that it left alone."""

import uuid
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from reports.acts.choosing import SUBJECTS, WHOLE, Ticked
from reports.acts.deeds import Deed
from reports.models import Act, ActItem
from sales.models import Task
from team.models import Company, User

# Rows of the same list that are kept to compare with.
COMPARED = 5000


def reference_of(client_ref: uuid.UUID, by: User, *about: Any) -> uuid.UUID:
    """The reference of one person's request: a page that was gone back to sends the same one with other rows."""
    told = [each.pk if isinstance(each, User) else _told(each) for each in (by, *about)]
    return uuid.uuid5(client_ref, repr(told))


def _told(each: Any) -> Any:
    if isinstance(each, Ticked):
        return (
            each.snapshot.slug,
            each.list_key,
            (each.expected if each.ids is None else sorted(set(each.ids))),
        )
    return str(each)


def known_act(client_ref: uuid.UUID, by: User) -> Act | None:
    # one person's posts queue up here, so that a double click finds the first one's act
    User.objects.select_for_update().get(pk=by.pk)
    known: Act | None = Act.everything.filter(client_ref=client_ref).first()
    return known


def remember(ticked: Ticked, deed: Deed, by: User, client_ref: uuid.UUID, **values: Any) -> Act:
    act: Act = Act.everything.create(
        client_ref=client_ref,
        kind=deed.kind,
        deed=deed.key,
        slug=ticked.snapshot.slug,
        list_key=ticked.list_key,
        subject_type=ticked.subject_type,
        as_of=ticked.snapshot.as_of,
        on=Company.get().today,
        by=by,
        **values,
    )
    return act


def keep_items(
    act: Act,
    ticked: Ticked,
    tasks: Mapping[int, Task | None],
    owners: Mapping[int, int | None] | None = None,
    *,
    besides: Collection[int] = (),
    ended: Mapping[int, date | None] | None = None,
) -> None:
    """The treated rows, known by their tasks, and the rest of the list that can be compared with them: what goes on
    as they do, without those that another act treats or that the deed is not for (`besides`).
    """
    ids = set(tasks)
    cents = dict.fromkeys(ids, 0) | _listed(ticked)
    compared = ids | (_going_on(ticked, cents.keys() - ids) - set(besides))
    ActItem.objects.bulk_create(
        (
            ActItem(
                act=act,
                subject_id=subject_id,
                treated=subject_id in ids,
                cents=money,
                task=tasks.get(subject_id),
                owner_before_id=(owners or {}).get(subject_id),
                ended_before=(ended or {}).get(subject_id),
            )
            for subject_id, money in cents.items()
            if subject_id in compared
        ),
        batch_size=1000,
    )


def _listed(ticked: Ticked) -> dict[int, int]:
    """The records of the whole list with their money, the most first."""
    if ticked.of is not None:
        return ticked.of(ticked.rows)
    rows = ticked.rows.filter(subject_type=ticked.subject_type).order_by("-cents", "pk")
    cents: dict[int, int] = {}
    for subject_id, money in rows.values_list("subject_id", "cents")[: COMPARED + WHOLE]:
        cents[subject_id] = cents.get(subject_id, 0) + money
    return cents


def _going_on(ticked: Ticked, ids: Collection[int]) -> set[int]:
    """Those that are there and not over: what is can be neither lost nor won any more."""
    subject = SUBJECTS[ticked.subject_type]
    rows = subject.model._default_manager.filter(subject.there, subject.go_on(), pk__in=list(ids))
    return set(rows.values_list("pk", flat=True))
