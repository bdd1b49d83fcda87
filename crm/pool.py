"""The processes of a worker, with two habits of Billiard's mended.

On the queue of files they share one pipe of messages. Billiard guards it with semaphores, which stay
taken when their holder is killed; an idle process always holds one, and after its death nobody in
the worker would ever hear a message again.

A process that ends waits until the worker has read what it said of its jobs, at most half a minute.
A worker that closes does not read what came of a message that was under way then, and stands there
for as long. Nothing hangs on these words, since the job rows tell what was done.
"""

import fcntl
import tempfile

import billiard.pool
from celery.concurrency import prefork

billiard.pool.GUARANTEE_MESSAGE_CONSUMPTION_RETRY_LIMIT = 20  # tenths of a second


class LockOfTheLiving:
    """A lock between processes that fork; the kernel takes it back from one that dies."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the pool

    def acquire(self) -> None:
        """Wait until it is ours. It belongs to the process: its threads do not exclude each other."""
        fcntl.lockf(self._file, fcntl.LOCK_EX)

    def release(self) -> None:
        """Let the next one have it."""
        fcntl.lockf(self._file, fcntl.LOCK_UN)

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_unused: object) -> None:
        self.release()


class SharedPipes(billiard.pool.Pool):
    """Billiard's pool with such locks, wherever processes are made by forking."""

    def _setup_queues(self) -> None:
        super()._setup_queues()
        if self._ctx.get_start_method() == "fork":
            self._inqueue._rlock = LockOfTheLiving()
            self._outqueue._wlock = LockOfTheLiving()


class TaskPool(prefork.TaskPool):
    """Celery's pool of processes; on Redis, where each has a pipe of its own, nothing differs."""

    BlockingPool = SharedPipes
