"""Rows of one model as the union of querysets that may overlap, where each has an index and their OR has none.

Plain SQL, because SQLite takes no LIMIT inside a compound that Django writes.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


def first_ids(
    parts: "Sequence[QuerySet[Any]]", ordering: Sequence[str], limit: int, *, nulls_last: bool
) -> list[int]:
    """The primary keys of the first rows of all parts together, each of which is in that order and cut already."""
    columns = [name.lstrip("-") for name in ordering]
    union, values = _union([part.values_list("pk", *columns) for part in parts])
    if not union:
        return []
    named = ", ".join(f"c{n}" for n in range(len(columns)))
    nulls = "NULLS LAST" if nulls_last else "NULLS FIRST"
    order = ", ".join(
        f"c{n} {'DESC' if name.startswith('-') else 'ASC'} {nulls}"
        for n, name in enumerate(ordering)
    )
    statement = (
        f"WITH part(pk, {named}) AS ({union}) SELECT pk FROM part ORDER BY {order} LIMIT {limit}"  # noqa: S608
    )
    return [pk for (pk,) in _rows(statement, values)]


def count_and_sum(
    parts: "Sequence[QuerySet[Any]]", column: str | None, limit: int
) -> tuple[int, int]:
    """How many rows there are, and the sum of a whole-number column over them; both of `limit` rows at most."""
    names = ("pk", column) if column else ("pk",)
    union, values = _union([part.order_by().values_list(*names)[:limit] for part in parts])
    if not union:
        return 0, 0
    added = "COALESCE(SUM(amount), 0)" if column else "0"
    named = "(pk, amount)" if column else "(pk)"
    rows = _rows(
        f"WITH part{named} AS ({union} LIMIT {limit}) SELECT COUNT(*), {added} FROM part",  # noqa: S608
        values,
    )
    count, total = rows[0]
    return int(count), int(total)


def _union(parts: "Sequence[QuerySet[Any]]") -> tuple[str, list[Any]]:
    """One statement that yields each row once; empty if no part can have any."""
    compiled = []
    for part in parts:
        try:
            compiled.append(part.query.sql_with_params())
        except EmptyResultSet:
            continue
    text = " UNION ".join(f"SELECT * FROM ({sql}) AS p{n}" for n, (sql, _v) in enumerate(compiled))  # noqa: S608
    return text, list(chain.from_iterable(values for _sql, values in compiled))


def _rows(statement: str, values: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
