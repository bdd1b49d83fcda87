"""XLSX files, read row by row, with guards against what unpacks to too much."""

import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from customers.importing.limits import COLUMNS, BadFile
from customers.importing.unpacking import DAMAGED, guard

# What openpyxl raises on files that are no proper workbook.
_READ_ERRORS = (
    InvalidFileException,
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
    SyntaxError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    zlib.error,
)


_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_workbook(path: Path) -> bool:
    with path.open("rb") as file:
        begins = file.read(8)
    if begins == _OLD_EXCEL:
        raise BadFile(_("This is a workbook of an old format. Save it as XLSX or CSV."))
    return begins.startswith(_ZIP)


def read_workbook(path: Path, sheet: str = "") -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each row of the named sheet (the first without a name), all as text."""
    _guarded(path)
    try:
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except _READ_ERRORS:
        raise BadFile(DAMAGED) from None
    try:
        if sheet and sheet not in book.sheetnames:
            raise BadFile(
                _("There is no sheet “%(sheet)s”. The file has: %(sheets)s."),
                sheet=sheet,
                sheets=", ".join(book.sheetnames),
            )
        page = book[sheet] if sheet else book.worksheets[0]
        for row, cells in enumerate(page.iter_rows(max_col=COLUMNS + 1, values_only=True), start=1):
            yield row, _texts(cells)
    except _READ_ERRORS:
        raise BadFile(DAMAGED) from None
    finally:
        book.close()


def _guarded(path: Path) -> None:
    try:
        guard(path)
    except _READ_ERRORS:
        raise BadFile(DAMAGED) from None


def _texts(cells: tuple[Any, ...]) -> list[str]:
    """The reader pads each row to the widest that is read: what follows the last cell is cut off first."""
    if cells.count(None) == len(cells):
        return []
    last = max(place for place, cell in enumerate(cells) if cell is not None)
    texts = [_text(cell) for cell in cells[: last + 1]]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _text(cell: Any) -> str:
    """A typed cell as the text that reads back to it in every language."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == time.min else f"{cell:%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, date):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, int | float):
        plain = (
            format(Decimal(repr(cell)), "f") if cell == cell and abs(cell) < 1e300 else str(cell)
        )
        plain = plain.removesuffix(".0")
        # three decimals alone would read as a thousand
        return f"{plain}0" if plain[-4:-3] == "." else plain
    return str(cell).encode("utf-8", "replace").decode().replace("\x00", "")
