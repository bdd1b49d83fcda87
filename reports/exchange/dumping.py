"""Writing the company to a folder of exchange tables; the same company gives the same bytes."""

import csv
import json
from pathlib import Path

from crm.lib.transactions import one_state
from reports.exchange.reading import SETTINGS, fingerprint
from reports.exchange.settings_file import settings_as_json, stored_settings
from reports.exchange.spec import TABLES, Table
from reports.exchange.stored import cells_of, columns_needed, stored_rows
from team.audit import record
from team.models import User


def dump(folder: Path, *, by: User | None) -> dict[str, int]:
    """Write all tables and settings.json, replacing files of these names at the end. Answers rows by table."""
    folder.mkdir(parents=True, exist_ok=True)
    with one_state():
        counts = {table.name: _write(table, folder) for table in TABLES.values()}
        settings = json.dumps(settings_as_json(stored_settings()), ensure_ascii=False, indent=2)
    _part(folder, SETTINGS).write_text(settings + "\n", encoding="utf-8")
    for name in [*(table.file for table in TABLES.values()), SETTINGS]:
        _part(folder, name).replace(folder / name)
    record("dump-tables", by=by, after={"rows": counts, "fingerprint": fingerprint(folder)})
    return counts


def _part(folder: Path, name: str) -> Path:
    """Where a file is written until all are whole."""
    return folder / f"{name}.part"


def _write(table: Table, folder: Path) -> int:
    columns, count = columns_needed(table), 0
    with _part(folder, table.file).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.name for column in columns])
        for values in stored_rows(table):
            writer.writerow(cells_of(values, columns))
            count += 1
    return count
