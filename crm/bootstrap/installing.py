"""Making a virtual environment and filling it from the hashed lock: uv if it works, else pip."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from crm.bootstrap.children import die_with_parent
from crm.bootstrap.trouble import Trouble, say

# Settings of somebody's pip that would install elsewhere than into the environment.
_ELSEWHERE = ("PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_ROOT", "PYTHONHOME", "PYTHONPATH")
_UNREACHABLE = re.compile(
    r"NewConnectionError|ConnectTimeout|ReadTimeout|Read timed out|Temporary failure in name"
    r"|Name or service not known|Connection refused|Network is unreachable|No route to host"
    r"|ProxyError|SSLError|Could not fetch URL|Max retries exceeded|Connection reset"
    r"|from versions: none|dns error|tcp connect error|error sending request",
    re.IGNORECASE,
)


def make(environment: Path) -> None:
    """Make an empty environment; with pip in it if this Python can, without otherwise."""
    base = base_python()
    attempt = _run([base, "-m", "venv", str(environment)])
    if attempt.returncode:
        attempt = _run([base, "-m", "venv", "--without-pip", str(environment)])
    if attempt.returncode:
        raise Trouble(
            f"Python's venv module is missing or does not work ({_last_line(attempt.stdout)}); "
            "install it, on Debian and Ubuntu with: apt install python3-venv"
        )


def fill(environment: Path, lock: Path) -> None:
    """Install exactly what the lock names, every file checked against its hash."""
    log = environment / "install.log"
    log.write_text("", encoding="utf-8")
    for command in _installers(environment / "bin" / "python"):
        attempt = _run([*command, "--require-hashes", "-r", str(lock)])
        with log.open("a", encoding="utf-8") as report:
            report.write(f"$ {' '.join(command)}\n{attempt.stdout}\n")
        if attempt.returncode == 0:
            return
    raise Trouble(_why(attempt.stdout, log))


def base_python() -> str:
    """The interpreter that environments are made from, also when this one stands in one."""
    return getattr(sys, "_base_executable", None) or sys.executable


def _installers(python: Path) -> list[list[str]]:
    """The ways to install, the fastest first; at least one, or a sentence says what is missing."""
    ways = []
    uv = shutil.which("uv")
    if uv:
        ways.append([uv, "pip", "install", "--python", str(python)])
    options = ["install", "--no-input", "--disable-pip-version-check", "--retries", "2"]
    if _run([str(python), "-m", "pip", "--version"]).returncode == 0:
        ways.append([str(python), "-m", "pip", *options])
    elif _run([base_python(), "-m", "pip", "--version"]).returncode == 0:
        ways.append([base_python(), "-m", "pip", "--python", str(python), *options])
    if not ways:
        raise Trouble(
            "neither pip nor uv can be found to install the packages; "
            "install pip, on Debian and Ubuntu with: apt install python3-venv python3-pip"
        )
    return ways


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run to the end with both outputs in `stdout`; the child dies with us."""
    surroundings = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
    surroundings.setdefault("UV_HTTP_TIMEOUT", "15")
    surroundings.setdefault("UV_HTTP_RETRIES", "1")
    # as pip does; else the first start compiles everything
    surroundings.setdefault("UV_COMPILE_BYTECODE", "1")
    return subprocess.run(  # noqa: S603 - fixed programs, no shell
        command,
        env=surroundings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        preexec_fn=die_with_parent,
        check=False,
    )


def _why(output: str, log: Path) -> str:
    if _UNREACHABLE.search(output):
        reason = (
            "the packages could not be installed because no package index could be reached; "
            "check the network, or name an index of yours in PIP_INDEX_URL"
        )
    elif "No space left" in output:
        reason = "the packages could not be installed because the disk is full"
    else:
        reason = f"the packages could not be installed ({_last_line(output)})"
    say(f"The installer's own words are in {log}.")
    return f"{reason}."


def _last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"
