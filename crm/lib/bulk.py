"""Storing very many rows at once, past the models: COPY on PostgreSQL, one prepared INSERT on SQLite."""

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import connection, models

CHUNK = 10_000
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[str | int | None]]
) -> None:
    """Add rows of text, whole numbers and nulls. Columns left out need a default in the database."""
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(column) for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            text = io.StringIO("".join(_copy_line(row) for row in rows))
            cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", text)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(rows))  # noqa: S608


def _copy_line(row: Sequence[Any]) -> str:
    return "\t".join("\\N" if v is None else str(v).translate(_ESCAPES) for v in row) + "\n"


def store_rows(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
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
