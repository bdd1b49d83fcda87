"""References for records made on screen: fixed width, so that code-point order is order of making."""

import secrets
import threading
import time

_lock = threading.Lock()
_last = 0


def new_reference(prefix: str) -> str:
    """`CU-0001732374000123456789`: microseconds since 1970 and three random digits.

    No counter row, so that two people saving at once never wait for each other. Within one process the
    microseconds always rise, however many are asked for at once.
    """
    return f"{prefix}-{_next_microsecond():019d}{secrets.randbelow(1000):03d}"


def _next_microsecond() -> int:
    global _last
    with _lock:
        _last = max(_last + 1, time.time_ns() // 1000)
        return _last
