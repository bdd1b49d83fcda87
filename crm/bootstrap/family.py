"""The processes of one running Mainstay: started together, restarted singly, stopped together."""

import collections
import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from crm.bootstrap.children import end_groups, lead_a_group
from crm.bootstrap.environment import ROOT
from crm.bootstrap.trouble import Trouble, say

_DEATHS, _WITHIN = 5, 60.0
_LOG_BYTES = 10_000_000


@dataclass
class Member:
    """One process: its name, its command, and when it died of late (monotonic seconds)."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes]
    deaths: collections.deque[float] = field(
        default_factory=lambda: collections.deque(maxlen=_DEATHS)
    )


class Family:
    """Use as a context: whatever ends the block, nothing started in it stays behind."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.members: list[Member] = []
        self.stopping = False

    def __enter__(self) -> "Family":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        self._warden = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "crm.bootstrap.warden"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        return self

    def __exit__(self, *_unused: object) -> None:
        groups = [member.process.pid for member in self.members]
        end_groups(groups, reap=lambda: [member.process.poll() for member in self.members])
        for group in groups:
            self._tell_warden(f"-{group}")
        with contextlib.suppress(BrokenPipeError):
            self._pipe().close()
        self._warden.wait(timeout=5)

    def add(self, name: str, *command: str) -> None:
        """Start one more process that runs until the family stops."""
        self.members.append(Member(name, list(command), self._launch(name, list(command))))

    def keep_running(self) -> None:
        """Until a signal asks to stop, start again whoever dies."""
        while not self.stopping:
            self.look_after()
            time.sleep(0.3)

    def look_after(self) -> None:
        """One look at everybody; gives up on one that cannot stay alive."""
        for member in self.members:
            if member.process.poll() is not None:
                self._restart(member)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _restart(self, member: Member) -> None:
        now = time.monotonic()
        member.deaths.append(now)
        end_groups([member.process.pid])
        self._tell_warden(f"-{member.process.pid}")
        if len(member.deaths) == _DEATHS and now - member.deaths[0] < _WITHIN:
            raise Trouble(
                f"the {member.name} stops again and again; see {self.log_of(member.name)}."
            )
        say(f"The {member.name} stopped ({member.process.returncode}); starting it again.")
        time.sleep(0.2 * len(member.deaths))
        if self.stopping:
            return
        member.process = self._launch(member.name, member.command)

    def _launch(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        with self._log(name) as log:
            process = subprocess.Popen(  # noqa: S603 - our own programs, no shell
                command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=lead_a_group,
            )
        self._tell_warden(f"+{process.pid}")
        return process

    def log_of(self, name: str) -> Path:
        """Where the process of that name writes what it has to say."""
        return self.logs / f"{name.replace(' ', '-')}.log"

    @contextlib.contextmanager
    def _log(self, name: str) -> Iterator[int]:
        path = self.log_of(name)
        if path.exists() and path.stat().st_size > _LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        with path.open("ab") as log:
            yield log.fileno()

    def _tell_warden(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._pipe().write(line.encode() + b"\n")
            self._pipe().flush()

    def _pipe(self) -> IO[bytes]:
        assert self._warden.stdin is not None
        return self._warden.stdin
