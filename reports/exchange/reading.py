"""Reading a folder of exchange tables row by row: each row with its line, its values, or what is wrong with it."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from reports.exchange.cells import Unreadable, shown
from reports.exchange.spec import TABLES, Column, Table

SETTINGS = "settings.json"
# A cell longer than this is an unclosed quote rather than a name.
csv.field_size_limit(131_072)
LONGEST_LINE = 1_000_000
MOST_COLUMNS = 100


class Problem(NamedTuple):
    """Why a row cannot be stored; printed as `revenue.csv:3: amount is empty`."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass
class Row:
    """The values of a row by column name, and the sentences about what is wrong with it."""

    line: int
    values: dict[str, Any]
    wrong: list[str] = field(default_factory=list)


class UnreadableTable(Exception):
    """The file cannot be read on from here."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def tables_in(folder: Path) -> list[Table]:
    """The tables that have a file in the folder, in the order of loading."""
    return [table for table in TABLES.values() if (folder / table.file).is_file()]


def strangers_in(folder: Path) -> list[str]:
    """CSV files that are no exchange table."""
    known = {table.file for table in TABLES.values()}
    return sorted(path.name for path in folder.glob("*.csv") if path.name not in known)


def rows_of(table: Table, folder: Path) -> Iterator[Row]:
    """Every row of a table's file. Raises `UnreadableTable` where nothing further can be made of it."""
    lines = _lines(table, folder)
    first = next(lines, None)
    if first is None:
        raise UnreadableTable(
            Problem(table.file, 1, "the first line with the column names is missing")
        )
    columns = _columns(table, first[1])
    for line, cells in lines:
        if cells:
            yield _row(line, cells, columns, len(first[1]))


def _lines(table: Table, folder: Path) -> Iterator[tuple[int, list[str]]]:
    """Cells with the line on which they begin; bytes that are not UTF-8 become lone surrogates."""
    path = folder / table.file
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        reader = csv.reader(_bounded(file, table), strict=True)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader, None)
            except csv.Error as error:
                problem = Problem(table.file, line, f"cannot be read as CSV from here on: {error}")
                raise UnreadableTable(problem) from error
            if cells is None:
                return
            yield line, cells


def _bounded(file: TextIO, table: Table) -> Iterator[str]:
    """The lines of a file; one without end is refused before it is held whole."""
    line = 0
    while text := file.readline(LONGEST_LINE):
        line += 1
        if len(text) == LONGEST_LINE:
            reason = f"is longer than {LONGEST_LINE:,} characters"
            raise UnreadableTable(Problem(table.file, line, reason))
        yield text


def _columns(table: Table, names: list[str]) -> list[tuple[Column, int]]:
    """Each column of the table with its place in the file; a missing optional one has place -1."""
    if len(names) > MOST_COLUMNS:
        raise UnreadableTable(Problem(table.file, 1, f"names {len(names):,} columns"))
    wrong = [f"there is no column {shown(name)}" for name in names if not _is_column(table, name)]
    wrong += [f"the column {name} is there twice" for name in _twice(names)]
    places = [
        (column, names.index(column.name) if column.name in names else -1)
        for column in table.columns
    ]
    wrong += [
        f"the column {column.name} is missing"
        for column, place in places
        if column.needed and place < 0
    ]
    if wrong:
        raise UnreadableTable(Problem(table.file, 1, "; ".join(wrong)))
    return places


def _is_column(table: Table, name: str) -> bool:
    return any(column.name == name for column in table.columns)


def _twice(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _row(line: int, cells: list[str], columns: list[tuple[Column, int]], width: int) -> Row:
    row = Row(line, {})
    if len(cells) != width:
        row.wrong.append(f"has {len(cells)} cells where the first line names {width} columns")
        return row
    for column, place in columns:
        cell = cells[place] if place >= 0 else ""
        if cell:
            try:
                row.values[column.name] = column.kind.read(cell)
            except Unreadable as unreadable:
                row.wrong.append(f"{column.name} {unreadable}")
        elif column.needed:
            row.wrong.append(f"{column.name} is empty")
        else:
            row.values[column.name] = column.kind.empty
    return row


def fingerprint(folder: Path) -> str | None:
    """A key of all that the folder says, whatever the order of rows and columns; None: it cannot be read."""
    whole = blake2b(digest_size=16)
    try:
        for table in tables_in(folder):
            whole.update(f"{table.name}:{_sum_of_rows(table, folder)};".encode())
    except UnreadableTable:
        return None
    settings = folder / SETTINGS
    whole.update(settings.read_bytes() if settings.is_file() else b"")
    return whole.hexdigest()


def _sum_of_rows(table: Table, folder: Path) -> int:
    lines = _lines(table, folder)
    _line, names = next(lines, (1, []))
    order = sorted(range(len(names)), key=lambda place: names[place])
    total = 0
    for _line, cells in lines:
        if len(cells) == len(order):
            said = "\x00".join(f"{names[place]}={cells[place]}" for place in order if cells[place])
            digest = blake2b(said.encode("utf-8", "surrogateescape"), digest_size=16).digest()
            total += int.from_bytes(digest)
    return total
