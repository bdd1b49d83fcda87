"""References for records made on screen: fixed width, so that code-point order is order of making."""

import secrets
import time


def new_reference(prefix: str) -> str:
    """`CU-0001732374000123456789`: microseconds since 1970 and three random digits.

    No counter row, so that two people saving at once never wait for each other.
    """
    return f"{prefix}-{time.time_ns() // 1000:019d}{secrets.randbelow(1000):03d}"
