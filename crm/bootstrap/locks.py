"""One at a time, however many are started at once."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from crm.bootstrap.trouble import Trouble, say


@contextlib.contextmanager
def alone(path: Path, waiting: str) -> Iterator[None]:
    """Hold a lock that the system frees when its holder dies, however it dies; say so while waiting."""
    try:
        import fcntl
    except ImportError:
        raise Trouble(
            "this system has no file locks; run it on Linux, macOS, WSL or in a container."
        ) from None
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_CREAT), "rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(waiting)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
