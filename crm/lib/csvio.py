"""Writing tables for spreadsheets, so that no cell is ever a formula."""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from tempfile import TemporaryFile
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

# What a spreadsheet takes for the start of a formula; full-width signs count too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
DAY = "yyyy-mm-dd"


def inert(value: Any) -> Any:
    """Text that would be read as a formula gets an apostrophe; phone numbers stay readable."""
    if not isinstance(value, str) or not value.startswith(_FORMULA):
        return value
    if value[0] in "+-" and value[1:].replace(" ", "").replace(".", "", 1).isdigit():
        return value
    return f"'{value}"


def csv_lines(rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """UTF-8 with a mark at the start, so that spreadsheets read the letters right."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield "\ufeff".encode()
    for row in rows:
        writer.writerow([inert(value) for value in row])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def xlsx_file(rows: Iterable[Sequence[Any]]) -> IO[bytes]:
    """A workbook of one sheet, written row by row; texts are stored as texts, days as days."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append([_typed(sheet, value) for value in row])
    file = TemporaryFile()  # noqa: SIM115 - handed to the answer, which closes it
    book.save(file)
    file.seek(0)
    return file


def _typed(sheet: Any, value: Any) -> Any:
    """A text is one by its type, whatever it begins with; marked as quoted it also stays one when it is edited."""
    if isinstance(value, date):
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = DAY
        return cell
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value=value)
    cell.data_type = "s"
    cell.quotePrefix = inert(value) != value
    return cell


def written(chunks: Iterable[bytes]) -> IO[bytes]:
    """The chunks in a temporary file, so that an answer is sent whole or not at all."""
    file = TemporaryFile()  # noqa: SIM115 - handed to the answer, which closes it
    file.writelines(chunks)
    file.seek(0)
    return file


def hash_of(file: IO[bytes]) -> str:
    """SHA-256 of a file, which is then at its start again."""
    digest = hashlib.sha256()
    while chunk := file.read(65536):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
