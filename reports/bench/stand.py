"""One database under measurement: what to ask of it, and a web server of its own on this machine."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from django.conf import settings

WORKERS = 2
START_SECONDS = 30


class BenchFailed(Exception):
    """It could not be measured; the sentence says why."""


@dataclass
class Stand:
    """`name` is shown; `environment` is that of its processes; `port` where its server listens."""

    name: str
    environment: dict[str, str]
    port: int = 0
    plan: dict[str, Any] = field(default_factory=dict)
    client_refs: list[str] = field(default_factory=list)
    pid: int = 0

    def ask(self, step: str, given: Any = None) -> Any:
        """Run a step of bench in a process on this database; its answer is JSON."""
        run = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "manage.py", "bench", "--step", step],
            cwd=settings.BASE_DIR,
            env=self.environment,
            input=json.dumps(given),
            capture_output=True,
            text=True,
            check=False,
        )
        if run.returncode:
            raise BenchFailed(run.stderr.strip().removeprefix("CommandError: "))
        return json.loads(run.stdout)

    def worker_megabytes(self) -> list[int]:
        """Memory of each worker that nobody shares, and its part of what is shared."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return [_megabytes(child) for child in children]


def _megabytes(pid: str) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Rss:"):
            return int(line.split()[1]) // 1024
    return 0


def stand_for(name: str, database_url: str | None) -> Stand:
    """The configured database, or another by its address."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "crm.settings_bench"}
    if database_url:
        environment["DATABASE_URL"] = database_url
    return Stand(name, environment)


@contextmanager
def serving(stand: Stand) -> Iterator[None]:
    """Sessions and a web server as in production, while the block runs; then all of it is taken away."""
    stand.plan = stand.ask("plan")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        stand.port = free.getsockname()[1]
    with TemporaryFile() as log:
        server = subprocess.Popen(  # noqa: S603 - our own server
            [
                sys.executable, "-m", "gunicorn", "--config", "python:crm.web", "--workers", str(WORKERS),
                "--max-requests", "0", "--bind", f"127.0.0.1:{stand.port}", "crm.wsgi",
            ],
            cwd=settings.BASE_DIR,
            env=stand.environment,
            stdout=log,
            stderr=log,
        )  # fmt: skip
        stand.pid = server.pid
        try:
            _wait(stand, server)
            yield
        finally:
            server.terminate()
            server.wait(timeout=30)
            stand.ask(
                "clear", {"sessions": stand.plan["sessions"], "client_refs": stand.client_refs}
            )


def _wait(stand: Stand, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        connection = HTTPConnection("127.0.0.1", stand.port, timeout=5)
        try:
            connection.request("GET", "/livez")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    raise BenchFailed(f"The web server for {stand.name} did not answer within {START_SECONDS} s.")
