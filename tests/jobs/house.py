"""A whole installation in a folder: its own database, its own queue, real processes."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEASE = 1.5
CELERY = ["-m", "celery", "--app", "crm"]
COMMANDS = {
    "worker": [*CELERY, "worker", "--without-gossip", "--without-mingle", "--without-heartbeat"],
    "beat": [*CELERY, "beat"],
    "publisher": ["manage.py", "publisher"],
}


def wait_until(condition, seconds=30.0):
    """Look until the condition holds; fail the test if it does not in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come true in time")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class RedisServer:
    """A throw-away Redis that keeps nothing."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self):
        options = ["--port", str(self.port), "--save", "", "--appendonly", "no"]
        with (self.folder / "redis.log").open("a") as log:
            self.process = subprocess.Popen(
                ["redis-server", "--bind", "127.0.0.1", *options], cwd=self.folder, stdout=log
            )
        wait_until(self._answers)

    def _answers(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def die(self):
        self.process.kill()
        self.process.wait()

    def fall_silent(self):
        """Connections are taken and never answered."""
        self.process.send_signal(signal.SIGSTOP)

    def speak_again(self):
        self.process.send_signal(signal.SIGCONT)


class House:
    """Processes of the product on a folder; `close` leaves none behind."""

    def __init__(self, folder, database_url, redis_url=""):
        self.folder = folder
        self.database_url = database_url
        self.processes = {}
        self.environ = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.jobs.settings",
            "CRM_DATA_DIR": str(folder),
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "CRM_JOB_LEASE_SECONDS": str(LEASE),
            "CRM_JOB_RETRY_SECONDS": "0.05",
            "CRM_BEAT_SECONDS": "1",
            "CRM_WORKER_PROCESSES": "1",
            "CRM_WORKER_STOP_SECONDS": "2",
        }

    def run(self, name):
        """The process of that name, started unless it runs; the name may carry a number: "beat 2"."""
        process = self.processes.get(name)
        if process is None or process.poll() is not None:
            process = self.processes[name] = self._start(name)
        return process

    def _start(self, name):
        with self._log(name).open("a") as log:
            return subprocess.Popen(
                [sys.executable, *COMMANDS[name.split()[0]]],
                cwd=ROOT,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def end(self, name):
        """Kill the process of that name with all its children."""
        kill_group(self.processes.pop(name))

    def _log(self, name):
        return self.folder / f"{name}.log"

    def said(self):
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"== {log.name}\n{log.read_text()[-3000:]}" for log in logs)

    def close(self):
        for name in list(self.processes):
            self.end(name)


def kill_group(process, number=signal.SIGKILL):
    """Send a signal to a process and all its children, and wait for the process if it is to die."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
    if number == signal.SIGKILL:
        process.wait()


def children_of(process):
    listing = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True
    )
    return [int(pid) for pid in listing.stdout.split()]
