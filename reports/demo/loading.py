"""Putting very many rows into tables: by COPY on PostgreSQL, by prepared inserts on SQLite."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import connection, models

from crm.lib.bulk import insert_rows

CHUNK = 10_000
Row = Sequence[Any]


def load(model: type[models.Model], names: Sequence[str], rows: Iterable[Row]) -> None:
    """Store rows of values under the columns named; other columns get the model's default, keys the next number.

    Values are numbers, texts, dates, aware instants, truths or None. Nothing is checked but by the database.
    """
    defaults = {
        field.attname: field.get_default()
        for field in model._meta.concrete_fields
        if not field.primary_key and field.attname not in names
    }
    columns = [*_columns(model, defaults), *_columns(model, names)]
    fixed = [_plain(value) for value in defaults.values()]
    plain = ([*fixed, *map(_plain, row)] for row in rows)
    while chunk := list(islice(plain, CHUNK)):
        insert_rows(model, columns, chunk)


def load_instances(instances: Sequence[models.Model]) -> None:
    """`load` for unsaved model instances; they do not learn their keys."""
    if not instances:
        return
    names = [field.attname for field in instances[0]._meta.concrete_fields if not field.primary_key]
    load(type(instances[0]), names, ([getattr(row, name) for name in names] for row in instances))


def first_key(model: type[models.Model]) -> int:
    """The smallest key; the rows of one load follow it without gaps."""
    key = model._base_manager.order_by("pk").values_list("pk", flat=True).first()
    assert key is not None
    return int(key)


def _columns(model: type[models.Model], attnames: Iterable[str]) -> Iterator[str]:
    by_name = {field.attname: field.column for field in model._meta.concrete_fields}
    return (str(by_name[name]) for name in attnames)


def _plain(value: Any) -> str | int | None:
    """Text, whole numbers and nothing; instants in UTC, on SQLite without their zone as Django keeps them."""
    if value is None or isinstance(value, (int, str)):
        return value
    if isinstance(value, datetime) and connection.vendor == "sqlite":
        return str(value.astimezone(UTC).replace(tzinfo=None))
    if isinstance(value, (datetime, date)):
        return str(value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)
