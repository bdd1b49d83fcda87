"""Files as a doorbell: half a message, or half a table of queues, is thrown away and stops no worker.

Kombu opens a file before it writes what is in it. A disk that is full, a process that is killed in between, or a
reader that is quicker leave an empty one, and a worker that finds it dies of it, on every start.
"""

import logging
from typing import Any

from kombu.transport import filesystem

log = logging.getLogger("mainstay.worker")


class Channel(filesystem.Channel):
    """Kombu's; what cannot be read is gone, and the publisher rings again."""

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """The next message that is whole; kombu has removed the other by the time it reads it."""
        while True:
            try:
                return super()._get(queue)
            except ValueError:
                log.warning("half a message was thrown away")

    def get_table(self, exchange: str) -> Any:
        try:
            return super().get_table(exchange)
        except ValueError:
            return []

    def _queue_bind(self, exchange: str, *names: str) -> None:
        """Written anew if it cannot be read."""
        try:
            super()._queue_bind(exchange, *names)
        except ValueError:
            self._exchange_file(exchange).unlink(missing_ok=True)
            super()._queue_bind(exchange, *names)


class Transport(filesystem.Transport):
    """What `broker_transport` names."""

    Channel = Channel
