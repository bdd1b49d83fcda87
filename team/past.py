"""Keeping what a record said before it was changed, where reports read it (ruling 12, docs/decisions/0010).

A change on the day of recording needs nothing: no report of that day was taken yet. A later one leaves a row
of the record's `Past`, known until the day of the change; of several on one day the first, and none at all once
the record says again what it said before.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Model

from crm.lib.periods import SINCE_EVER
from team.audit import values_of
from team.models import Past

CHUNK = 1000


def past_of(model: type[Model]) -> type[Past] | None:
    """Where the past of a kind of record is kept; None: reports read nothing of it that anybody can change."""
    for relation in model._meta.related_objects:
        if issubclass(relation.related_model, Past):
            return relation.related_model
    return None


def kept_values(record: Model) -> dict[str, Any]:
    """What of a record would have to be kept, as it says now."""
    past = past_of(type(record))
    return {} if past is None else values_of(record, past.kept)


def keep_past(records: Iterable[Any], was: Mapping[int, Mapping[str, Any]], today: date) -> None:
    """Keep what records, which say by now what they will, said before: `was`, by primary key, their `kept_values`.

    Call it in the transaction of the change, of records of one kind. Three statements per 1,000 that differ.
    """
    changed = [record for record in records if was[record.pk] != kept_values(record)]
    for start in range(0, len(changed), CHUNK):
        _keep(changed[start : start + CHUNK], was, today)


def _keep(records: list[Any], was: Mapping[int, Mapping[str, Any]], today: date) -> None:
    past = past_of(type(records[0]))
    if past is None:
        return
    last = _last(past, [record.pk for record in records])
    add: list[Past] = []
    back: list[int] = []
    for record in records:
        before = last.get(record.pk)
        if before is not None and before.deleted_on == today:
            # changed before today: what was known by yesterday is kept already
            if values_of(before, past.kept) == kept_values(record):
                back.append(before.pk)
        elif getattr(record, past.since, None) != today:
            since = before.deleted_on if before is not None else SINCE_EVER
            add.append(_row(past, record.pk, was[record.pk], since, today))
    if back:
        past._default_manager.filter(pk__in=back).delete()
    if add:
        # whoever changed the same record in the same moment has kept what it said before
        past._default_manager.bulk_create(add, ignore_conflicts=True)


def _last(past: type[Past], ids: list[int]) -> dict[int, Past]:
    """The newest row of each record."""
    rows = past._default_manager.filter(**{f"{past.of}__in": ids}).order_by("deleted_on")
    return {getattr(row, f"{past.of}_id"): row for row in rows}


def _row(
    past: type[Past], pk: int, said: Mapping[str, Any], since: date | None, today: date
) -> Past:
    columns = {past._meta.get_field(name).get_attname(): value for name, value in said.items()}  # type: ignore[union-attr]
    columns |= {f"{past.of}_id": pk, "recorded_on": since, "deleted_on": today}
    return past(**columns)
