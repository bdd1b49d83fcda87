"""Worlds that are built once a process: `@kept` over a function, or under `@pytest.fixture`, that builds one.

The first time the function runs, and what it did to the tables is kept: the rows that it added, changed and
took away. Asked again with the same arguments upon tables that hold the same, it does not run: those rows are
put back in a few milliseconds, inside the test's transaction, to be rolled back with it. Upon anything else it
runs again. Of what the tables hold before, three things may differ, as they do from test to test: hashes of
passwords, random references, and instants of these two days.

So it is for functions that fill tables (and the rows of a `World`) and do nothing else, by the product as it
is. Where a test replaces a part of the product, or looks at how a world comes about, it has to be built. The
answer of such a function is None, one of its arguments, or records alone, in a list or in a dictionary; they
are read anew.

On PostgreSQL, whose counters no rollback sets back, and outside of a test's transaction everything is built
each time: the run with CRM_REQUIRE tries every test upon a world that was built for it.
"""

from collections.abc import Callable, Hashable
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from tests.reports.conftest import World

P = ParamSpec("P")
T = TypeVar("T")
Row = tuple[Any, ...]
Tables = dict[type[models.Model], dict[int, Row]]
# those of crm/lib/references.py
MADE_REFERENCE = "[A-Z][A-Z]-" + 22 * "[0-9]"


@dataclass(frozen=True)
class Done:
    """What a function did, and where its answer is to be found."""

    gone: dict[type[models.Model], list[tuple[int]]]
    there: dict[type[models.Model], list[Row]]
    counters: list[Row]
    worlds: dict[int, Any]
    answer: Any


_done: dict[Hashable, Done] = {}


def kept(build: Callable[P, T]) -> Callable[P, T]:
    @wraps(build)
    def built_or_put_back(*args: P.args, **kwargs: P.kwargs) -> T:
        if connection.vendor != "sqlite" or not connection.in_atomic_block:
            return build(*args, **kwargs)
        given = [*args, *kwargs.values()]
        words = (*map(_named, given), *kwargs)
        # a business day begins at a full hour somewhere
        hour = timezone.now().replace(minute=0, second=0, microsecond=0)
        key = (build, words, hour, _fingerprint())
        if key not in _done:
            before = _tables()
            answer = build(*args, **kwargs)
            _done[key] = _difference(before, _tables(), given, answer)
            return answer
        _put_back(_done[key], given)
        return _read(_done[key].answer, given)

    return built_or_put_back


def _named(value: Any) -> Hashable:
    if isinstance(value, World):
        return repr(value.rows)
    if isinstance(value, models.Model):
        return type(value), value.pk
    if isinstance(value, list | tuple):
        return tuple(map(_named, value))
    return getattr(value, "slug", value)


def _fingerprint() -> int:
    since = str((timezone.now() - timedelta(days=1)).date())
    asked = ((model, _asked(_sql_of_sameness(model), since)) for model in _models())
    return hash(tuple((model, tuple(rows)) for model, rows in asked if rows))


def _tables() -> Tables:
    return {
        model: {
            row[0]: row for row in _asked(f"SELECT rowid, {_columns(model)} FROM {_name(model)}")
        }
        for model in _models()
    }


def _difference(before: Tables, after: Tables, given: list[Any], answer: Any) -> Done:
    gone = {model: [(key,) for key in rows.keys() - after[model]] for model, rows in before.items()}
    there = {
        model: [row for key, row in rows.items() if before[model].get(key) != row]
        for model, rows in after.items()
    }
    worlds = {n: deepcopy(one.rows) for n, one in enumerate(given) if isinstance(one, World)}
    counters = _asked("SELECT name, seq FROM sqlite_sequence")
    return Done(gone, there, counters, worlds, _kept_answer(answer, given))


def _put_back(done: Done, given: list[Any]) -> None:
    write = connection.connection.executemany
    for model, keys in done.gone.items():
        if keys:
            write(f"DELETE FROM {_name(model)} WHERE rowid = ?", keys)
    for model, rows in done.there.items():
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            # replacing asks no trigger that guards against deletion
            write(
                f"INSERT OR REPLACE INTO {_name(model)} (rowid, {_columns(model, '')}) VALUES ({marks})",
                rows,
            )
    connection.connection.execute("DELETE FROM sqlite_sequence")
    write("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", done.counters)
    for n, rows in done.worlds.items():
        given[n].rows = deepcopy(rows)


def _kept_answer(answer: Any, given: list[Any]) -> Any:
    """The answer with each record replaced by how to find it."""
    if isinstance(answer, list):
        return [_kept_answer(one, given) for one in answer]
    if isinstance(answer, dict):
        return {key: _kept_answer(one, given) for key, one in answer.items()}
    for n, one in enumerate(given):
        if answer is one:
            return _Argument(n)
    if answer is None:
        return None
    assert isinstance(answer, models.Model), f"{answer!r} cannot be kept"
    return _Record(type(answer), answer.pk)


def _read(answer: Any, given: list[Any]) -> Any:
    if isinstance(answer, list):
        return [_read(one, given) for one in answer]
    if isinstance(answer, dict):
        return {key: _read(one, given) for key, one in answer.items()}
    return None if answer is None else answer.read(given)


@dataclass(frozen=True)
class _Argument:
    n: int

    def read(self, given: list[Any]) -> Any:
        return given[self.n]


@dataclass(frozen=True)
class _Record:
    model: type[models.Model]
    key: Any

    def read(self, _given: list[Any]) -> models.Model:
        return self.model._base_manager.get(pk=self.key)


def _asked(sql: str, *words: str) -> list[Row]:
    connection.ensure_connection()
    rows: list[Row] = connection.connection.execute(sql, words * sql.count("?")).fetchall()
    return rows


@cache
def _models() -> list[type[models.Model]]:
    """Whoever's owner is repeated elsewhere comes before those who repeat it, since triggers read it."""
    return list(apps.get_models(include_auto_created=True))


def _name(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


@cache
def _columns(model: type[models.Model], sign: str = "+") -> str:
    """With the sign that keeps Python from making anything of what is stored."""
    fields = model._meta.concrete_fields
    return ", ".join(sign + connection.ops.quote_name(field.column) for field in fields)


@cache
def _sql_of_sameness(model: type[models.Model]) -> str:
    """What has to be the same of the rows that are there before."""
    columns = ["rowid"]
    for field in model._meta.concrete_fields:
        name = connection.ops.quote_name(field.column)
        if isinstance(field, models.DateTimeField):
            columns.append(f"CASE WHEN {name} >= ? THEN 'now' ELSE +{name} END")
        elif field.column == "reference":
            columns.append(f"CASE WHEN {name} GLOB '{MADE_REFERENCE}' THEN 'made' ELSE +{name} END")
        elif not isinstance(field, models.UUIDField) and field.column != "password":
            columns.append(f"+{name}")
    return f"SELECT {', '.join(columns)} FROM {_name(model)} ORDER BY rowid"
