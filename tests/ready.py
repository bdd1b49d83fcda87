"""A migrated SQLite file for tests that start real processes: made once a run, copied for each."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


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
