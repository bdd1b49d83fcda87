"""Child processes in groups of their own that never outlive this one, however it ends."""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable

try:
    import ctypes
except ImportError:  # a Python built without libffi; the warden still ends the children
    _libc = None
else:
    _libc = ctypes.CDLL(None) if sys.platform == "linux" else None

_PR_SET_PDEATHSIG = 1
PATIENCE = 10.0
LAST_WORDS = 5.0


def die_with_parent() -> None:
    """Runs in the child before its program: on Linux the kernel ends it with its parent."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def lead_a_group() -> None:
    """Runs in the child before its program: its own group, away from the terminal's Ctrl-C."""
    os.setsid()
    die_with_parent()


def end_groups(groups: Iterable[int], reap: Callable[[], object] = lambda: None) -> None:
    """End process groups by their leaders' ids: ask the leader, then everybody, then insist.

    `reap` is called while waiting, for a parent that has to collect its dead children.
    """
    left = list(groups)
    for group in left:
        _send(os.kill, group, signal.SIGTERM)
    left = _wait(left, PATIENCE, reap)
    for group in left:
        _send(os.killpg, group, signal.SIGTERM)
    left = _wait(left, LAST_WORDS, reap)
    for group in left:
        _send(os.killpg, group, signal.SIGKILL)
    _wait(left, 1.0, reap)


def _wait(groups: list[int], seconds: float, reap: Callable[[], object]) -> list[int]:
    """The groups that are still there after at most `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        reap()
        groups = [group for group in groups if _send(os.killpg, group, 0)]
        if not groups or time.monotonic() > deadline:
            return groups
        time.sleep(0.05)


def _send(kill: Callable[[int, int], None], target: int, number: int) -> bool:
    """Whether there was anybody to send the signal to."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        kill(target, number)
        return True
    return False
