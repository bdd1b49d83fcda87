"""Text files of separated values: which separator, and their records within the limits."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from customers.importing.encoding import NAMES
from customers.importing.limits import CELL_LETTERS, LINE_LETTERS, BadFile

# Runs of blanks, as in listings of old programs.
SPACES = " "
SEPARATORS = {
    ",": _("comma"),
    ";": _("semicolon"),
    "\t": _("tab"),
    "|": _("bar"),
    SPACES: _("spaces"),
}
_SAMPLE_LINES, _SAMPLE_LETTERS = 50, 200_000


def detect_separator(path: Path, encoding: str) -> str:
    """The sign that parts the first lines into the same number of cells, more than one."""
    sample = _sample(path, encoding)
    declared = sample[0].strip().casefold() if sample else ""
    if declared.startswith("sep=") and len(declared) == 5:
        return declared[4]
    scores = {mark: _evenness(sample, mark) for mark in SEPARATORS if mark != SPACES}
    best = max(scores, key=lambda mark: scores[mark])
    if scores[best] > 0:
        return best
    return SPACES if _evenness(sample, SPACES) > 2 * _SAMPLE_LINES // 50 else ","


def _sample(path: Path, encoding: str) -> list[str]:
    """The first lines; fewer of them where they are long."""
    sample: list[str] = []
    letters = 0
    for line in islice(_lines(path, encoding), _SAMPLE_LINES):
        letters += len(line)
        if sample and letters > _SAMPLE_LETTERS:
            break
        sample.append(line)
    return sample


def _evenness(sample: list[str], separator: str) -> float:
    """Cells per line if most lines have the same number of them, else 0."""
    widths = _widths(sample, separator)
    if not widths:
        return 0
    width, often = Counter(widths).most_common(1)[0]
    return width * often / len(widths) if width > 1 and often * 10 >= len(widths) * 6 else 0


def _widths(sample: list[str], separator: str) -> list[int]:
    try:
        return [len(cells) for _row, cells in _records(sample, separator) if any(cells)]
    except BadFile:
        return []


def read_separated(path: Path, encoding: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Number (from 1, as a spreadsheet counts) and cells of each record; raises `BadFile` with the line."""
    lines = _lines(path, encoding)
    first = next(lines, "")
    if not first.strip().casefold().startswith("sep="):
        yield from _records(_chain(first, lines), separator)
    else:
        yield from ((row + 1, cells) for row, cells in _records(lines, separator))


def _chain(first: str, rest: Iterable[str]) -> Iterator[str]:
    if first:
        yield first
    yield from rest


def _records(lines: Iterable[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    if separator == SPACES:
        yield from ((row, line.split()) for row, line in enumerate(lines, start=1))
        return
    csv.field_size_limit(CELL_LETTERS)
    reader = csv.reader(lines, delimiter=separator, strict=True, skipinitialspace=True)
    row = 0
    while True:
        begun = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _broken(str(error), begun) from None
        row += 1
        yield row, cells


def _broken(error: str, line: int) -> BadFile:
    if "unexpected end" in error or "field larger" in error:
        return BadFile(
            _(
                "Line %(line)s: a quotation mark is opened and not closed, or a cell has more than "
                "%(most)s characters."
            ),
            line=line,
            most=CELL_LETTERS,
        )
    return BadFile(
        _("Line %(line)s: a quotation mark stands inside a cell. Write it twice, or leave it out."),
        line=line,
    )


def _lines(path: Path, encoding: str) -> Iterator[str]:
    """Lines of bounded length without NUL, as `csv` wants them: with their ends."""
    number = 0
    with path.open("rb") as raw, io.TextIOWrapper(raw, encoding, newline="") as file:
        while True:
            number += 1
            try:
                line = file.readline(LINE_LETTERS)
            except UnicodeError:
                raise _undecodable(path, encoding) from None
            if not line:
                return
            if len(line) == LINE_LETTERS:
                raise BadFile(
                    _("Line %(line)s is longer than %(most)s characters."),
                    line=number,
                    most=LINE_LETTERS,
                )
            if "\x00" in line:
                raise BadFile(
                    _("Line %(line)s holds a NUL: this is no text file, or it is damaged."),
                    line=number,
                )
            yield line


def _undecodable(path: Path, encoding: str) -> BadFile:
    """Text is decoded in blocks, so the line at which that failed is looked for from the start."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        number = 1
        while (part := file.readline(LINE_LETTERS)) and "\ufffd" not in part:
            number += part.endswith(("\n", "\r"))
    return BadFile(
        _("Line %(line)s is not %(encoding)s. Say which encoding the file has."),
        line=number,
        encoding=NAMES.get(encoding, encoding),
    )
