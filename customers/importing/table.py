"""A file as a table: how it was read, its header, and its rows one after another."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.importing.encoding import NAMES, detect_encoding
from customers.importing.limits import CELL_LETTERS, COLUMNS, FILE_BYTES, ROWS, BadFile
from customers.importing.separated import SEPARATORS, detect_separator, read_separated
from customers.importing.workbook import is_workbook, read_workbook

# The header stands among the first rows; titles and empty rows may stand above it.
_HEADER_WITHIN = 10
# What an export puts before a text that a spreadsheet would take for a formula.
_GUARDED = re.compile(r"'(?=[=+\-@\t\r＝])")


@dataclass(frozen=True)
class Asked:
    """How to read the file where somebody has said so; empty = find out."""

    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    header: bool = True
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """How the file is read."""

    kind: str
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    header_row: int = 1

    def __str__(self) -> str:
        if self.kind == "xlsx":
            return gettext("XLSX workbook")
        return f"{NAMES.get(self.encoding, self.encoding)}, {SEPARATORS.get(self.separator, self.separator)}"

    def as_json(self) -> dict[str, str | int]:
        return asdict(self)


@dataclass
class Table:
    """`header` holds the names of the columns; without one in the file, their numbers."""

    path: Path
    name: str
    digest: str
    reading: Reading
    header: list[str]
    first: list[str] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Row number as in a spreadsheet and cells; empty rows are passed over."""
        for number, cells in _cells(self.path, self.reading):
            if number > self.reading.header_row and any(cells):
                yield number, cells

    def look_through(self) -> None:
        """Read to the end before anything is done: what cannot be read there is told within seconds."""
        for count, (_number, cells) in enumerate(self.rows(), start=1):
            self.first = self.first or cells
            if count > ROWS:
                raise BadFile(_("The file has more than %(most)s rows. Split it."), most=ROWS)
        if not self.first:
            raise BadFile(_("The file holds a header and no rows."))


def open_table(path: Path, asked: Asked, known: frozenset[str], name: str = "") -> Table:
    """Find out how a file is to be read; raises `BadFile`. `known`: folded names that a header may hold."""
    size = path.stat().st_size
    if size == 0:
        raise BadFile(_("The file is empty."))
    if size > FILE_BYTES:
        raise BadFile(
            _("The file has more than %(most)s MB. Split it."), most=FILE_BYTES // (1 << 20)
        )
    reading = _detect(path, asked)
    top = list(islice(_cells(path, reading), _HEADER_WITHIN))
    if not any(any(cells) for _row, cells in top):
        raise BadFile(_("The file holds no rows."))
    row, header = _header(top, asked, known)
    reading = Reading(**{**reading.as_json(), "header_row": row})  # type: ignore[arg-type]
    table = Table(path, name or path.name, _digest(path), reading, header)
    table.look_through()
    return table


def fold(header: str) -> str:
    """A column's name for comparing: letters and digits only, in small."""
    plain = unicodedata.normalize("NFKC", header).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def _detect(path: Path, asked: Asked) -> Reading:
    if is_workbook(path):
        return Reading("xlsx", sheet=asked.sheet)
    encoding = asked.encoding or detect_encoding(path)
    return Reading("text", encoding, asked.separator or detect_separator(path, encoding))


def _cells(path: Path, reading: Reading) -> Iterator[tuple[int, list[str]]]:
    if reading.kind == "xlsx":
        rows = read_workbook(path, reading.sheet)
    else:
        rows = read_separated(path, reading.encoding, reading.separator)
    for number, cells in rows:
        _check_limits(number, cells)
        yield number, [_GUARDED.sub("", cell.strip()) for cell in cells]


def _header(
    top: list[tuple[int, list[str]]], asked: Asked, known: frozenset[str]
) -> tuple[int, list[str]]:
    """The row that names most of the columns an import knows, else the first that holds anything."""
    width = max(len(cells) for _row, cells in top)
    if asked.columns:
        if len(asked.columns) < width:
            raise BadFile(
                _("The file has %(columns)s columns, you named %(named)s."),
                columns=width,
                named=len(asked.columns),
            )
        return 0, list(asked.columns)
    if not asked.header:
        return 0, [str(number) for number in range(1, width + 1)]
    filled = [(row, cells) for row, cells in top if any(cells)]
    best = max(filled, key=lambda pair: sum(fold(cell) in known for cell in pair[1]))
    row, cells = best if any(fold(cell) in known for cell in best[1]) else filled[0]
    return row, [cell or str(position) for position, cell in enumerate(cells, start=1)]


def _check_limits(number: int, cells: list[str]) -> None:
    if len(cells) > COLUMNS:
        raise BadFile(
            _("Row %(row)s has %(cells)s cells or more, at most %(most)s are read."),
            row=number,
            cells=len(cells),
            most=COLUMNS,
        )
    if max(map(len, cells), default=0) > CELL_LETTERS:
        raise BadFile(
            _("Row %(row)s: a cell has more than %(most)s characters."),
            row=number,
            most=CELL_LETTERS,
        )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
