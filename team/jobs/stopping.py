"""Being asked to stop while a job is carried out.

SIGTERM is heard from before the claim until after the settlement and does no harm to either: it
breaks off the work between them, also in the middle of a statement, and no other job is begun.
"""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from types import FrameType

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from crm.lib.abreast import break_statement

_closing = threading.Event()


def take_no_more() -> None:
    """This process, and those it forks from now on, leave jobs to others: the worker is closing."""
    _closing.set()


def is_closing() -> bool:
    """Whether this process leaves jobs to others."""
    return _closing.is_set()


class StopAsked(BaseException):
    """The worker is being stopped while it works; no handler may take this for an error."""


class Stop:
    """Whether somebody asked to stop since one job was taken up."""

    def __init__(self) -> None:
        self.asked = False
        self._at_work = False

    @contextlib.contextmanager
    def heard(self) -> Iterator[None]:
        """In the block SIGTERM is kept in mind."""
        if not _on_main_thread():
            yield
            return
        before = signal.signal(signal.SIGTERM, self._hear)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, before)

    @contextlib.contextmanager
    def breaking_off(self) -> Iterator[None]:
        """In the block it raises `StopAsked`, at once if it came before."""
        with _statements_giving_way():
            self._at_work = True
            try:
                if self.asked:
                    raise StopAsked
                yield
            finally:
                self._at_work = False

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        take_no_more()
        self.asked = True
        if self._at_work:
            raise StopAsked


@contextlib.contextmanager
def _statements_giving_way() -> Iterator[None]:
    """In the block a signal breaks off the statement that runs, so that Python comes to hear it."""
    if not _on_main_thread():
        yield
        return
    ear, mouth = os.pipe()
    os.set_blocking(mouth, False)
    arguments = (ear, connections[DEFAULT_DB_ALIAS])
    listener = threading.Thread(target=_break_statements, args=arguments, daemon=True)
    listener.start()
    before = signal.set_wakeup_fd(mouth, warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.close(mouth)
        listener.join(timeout=1)


def _break_statements(ear: int, database: BaseDatabaseWrapper) -> None:
    with open(ear, "rb", buffering=0) as signals:
        while signals.read(1):
            break_statement(database)


def _on_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
