"""A migrated SQLite file, made once a run: the tests' databases in memory and in files are copies of it."""

import fcntl
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, request: pytest.FixtureRequest, django_db_blocker: Any
) -> None:
    """On SQLite no process migrates by itself (MIGRATE in crm/settings_test.py), which takes seconds."""
    if connection.vendor == "sqlite":
        model = request.getfixturevalue("migrated_file")
        with django_db_blocker.unblock(), closing(sqlite3.connect(model)) as migrated:
            connection.ensure_connection()
            migrated.backup(connection.connection)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The file that all copy; of several test processes one makes it and the others wait."""
    folder = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        folder = folder.parent
    ready = folder / "migrated.sqlite3"
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            making = folder / "migrating.sqlite3"
            _migrate(making)
            making.rename(ready)
    return ready


def _migrate(database: Path) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--skip-checks", "--verbosity", "0"],
        cwd=ROOT,
        env=os.environ
        | {"DATABASE_URL": f"sqlite:///{database}", "DJANGO_SETTINGS_MODULE": "crm.settings"},
        check=True,
    )
