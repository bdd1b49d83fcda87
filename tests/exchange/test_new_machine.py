"""The words that anybody may say first, where nothing was started yet."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def say(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    for name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "CRM_TEST_DATABASE"):
        kept.pop(name, None)
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=kept | {"CRM_DATA_DIR": str(folder)},
        capture_output=True,
        text=True,
    )


@pytest.mark.thorough
@pytest.mark.processes
def test_tables_are_loaded_and_reported_where_there_is_no_database_yet(tmp_path: Path) -> None:
    tables, data = tmp_path / "tables", tmp_path / "not" / "there"
    tables.mkdir()
    (tables / "customers.csv").write_text("customer_id,name\nA,Alpha\n")
    (tables / "revenue.csv").write_text(
        "entry_id,customer_id,date,amount\n1,A,2024-12-01,70\n2,A,2025-01-01,100.50\n"
    )
    loaded = say(data, "load_tables", str(tables))
    assert (loaded.returncode, loaded.stderr) == (0, "")
    days = ("--from", "2025-01-01", "--to", "2025-12-31", "--as-of", "2025-12-31")
    told = say(data, "report", "churn", *days, "--json")
    assert (told.returncode, told.stderr) == (0, "")
    churn = json.loads(told.stdout)
    assert churn["lost_customers"] == 1
    assert churn["loss"] == 170.5
    assert sorted(path.name for path in data.iterdir()) == ["mainstay.sqlite3"]


@pytest.mark.processes
def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    told = say(tmp_path / "file" / "data", "report", "churn")
    assert told.returncode == 1
    assert "cannot be written" in told.stderr and "CRM_DATA_DIR" in told.stderr
    assert "Traceback" not in told.stderr
