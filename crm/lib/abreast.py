"""Large statements at the same time, each over a connection of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from contextvars import copy_context
from typing import Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, Error, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

BREAK_EVERY = 0.1
T = TypeVar("T")


def abreast(works: Sequence[Callable[[], T]]) -> list[T]:
    """What each of the works answers. The first error is raised, once all have ended: the others are broken off.

    PostgreSQL shares a statement that writes among no processes, so each work has one of its own there, and the
    caller does the last. SQLite has one writer, and a transaction one connection: then they come in turn.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return [work() for work in works]
    apart = [_Apart(work) for work in works[:-1]]
    with ThreadPoolExecutor(max(len(apart), 1)) as pool:
        futures = [pool.submit(copy_context().run, one) for one in apart]
        try:
            own = [work() for work in works[-1:]]
            return [future.result() for future in futures] + own
        except BaseException:
            _break_off(apart, futures)
            raise


class _Apart(Generic[T]):
    """A work on another thread, whose connection is gone afterwards."""

    def __init__(self, work: Callable[[], T]) -> None:
        self.work = work
        self.database: BaseDatabaseWrapper | None = None

    def __call__(self) -> T:
        self.database = connections[DEFAULT_DB_ALIAS]
        try:
            return self.work()
        finally:
            self.database.close()


def _break_off(apart: Sequence[_Apart[T]], futures: Sequence[Future[T]]) -> None:
    """Again and again: between two statements there is none to break."""
    for future in futures:
        future.cancel()
    while wait(futures, BREAK_EVERY).not_done:
        for one in apart:
            if one.database is not None:
                break_statement(one.database)


def break_statement(database: BaseDatabaseWrapper) -> None:
    """Break off what runs on a connection of another thread; none may run, and the server may be away."""
    with suppress(Error), database.wrap_database_errors:
        if database.connection is None:
            return
        if database.vendor == "sqlite":
            database.connection.interrupt()
        else:
            database.connection.cancel()
