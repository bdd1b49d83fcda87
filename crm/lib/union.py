"""Rows of one model as the union of querysets that may overlap, where each has an index and their OR has none.

Plain SQL, because SQLite takes no LIMIT inside a compound that Django writes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet, Value


def first_ids(
    parts: "Sequence[QuerySet[Any]]", ordering: Sequence[str], limit: int, *, nulls_last: bool
) -> list[int]:
    """The primary keys of the first rows of all parts together, each of which is in that order and cut already."""
    columns = [name.lstrip("-") for name in ordering]
    union, values = _union([part.values_list("pk", *columns) for part in parts])
    if not union:
        return []
    named = ", ".join(f"c{n}" for n in range(len(columns)))
    order = _order(ordering, nulls_last=nulls_last)
    statement = (
        f"WITH part(pk, {named}) AS ({union}) SELECT pk FROM part ORDER BY {order} LIMIT {limit}"
    )
    return [pk for (pk,) in _rows(statement, values)]


@dataclass(frozen=True)
class Found:
    """The primary keys of a page of what a search found, and how much it found in all."""

    ids: list[int]
    count: int
    total: int


def found_ids(
    rows: "QuerySet[Any]",
    ordering: Sequence[str],
    limit: int,
    *,
    nulls_last: bool,
    beyond: Q,
    column: str | None,
) -> Found:
    """The first rows in that order for which `beyond` holds; all of `rows` are read once, and counted on the way.

    `total` is the sum of a whole-number column, 0 without one.
    """
    columns = [name.lstrip("-") for name in ordering]
    amount = F(column) if column else Value(0)
    shown = ExpressionWrapper(beyond, BooleanField()) if beyond else Value(True)  # noqa: FBT003
    read = rows.order_by().annotate(added_up=amount, is_beyond=shown)
    compiled = _compiled(read.values_list("pk", *columns, "added_up", "is_beyond"))
    if compiled is None:
        return Found([], 0, 0)
    sql, values = compiled
    named = ", ".join(f"c{n}" for n in range(len(columns)))
    whole = (
        f"WITH part(pk, {named}, amount, is_beyond) AS MATERIALIZED ({sql})"
        f" SELECT whole.n, whole.total, page.pk"
        f" FROM (SELECT COUNT(*) AS n, COALESCE(SUM(amount), 0) AS total FROM part) whole"
        f" LEFT JOIN (SELECT pk FROM part WHERE is_beyond"
        f" ORDER BY {_order(ordering, nulls_last=nulls_last)} LIMIT {limit}) page ON 1 = 1"
    )
    answer = _rows(whole, list(values))
    ids = [pk for _n, _total, pk in answer if pk is not None]
    return Found(ids, int(answer[0][0]), int(answer[0][1]))


def _order(ordering: Sequence[str], *, nulls_last: bool) -> str:
    """The columns c0, c1 ... in that order."""
    nulls = "NULLS LAST" if nulls_last else "NULLS FIRST"
    return ", ".join(
        f"c{n} {'DESC' if name.startswith('-') else 'ASC'} {nulls}"
        for n, name in enumerate(ordering)
    )


def count_and_sum(
    parts: "Sequence[QuerySet[Any]]", column: str | None, limit: int
) -> tuple[int, int]:
    """How many rows there are, and the sum of a whole-number column over them.

    `limit` and 0 where there are as many or more: once one part has them, the others are not read.
    """
    columns = ("pk", column) if column else ("pk",)
    limited = [part.order_by().values_list(*columns)[:limit] for part in parts]
    compiled = _all_compiled(limited)
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
    compiled = _all_compiled(parts)
    text = " UNION ".join(f"SELECT * FROM ({sql}) AS p{n}" for n, (sql, _v) in enumerate(compiled))
    return text, list(chain.from_iterable(values for _sql, values in compiled))


def _all_compiled(parts: "Sequence[QuerySet[Any]]") -> list[tuple[str, Sequence[Any]]]:
    found = (_compiled(part) for part in parts)
    return [one for one in found if one is not None]


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
