"""Finding a PostgreSQL for the tests: one that is named, one that listens, or a throw-away one."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from crm.bootstrap.children import die_with_parent
from crm.bootstrap.trouble import Trouble

PORT = 5432
LOCAL = f"postgres://{os.environ.get('PGUSER') or 'postgres'}@127.0.0.1:{PORT}"


@contextlib.contextmanager
def postgres_for_tests() -> Iterator[str]:
    """A DATABASE_URL under whose server the tests may make databases of their own."""
    name = f"mainstay_{os.getpid()}"
    named = os.environ.get("TEST_DATABASE_URL") or os.environ.get("DATABASE_URL", "")
    if named.startswith("postgres"):
        yield named
    elif _lets_us_in(LOCAL):
        yield f"{LOCAL}/{name}"
    else:
        with _throw_away() as port:
            yield f"postgres://postgres@127.0.0.1:{port}/{name}"


def _lets_us_in(server: str) -> bool:
    """Whether a server listens there and we may make databases on it."""
    if not _listens(PORT):
        return False
    question = (
        "import sys, psycopg2; cursor = psycopg2.connect(sys.argv[1]).cursor();"
        "cursor.execute('SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = user');"
        "sys.exit(not cursor.fetchone()[0])"
    )
    asked = subprocess.run(  # noqa: S603 - the driver lies in the environment, not in this library
        [sys.executable, "-c", question, f"{server}/postgres"], capture_output=True, check=False
    )
    return asked.returncode == 0


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def _throw_away() -> Iterator[int]:
    """A server in a temporary folder, with its binaries, that goes when the tests are over."""
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="mainstay-postgres-") as folder:
        data = Path(folder) / "data"
        owner = _owner(Path(folder))
        options = ["-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"]
        _check(owner, [str(programs / "initdb"), "-D", str(data), *options])
        port = _free_port()
        settings = [f"port={port}", f"unix_socket_directories={folder}", "fsync=off"]
        command = [str(programs / "postgres"), "-D", str(data)]
        for setting in settings:
            command += ["-c", setting]
        server = subprocess.Popen(  # noqa: S603 - the system's own server
            command,
            user=owner,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=die_with_parent,
        )
        try:
            _wait(port)
            yield port
        finally:
            server.terminate()
            server.wait()


def _programs() -> Path:
    """The folder of the newest installed server."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not installed:
        raise Trouble("no PostgreSQL listens here and none is installed; name one in DATABASE_URL.")
    return installed[-1].parent


def _owner(folder: Path) -> int | None:
    """PostgreSQL refuses to run as root; then its own user or nobody owns the folder."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    owner = names.get("postgres", names.get("nobody", 65534))
    os.chown(folder, owner, -1)
    return owner


def _check(owner: int | None, command: list[str]) -> None:
    done = subprocess.run(  # noqa: S603 - the system's own program
        command, user=owner, cwd="/", capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        raise Trouble(f"a PostgreSQL for the tests could not be made: {done.stderr.strip()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int) -> None:
    deadline = time.monotonic() + 30
    while not _listens(port):
        if time.monotonic() > deadline:
            raise Trouble("the PostgreSQL for the tests does not answer.")
        time.sleep(0.1)
