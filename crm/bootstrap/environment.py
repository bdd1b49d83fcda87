"""The environment in `.venv` next to manage.py: found, made, mended and entered.

`.venv/mainstay.json` says for which lock and which Python the environment is complete. It is
written last, so an environment whose making was cut off is noticed and made again.
"""

import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from crm.bootstrap import installing
from crm.bootstrap.locks import alone
from crm.bootstrap.trouble import Trouble, say

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.txt"
ENVIRONMENT = ROOT / ".venv"
STAMP = ENVIRONMENT / "mainstay.json"
PYTHON = ENVIRONMENT / "bin" / "python"
_JUST_MADE = "MAINSTAY_ENVIRONMENT_MADE_BY"


def enter(argv: list[str]) -> None:
    """Return when this interpreter has the packages; else start the same command inside .venv."""
    if has_packages():
        return
    if os.environ.get(_JUST_MADE) == str(os.getpid()):
        raise Trouble(f"{ENVIRONMENT} lacks packages although it was just made; delete it.")
    if Path(sys.prefix) == ENVIRONMENT:
        _write_stamp({"own": _stamp().get("own", False)})
    if ensure():
        os.environ[_JUST_MADE] = str(os.getpid())
    sys.stdout.flush()
    os.execv(PYTHON, [str(PYTHON), *argv])  # noqa: S606 - our own interpreter, no shell


def has_packages() -> bool:
    """Whether this interpreter holds every package of the lock, and the right line of Django."""
    wanted = locked_packages()
    try:
        found = {name: importlib.metadata.version(name) for name in wanted}
    except importlib.metadata.PackageNotFoundError:
        return False
    return found["django"].split(".")[:2] == wanted["django"].split(".")[:2]


def locked_packages() -> dict[str, str]:
    """Name and version of each package that the lock wants on every platform."""
    pins = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)[ \\]*$", re.MULTILINE)
    return dict(pins.findall(LOCK.read_text(encoding="utf-8")))


def ensure() -> bool:
    """Make `.venv` unless it is complete, and say whether; of two at once, one waits."""
    if is_complete():
        return False
    with alone(LOCK, "Another start is making the environment; waiting for it ..."):
        if is_complete():
            return False
        try:
            _make_or_fill()
        except OSError as error:
            raise Trouble(f"the environment could not be made in {ENVIRONMENT}: {error}.") from None
    return True


def is_complete() -> bool:
    """Whether the stamp names today's lock and the interpreter is still there."""
    return _stamp().get("lock") == _digest() and PYTHON.exists()


def _make_or_fill() -> None:
    """Make our own environment anew; one that somebody made by hand is filled, never deleted."""
    own = _stamp().get("own", not ENVIRONMENT.exists() or not any(ENVIRONMENT.iterdir()))
    if own:
        _clear()
        say(f"Making the environment in {ENVIRONMENT} (once, about a minute) ...")
        installing.make(ENVIRONMENT)
    elif not (ENVIRONMENT / "pyvenv.cfg").exists() or not PYTHON.exists():
        raise Trouble(f"{ENVIRONMENT} is no environment that Mainstay made; move it away.")
    else:
        say(f"Installing the packages into {ENVIRONMENT} (once, about a minute) ...")
    installing.fill(ENVIRONMENT, LOCK)
    _write_stamp({"own": own, "lock": _digest()})


def _clear() -> None:
    """Empty `.venv`, keeping the stamp that says whose it is until the very end."""
    if ENVIRONMENT.exists() and any(ENVIRONMENT.iterdir()):
        say("The environment is half-made or out of date; making it again.")
    ENVIRONMENT.mkdir(exist_ok=True)
    _write_stamp({"own": True})
    for entry in ENVIRONMENT.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry != STAMP:
            entry.unlink()


def _digest() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


def _stamp() -> dict[str, Any]:
    try:
        return dict(json.loads(STAMP.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _write_stamp(stamp: dict[str, Any]) -> None:
    whole = STAMP.with_suffix(".new")
    whole.write_text(json.dumps(stamp) + "\n", encoding="utf-8")
    whole.replace(STAMP)
