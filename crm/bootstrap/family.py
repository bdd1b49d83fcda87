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
# How long who cannot stay alive is left alone before the next try.
_REST = 60.0
# Beside the logs: who rests, for the pages (`crm.lib.processes`).
_DOWN = "down"
_LOG_BYTES = 10_000_000


@dataclass
class Member:
    """One process: its name, its command, when it died of late, and until when it rests (monotonic seconds).

    Without one that is `needed` there are no pages; the others work behind them.
    """

    name: str
    command: list[str]
    process: subprocess.Popen[bytes]
    needed: bool = False
    rests_until: float = 0.0
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
        self._tell_who_is_down()
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
        self.members = []
        self._tell_who_is_down()

    def add(self, name: str, *command: str, needed: bool = False) -> None:
        """Start one more process that runs until the family stops."""
        process = self._launch(name, list(command))
        self.members.append(Member(name, list(command), process, needed))

    def keep_running(self) -> None:
        """Until a signal asks to stop, start again whoever dies."""
        while not self.stopping:
            self.look_after()
            time.sleep(0.3)

    def look_after(self) -> None:
        """One look at everybody. Who cannot stay alive rests for a minute; without the one that is needed all ends."""
        now = time.monotonic()
        for member in self.members:
            if member.process.poll() is not None and now >= member.rests_until:
                self._restart(member)

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def _restart(self, member: Member) -> None:
        if member.rests_until:
            member.rests_until = 0.0
        else:
            self._bury(member)
        if member.rests_until or self.stopping:
            return
        member.process = self._launch(member.name, member.command)
        self._tell_who_is_down()

    def _bury(self, member: Member) -> None:
        """Say that it died, and wait a little; of one that dies again and again longer than anybody would."""
        now = time.monotonic()
        member.deaths.append(now)
        end_groups([member.process.pid])
        self._tell_warden(f"-{member.process.pid}")
        if len(member.deaths) == _DEATHS and now - member.deaths[0] < _WITHIN:
            self._let_rest(member, now)
            return
        say(f"The {member.name} stopped ({member.process.returncode}); starting it again.")
        time.sleep(0.2 * len(member.deaths))

    def _let_rest(self, member: Member, now: float) -> None:
        again = f"the {member.name} stops again and again; see {self.log_of(member.name)}."
        if member.needed:
            raise Trouble(again)
        member.deaths.clear()
        member.rests_until = now + _REST
        self._tell_who_is_down()
        say(f"{again[0].upper()}{again[1:]} The pages go on without it; it is tried in a minute.")

    def _tell_who_is_down(self) -> None:
        """A name a line; no file while everybody runs."""
        names = [member.name for member in self.members if member.rests_until]
        if names:
            (self.logs / _DOWN).write_text("\n".join(names), encoding="utf-8")
        else:
            (self.logs / _DOWN).unlink(missing_ok=True)

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
