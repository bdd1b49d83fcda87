"""Putting many rows into a table at once: COPY on PostgreSQL, prepared inserts on SQLite."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from itertools import islice
from typing import Any

from django.db import connection, models

CHUNK = 10_000
Row = Sequence[Any]


def load(model: type[models.Model], names: Sequence[str], rows: Iterable[Row]) -> None:
    """Store rows of plain values under the fields (or `..._id` columns) named; keys come from the database.

    Values are numbers, texts, dates, aware instants, truths or None. Nothing is checked but by the database.
    """
    columns = [_column(model, name) for name in names]
    put = _copy if connection.vendor == "postgresql" else _insert
    for chunk in _chunks(rows):
        put(model._meta.db_table, columns, chunk)


def load_instances(instances: Sequence[models.Model]) -> None:
    """`load` for unsaved model instances; they do not learn their keys."""
    if not instances:
        return
    names = [field.attname for field in instances[0]._meta.concrete_fields if not field.primary_key]
    load(type(instances[0]), names, ([getattr(row, name) for name in names] for row in instances))


def _column(model: type[models.Model], name: str) -> str:
    field = model._meta.get_field(name.removesuffix("_id"))
    assert isinstance(field, models.Field)
    return str(field.column)


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rest = iter(rows)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _insert(table: str, columns: list[str], rows: list[Row]) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(
            f'INSERT INTO "{table}" ({names}) VALUES ({marks})',  # noqa: S608 - names of our own models
            [[_plain(value) for value in row] for row in rows],
        )


def _plain(value: Any) -> Any:
    """As Django keeps it in SQLite: instants in UTC without zone, decimals digit for digit."""
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    if isinstance(value, date):
        return str(value)
    return format(value, "f") if isinstance(value, Decimal) else value


def _copy(table: str, columns: list[str], rows: list[Row]) -> None:
    text = StringIO("".join("\t".join(map(_escaped, row)) + "\n" for row in rows))
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.copy_expert(f'COPY "{table}" ({names}) FROM STDIN', text)


def _escaped(value: Any) -> str:
    if value is None:
        return r"\N"
    if isinstance(value, str):
        return (
            value.replace("\\", r"\\")
            .replace("\t", r"\t")
            .replace("\n", r"\n")
            .replace("\r", r"\r")
        )
    return format(value, "f") if isinstance(value, Decimal) else str(value)
