"""How the rows of an import are taken back; targets override what differs."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from django.apps import apps
from django.db.models import ForeignObjectRel, Model, QuerySet

from customers.models import ImportBatch, ImportRow, PurchaseDay
from customers.search import SEARCHABLE, forget_records, index_records
from team.audit import Change, record_many, values_of
from team.models import User
from team.past import keep_past, kept_values

CHUNK = 500
# row number and name of a record
Touched = tuple[int, str]


def chunked(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def pk_of(row: ImportRow) -> int:
    """The record of a row that made or filled one."""
    return row.record_id or 0


@dataclass
class Back:
    """`same_day`: no report has read the rows yet, so they can go without a trace."""

    batch: ImportBatch
    by: User | None
    today: date
    same_day: bool
    notes: dict[str, Any] = field(default_factory=dict)


class TakesBack:
    """`parts`: models and columns of rows that belong to a record and go with it. `keeps_owner`: its first
    owner was written with it.
    """

    model: ClassVar[Any]
    parts: ClassVar[tuple[tuple[Any, str], ...]] = ()
    keeps_owner: ClassVar[bool] = False

    def worked_with(self, rows: list[ImportRow], back: Back) -> list[Touched]:
        """The rows whose records changed since, are gone, or are named by records of other origin."""
        records = self._records(rows)
        touched = [row for row in rows if self._changed(row, records.get(pk_of(row)))]
        made = {pk_of(row): row for row in rows if row.verdict == ImportRow.Verdict.NEW}
        named = named_elsewhere(self.model, list(made), self.parts)
        touched += [row for pk, row in made.items() if pk in named and row not in touched]
        return [(row.line, str(records.get(pk_of(row), ""))) for row in touched]

    def take_back_new(self, rows: list[ImportRow], back: Back) -> None:
        ids = [pk_of(row) for row in rows]
        records = self._records(rows)
        names = [field.name for field in self.model._meta.concrete_fields]
        before = (Change(record, before=values_of(record, names)) for record in records.values())
        record_many("import.undo", before, by=back.by)
        if back.same_day:
            self.remove(ids)
        else:
            self.retire(self.model._default_manager.filter(pk__in=ids), back)

    def remove(self, ids: list[int]) -> None:
        """Delete records and what belongs to them."""
        for model, column in self.parts:
            model._default_manager.filter(**{f"{column}__in": ids}).delete()
        self.model._default_manager.filter(pk__in=ids).delete()
        if self._kind in SEARCHABLE:
            forget_records(self._kind, ids)

    def retire(self, records: "QuerySet[Any]", back: Back) -> None:
        """Take records away that reports may have read: as of today, as a deletion or into the bin."""
        names = {field.name for field in self.model._meta.concrete_fields}
        records.update(**{"deleted_on" if "deleted_on" in names else "binned_on": back.today})

    def take_back_filled(self, rows: list[ImportRow], back: Back) -> None:
        records = self._records(rows)
        said = {pk: kept_values(record) for pk, record in records.items()}
        changes: list[Change] = []
        names: set[str] = set()
        for row in rows:
            record, was = records[pk_of(row)], (row.before or {})["was"]
            now = values_of(record, was)
            for name, value in was.items():
                field = self.model._meta.get_field(name)
                setattr(record, field.attname, field.to_python(value))
            record.version += 1
            names |= set(was)
            changes.append(Change(record, now, was))
        names |= {"version", *self.derive(list(records.values()))}
        self.model._default_manager.bulk_update(list(records.values()), sorted(names))
        keep_past(records.values(), said, back.today)
        record_many("import.undo", changes, by=back.by)
        if self._kind in SEARCHABLE:
            index_records(self._kind, list(records))

    def undone(self, back: Back) -> None:
        """What follows once all rows are taken back."""

    def derive(self, records: list[Any]) -> tuple[str, ...]:
        """Bring columns that follow from others up to date; their names."""
        return ()

    def _records(self, rows: list[ImportRow]) -> dict[int, Any]:
        found: dict[int, Any] = self.model._default_manager.in_bulk([pk_of(row) for row in rows])
        return found

    def _changed(self, row: ImportRow, record: Any) -> bool:
        before = row.before or {}
        if (
            record is None
            or getattr(record, "deleted_on", None)
            or getattr(record, "binned_on", None)
        ):
            return True
        if before["version"] is not None and record.version != before["version"]:
            return True
        made = row.verdict == ImportRow.Verdict.NEW
        return made and self.keeps_owner and record.owner_id != self.first_owner(row, record)

    def first_owner(self, row: ImportRow, record: Any) -> int | None:
        """Whose the record was when the import was over."""
        owner: int | None = (row.before or {})["owner"]
        return owner

    @property
    def _kind(self) -> str:
        return str(self.model._meta.model_name)


def named_elsewhere(
    model: type[Model], ids: list[int], parts: tuple[tuple[Any, str], ...] = ()
) -> set[int]:
    """Ids that rows of other models name, apart from their parts and the roll-up of purchases."""
    apart = {*parts, (PurchaseDay, "customer")}
    named: set[int] = set()
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and not relation.many_to_many:
            other, column = relation.related_model, relation.field.name
            if (other, column) not in apart:
                rows = other._default_manager.filter(**{f"{column}__in": ids})
                named |= set(rows.values_list(column, flat=True))
    return named


def remove_made(label: str, ids: list[int], back: Back) -> None:
    """Remove what an import made besides its rows; what somebody uses by now stays."""
    model: Any = apps.get_model(label)
    kind = str(model._meta.model_name)
    for part in chunked(ids):
        free = set(part) - named_elsewhere(model, part)
        rows = list(model._default_manager.filter(pk__in=free))
        record_many(
            "import.undo", (Change(row, before={"name": row.name}) for row in rows), by=back.by
        )
        model._default_manager.filter(pk__in=free).delete()
        if kind in SEARCHABLE:
            forget_records(kind, free)
