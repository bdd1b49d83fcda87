"""Watches a pipe whose other end the parent holds; when the parent is gone, ends its children.

The kernel closes the pipe however the parent died, on every platform, and groups reach the
children's own children too. Lines on the pipe: `+123` a group to end, `-123` no longer.
"""

import contextlib
import signal
import sys
from collections.abc import Iterable

from crm.bootstrap.children import end_groups


def watch(lines: Iterable[str]) -> None:
    """Read until the pipe closes, then end whatever group is still on the list."""
    groups: set[int] = set()
    for line in lines:
        if line.startswith("+"):
            groups.add(int(line))
        else:
            groups.discard(-int(line))
    end_groups(groups)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    with contextlib.suppress(ValueError):
        watch(sys.stdin)
