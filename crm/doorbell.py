"""Redis as a doorbell: a message that it did not let us tick off holds up no other.

Kombu keeps such a message as one at work, and a worker that takes one at a time then asks for no
other: it neither hears anything nor notices that Redis was away, for ever.
"""

from kombu.transport import redis


class QoS(redis.QoS):
    """Counts what is at work."""

    def ack(self, delivery_tag: str) -> None:
        """Done with it, also when Redis is away; should it come again, the job row says no."""
        try:
            super().ack(delivery_tag)
        finally:
            self._quick_ack(delivery_tag)


class Channel(redis.Channel):
    """Kombu's, with that count."""

    QoS = QoS


class Transport(redis.Transport):
    """What `broker_transport` names."""

    Channel = Channel
