"""Rows of one model as the union of querysets that may overlap, where each has an index and their OR has none.

Plain SQL, because SQLite takes no LIMIT inside a compound that Django writes.
"""

from collections.abc import Mapping, Sequence
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
    """How many rows there are, and the sum of a whole-number column over them.

    `limit` and 0 where there are as many or more: once one part has them, the others are not read.
    """
    columns = ("pk", column) if column else ("pk",)
    limited = [part.order_by().values_list(*columns)[:limit] for part in parts]
    compiled = [statement for part in limited if (statement := _compiled(part)) is not None]
    if not compiled:
        return 0, 0
    named, added = ("(pk, amount)", "SUM(amount)") if column else ("(pk)", "0")
    names = [f"p{n}" for n in range(len(compiled))]
    reads = ", ".join(
        f"{p}{named} AS ({sql})" for p, (sql, _v) in zip(names, compiled, strict=True)
    )
    is_full = " OR ".join(f"(SELECT COUNT(*) FROM {p}) >= {limit}" for p in names)
    union = " UNION ".join(f"SELECT * FROM {p}" for p in names)
    statement = (
        f"WITH {reads}, brim AS (SELECT ({is_full}) AS reached),"
        f" whole{named} AS ({union})"
        f" SELECT COUNT(*), COALESCE({added}, 0) FROM brim, whole WHERE NOT brim.reached"
        f" UNION ALL SELECT {limit}, 0 FROM brim WHERE brim.reached"
    )
    values = list(chain.from_iterable(values for _sql, values in compiled))
    count, total = max(_rows(statement, values))
    return (limit, 0) if count >= limit else (int(count), int(total))


def counts_of(querysets: "Mapping[str, QuerySet[Any]]") -> dict[str, int]:
    """How many rows each has, in one statement for all of them; what can have none is left out."""
    compiled = {name: _compiled(rows.order_by().values("pk")) for name, rows in querysets.items()}
    known = {name: statement for name, statement in compiled.items() if statement is not None}
    if not known:
        return {}
    counted = " UNION ALL ".join(
        f"SELECT %s, COUNT(*) FROM ({sql}) AS counted" for sql, _values in known.values()
    )
    values = chain.from_iterable((name, *values) for name, (_sql, values) in known.items())
    return {name: int(count) for name, count in _rows(counted, list(values))}


def _union(parts: "Sequence[QuerySet[Any]]") -> tuple[str, list[Any]]:
    """One statement that yields each row once; empty if no part can have any."""
    compiled = [statement for part in parts if (statement := _compiled(part)) is not None]
    text = " UNION ".join(f"SELECT * FROM ({sql}) AS p{n}" for n, (sql, _v) in enumerate(compiled))
    return text, list(chain.from_iterable(values for _sql, values in compiled))


def _compiled(rows: "QuerySet[Any]") -> tuple[str, Sequence[Any]] | None:
    """Its SQL and values; None where it is known to have no rows."""
    try:
        sql, values = rows.query.sql_with_params()
    except EmptyResultSet:
        return None
    return sql, values


def _rows(statement: str, values: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
