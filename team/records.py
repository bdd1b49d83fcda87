"""Making and editing one record: once per `client_ref`, never over somebody else's edit, always audited."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction

from team.audit import changed, record, values_of
from team.models import Company, User
from team.past import keep_past, kept_values

Row = TypeVar("Row", bound=models.Model)


class VersionConflict(Exception):
    """Somebody saved this record after the form was opened. `current` is the row as it stands."""

    def __init__(self, current: models.Model) -> None:
        super().__init__("saved by somebody else meanwhile")
        self.current = current


def add_record(
    row: Row, *, by: User | None, fields: Iterable[str], action: str = "create"
) -> tuple[Row, bool]:
    """Store a new record and its audit entry. The same `client_ref` again answers the first record, False."""
    made_before = _made_before(row)
    if made_before is not None:
        return made_before, False
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            record(action, row, by=by, after=values_of(row, fields))
    except IntegrityError:
        made_meanwhile = _made_before(row)
        if made_meanwhile is None:
            raise
        return made_meanwhile, False
    return row, True


def _made_before(row: Row) -> Row | None:
    client_ref = getattr(row, "client_ref")  # noqa: B009 - every record has one, models.Model does not know
    if client_ref is None:
        return None
    found: Row | None = type(row)._default_manager.filter(client_ref=client_ref).first()
    return found


def change_record(
    row: Row,
    values: dict[str, Any],
    *,
    by: User | None,
    version: int | None,
    action: str = "update",
    told: Mapping[str, str] | None = None,
) -> Row:
    """Write new values if the record still has `version`; raise `VersionConflict` if not.

    Without a version it is an act that means what it names whoever saved meanwhile: into the bin, another
    day. Nothing to change (a second press of Save): nothing is written, the version stays. `told` stands in the
    audit entry besides, where it is not empty.
    """
    model = row.__class__  # `request.user` is a proxy, whose type says nothing
    with transaction.atomic():
        stored = model._default_manager.select_for_update(of=("self",)).get(pk=row.pk)
        before, said = values_of(stored, values), kept_values(stored)
        for name, value in values.items():
            setattr(stored, name, value)
        old, new = changed(before, values_of(stored, values))
        if not new:
            return stored
        if version is not None and stored.version != version:  # type: ignore[attr-defined]
            raise VersionConflict(model._default_manager.get(pk=row.pk))
        stored.version += 1  # type: ignore[attr-defined]
        stored.save()
        if kept_values(stored) != said:
            keep_past([stored], {stored.pk: said}, Company.get().today)
        new |= {name: text for name, text in (told or {}).items() if text}
        record(action, stored, by=by, before=old, after=new)
    return stored
