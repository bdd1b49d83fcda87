"""A migrated SQLite file, made once for a product: the tests' databases in memory and in files are copies of it."""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core import management
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def made_empty() -> Iterator[Callable[[], None]]:
    """On SQLite Django makes the database and asks no command to fill it, until what it answers is called."""
    patch = pytest.MonkeyPatch()
    if connection.vendor == "sqlite":
        patch.setattr(management, "call_command", lambda *_words, **_named: None)
    yield patch.undo
    patch.undo()


@pytest.fixture(scope="session")
def django_db_setup(
    made_empty: Callable[[], None],
    django_db_setup: None,
    request: pytest.FixtureRequest,
    django_db_blocker: Any,
) -> None:
    """On SQLite no process makes its tables by itself, which takes seconds."""
    made_empty()
    if connection.vendor == "sqlite":
        model = request.getfixturevalue("migrated_file")
        with django_db_blocker.unblock(), closing(sqlite3.connect(model)) as migrated:
            connection.ensure_connection()
            migrated.backup(connection.connection)


@pytest.fixture(scope="session")
def migrated_file(
    tmp_path_factory: pytest.TempPathFactory, worker_id: str, pytestconfig: pytest.Config
) -> Path:
    """The file that all copy; of several test processes one makes it and the others wait."""
    folder = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        folder = folder.parent
    ready = folder / "migrated.sqlite3"
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            making = folder / "migrating.sqlite3"
            shutil.copy(_kept(pytestconfig.cache.mkdir("migrated")), making)
            making.rename(ready)
    return ready


def _kept(folder: Path) -> Path:
    """One that an earlier run made of the same product, or now this one for the next."""
    kept = folder / f"{_product()}.sqlite3"
    if not kept.exists():
        for old in folder.glob("*.sqlite3*"):
            old.unlink(missing_ok=True)
        making = folder / f"{os.getpid()}.sqlite3"
        _migrate(making)
        making.rename(kept)
    return kept


def _product() -> str:
    """A word for all that has a say in what the tables hold."""
    whole = hashlib.sha256()
    for app in ("crm", "team", "customers", "sales", "reports"):
        for source in sorted((ROOT / app).rglob("*.py")):
            whole.update(f"{source}\n".encode() + source.read_bytes())
    whole.update((ROOT / "requirements.txt").read_bytes())
    return whole.hexdigest()[:16]


def _migrate(database: Path) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--skip-checks", "--verbosity", "0"],
        cwd=ROOT,
        env=os.environ
        | {"DATABASE_URL": f"sqlite:///{database}", "DJANGO_SETTINGS_MODULE": "crm.settings"},
        check=True,
    )
