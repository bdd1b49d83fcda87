"""Rows that are written a moment later, many at once, and never inside a request's transaction."""

import atexit
import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

Row = TypeVar("Row")
log = logging.getLogger("mainstay.buffer")


class Buffer(Generic[Row]):
    """Collects rows of one kind in this process and writes them about `BUFFER_SECONDS` later.

    Zero seconds (tests) writes at once. What a killed process had not written is lost.
    """

    def __init__(self, write: Callable[[list[Row]], object]) -> None:
        self._write = write
        self._rows: list[Row] = []
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        atexit.register(self.flush)

    def add(self, row: Row) -> None:
        with self._lock:
            self._rows.append(row)
            if settings.BUFFER_SECONDS and self._timer is None:
                self._timer = threading.Timer(settings.BUFFER_SECONDS, self._flush_apart)
                self._timer.daemon = True
                self._timer.start()
        if not settings.BUFFER_SECONDS:
            self.flush()

    def waiting(self) -> list[Row]:
        """What this process has yet to write."""
        with self._lock:
            return list(self._rows)

    def flush(self) -> None:
        with self._lock:
            rows, self._rows, self._timer = self._rows, [], None
        if rows:
            self._write(rows)

    def _flush_apart(self) -> None:
        """In the timer's thread, on a connection of its own."""
        try:
            self.flush()
        except (DatabaseError, InterfaceError) as error:
            log.error("rows that were waiting are lost: %s", error)
        finally:
            connection.close()
