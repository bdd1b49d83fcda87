"""Whether a folder says what the database holds already, and if not, which rows speak against it."""

from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

from reports.exchange.cells import shown
from reports.exchange.checks import Checker
from reports.exchange.reading import SETTINGS, Problem, Row, rows_of, tables_in
from reports.exchange.settings_file import Settings, stored_settings
from reports.exchange.spec import TABLES, Table
from reports.exchange.stored import cells_of, stored_rows
from reports.exchange.world import World

# Leads without rows in this table got one, which nobody wrote down.
MADE_UP = "lead_ownership"


def differences(folder: Path, settings: Settings, world: World) -> list[Problem]:
    """Rows of the folder that are stored otherwise or not at all, and tables that hold more; none: the same."""
    given = tables_in(folder)
    found = list(_other_settings(settings))
    for table in TABLES.values():
        if table in given:
            found += _other_rows(table, folder, world)
        elif table.name != MADE_UP and next(stored_rows(table), None):
            found.append(Problem(table.file, 1, "is missing, but the database holds such rows"))
    return found


def _other_settings(settings: Settings) -> Iterator[Problem]:
    stored = stored_settings()
    for name, value in settings.values.items():
        if not _says(value, stored[name]):
            yield Problem(SETTINGS, 1, f"{name} is set otherwise")


def _says(given: Any, stored: Any) -> bool:
    """Names that the folder leaves out are no difference."""
    if isinstance(given, dict):
        return given.items() <= stored.items()
    return bool(given == stored)


def _other_rows(table: Table, folder: Path, world: World) -> list[Problem]:
    left = Counter(_digest(table, values) for values in stored_rows(table))
    keys = {values[table.key] for values in stored_rows(table)} if table.key else set()
    found = []
    for row in checked_rows(table, folder, world):
        digest = _digest(table, row.values)
        if left[digest] > 0:
            left[digest] -= 1
        else:
            found.append(Problem(table.file, row.line, _why(table, row, keys)))
    if not found and left.total() > 0 and table.name != MADE_UP:
        found.append(Problem(table.file, 1, f"rows only in the database: {left.total():,}"))
    return found


def checked_rows(table: Table, folder: Path, world: World) -> Iterator[Row]:
    """The rows of a table known to be sound, with the meaning of empty cells filled in."""
    checker = Checker(table, world)
    for row in rows_of(table, folder):
        checker.check(row)
        yield row


def _why(table: Table, row: Row, keys: set[Any]) -> str:
    if not table.key:
        return "is not in the database"
    reference = row.values[table.key]
    known = "is known with other content" if reference in keys else "is not in the database"
    return f"{table.key} {shown(reference)} {known}"


def _digest(table: Table, values: dict[str, Any]) -> bytes:
    return blake2b("\x00".join(cells_of(values, table.columns)).encode(), digest_size=16).digest()
