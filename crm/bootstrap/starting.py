"""`manage.py start`: database, demonstration company, web server, worker and schedule, at once."""

import argparse
import contextlib
import errno
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from crm.bootstrap.children import die_with_parent
from crm.bootstrap.data_folder import data_dir, writable
from crm.bootstrap.environment import ROOT
from crm.bootstrap.family import Family
from crm.bootstrap.locks import alone
from crm.bootstrap.trouble import Trouble, say

_READY_WITHIN = 60.0
# where to find a server that listens everywhere
_THIS_MACHINE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound


def start(argv: list[str]) -> int:
    """Run everything until a signal asks to stop; the answer is the exit code."""
    options = _options(argv)
    _check_host(options.host)
    _check_port(options.host, options.port)
    logs = writable(data_dir() / "log")
    here = _THIS_MACHINE.get(options.host, options.host)
    os.environ.setdefault("CRM_SITE_URL", f"http://{_address(here, options.port)}")
    prepared = _prepare(logs)
    with Family(logs) as family:
        _add_everybody(family, options.host, options.port)
        if _becomes_ready(family, options.host, options.port):
            _introduce(prepared, os.environ["CRM_SITE_URL"], logs)
            family.keep_running()
    say("Stopped.")
    return 0


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="manage.py start", description=__doc__)
    parser.add_argument("--port", type=_port, default=8000, help="port of the web server (8000)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    return parser.parse_args(argv)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise Trouble(f"{text} is no port; choose one from 1 to 65535.")
    return int(text)


def _check_host(host: str) -> None:
    own = {"localhost", "127.0.0.1", "::1", *_THIS_MACHINE}
    if host not in own and not os.environ.get("CRM_ALLOWED_HOSTS"):
        raise Trouble(
            f"with the settings of development pages are for this machine alone; to serve {host}, "
            "name it in CRM_ALLOWED_HOSTS and give CRM_SECRET_KEY a value of your own."
        )


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Trouble(_port_trouble(host, port, error)) from None


def _port_trouble(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        other = f"python3 manage.py start --port {port + 1}"
        return f"port {port} is taken by another program; stop it, or choose another: {other}"
    if error.errno == errno.EACCES:
        return (
            f"port {port} may only be opened by the system's administrator; choose one above 1023."
        )
    return f"the web server cannot listen on {host}:{port} ({error.strerror or error})."


def _prepare(logs: Path) -> dict[str, Any]:
    """Let `manage.py prepare` ready the database; what it answers is what there is to say."""
    waiting = "Another start is preparing the database; waiting for it ..."
    with alone(logs / "prepare.lock", waiting), (logs / "prepare.log").open("w") as log:
        prepared = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, str(ROOT / "manage.py"), "prepare"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            encoding="utf-8",
            preexec_fn=die_with_parent,
            check=False,
        )
    if prepared.returncode:
        said = (logs / "prepare.log").read_text(encoding="utf-8").strip().splitlines()
        reason = said[-1].removeprefix("Mainstay: ").removeprefix("CommandError: ") if said else ""
        raise Trouble(reason or f"preparing the database failed; see {logs / 'prepare.log'}.")
    return dict(json.loads(prepared.stdout.splitlines()[-1]))


def _add_everybody(family: Family, host: str, port: int) -> None:
    python = sys.executable
    bind = ["--bind", _address(host, port)]
    web = ["-m", "gunicorn", "--config", "python:crm.web", *bind, "crm.wsgi"]
    family.add("web server", python, *web, needed=True)
    family.add("worker", python, "-m", "celery", "--app", "crm", "worker", "--loglevel", "INFO")
    family.add("beat", python, "-m", "celery", "--app", "crm", "beat", "--loglevel", "INFO")
    family.add("publisher", python, str(ROOT / "manage.py"), "publisher")


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _becomes_ready(family: Family, host: str, port: int) -> bool:
    """Wait for the first answer; False when a signal asked to stop before."""
    deadline = time.monotonic() + _READY_WITHIN
    while not _answers(host, port):
        if family.stopping:
            return False
        family.look_after()
        if time.monotonic() > deadline:
            raise Trouble(f"the web server does not answer; see {family.log_of('web server')}.")
        time.sleep(0.1)
    return True


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(_THIS_MACHINE.get(host, host), port, timeout=5)
    with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
        connection.request("GET", "/livez")
        return connection.getresponse().status < 500
    return False


def _introduce(prepared: dict[str, Any], address: str, logs: Path) -> None:
    print(f"\nMainstay runs at {address}")
    if prepared["people"]:
        print(f"\nSign in with the password {prepared['password']} as")
        for person in prepared["people"]:
            print(f"  {person['email']:<24} {person['roles']}")
    elif not prepared["users"]:
        print("\nNobody can sign in yet; make the first administrator with")
        print("  python3 manage.py add_admin EMAIL NAME")
    print(f"\nCtrl-C stops everything. Logs are in {logs}", flush=True)
