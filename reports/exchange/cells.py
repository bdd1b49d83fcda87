"""What a cell of an exchange table may hold: reading its text, and writing a value as that text.

An empty cell is read as `Kind.empty` and written as empty text. Texts and references are kept as written.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from crm.lib.money import AMOUNT_DIGITS, AMOUNT_PLACES
from crm.lib.parsing.days import FIRST_YEAR
from crm.lib.periods import SINCE_EVER

LONGEST_REFERENCE = 100
# The whole numbers a database column holds on both databases.
LARGEST_WHOLE = 2**31 - 1

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)


class Unreadable(ValueError):
    """The rest of a sentence that begins with the column: `is not a date (YYYY-MM-DD): "31.12.2024"`."""


@dataclass(frozen=True)
class Kind:
    """`read` gets text that is not empty and raises `Unreadable`; `write` gets a value that is not `empty`."""

    read: Callable[[str], Any]
    write: Callable[[Any], str] = str
    empty: Any = None


def shown(text: str) -> str:
    """The text of a cell inside a sentence, cut and on one line."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return f'"{plain}"' if len(plain) <= 60 else f'"{plain[:57]}..."'


def text(longest: int) -> Kind:
    """Any text, kept as written."""

    def read(cell: str) -> str:
        if len(cell) > longest:
            raise Unreadable(f"is longer than {longest} characters: {shown(cell)}")
        return storable(cell)

    return Kind(read, empty="")


def storable(cell: str) -> str:
    if "\x00" in cell:
        raise Unreadable("holds a character that no text has (NUL)")
    try:
        cell.encode()
    except UnicodeEncodeError as error:
        raise Unreadable("is not UTF-8") from error
    return cell


@lru_cache(maxsize=20_000)
def _read_day(cell: str) -> date:
    try:
        day = date.fromisoformat(cell) if _DAY.fullmatch(cell) else None
    except ValueError:
        day = None
    if day is None:
        raise Unreadable(f"is not a date (YYYY-MM-DD): {shown(cell)}")
    _check_year(day.year, cell)
    return day


def _read_instant(cell: str) -> datetime:
    try:
        instant = datetime.fromisoformat(cell) if _INSTANT.fullmatch(cell) else None
    except ValueError:
        instant = None
    if instant is None:
        raise Unreadable(f"is not an instant (YYYY-MM-DDTHH:MM:SSZ): {shown(cell)}")
    _check_year(instant.year, cell)
    return instant.astimezone(UTC)


def _check_year(year: int, cell: str) -> None:
    """As on screen: 0202 is a slip of the hand, and cohorts of each month since would fill the memory."""
    if year < FIRST_YEAR:
        raise Unreadable(f"is before {FIRST_YEAR}: {shown(cell)}")


def _write_instant(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _read_number(cell: str) -> Decimal:
    if not _NUMBER.fullmatch(cell):
        raise Unreadable(f"is not a number with a decimal point: {shown(cell)}")
    number = Decimal(cell)
    if len(cell) > AMOUNT_PLACES + 1:
        _check_size(number, cell)
    return number


def _check_size(number: Decimal, cell: str) -> None:
    _sign, digits, exponent = number.as_tuple()
    plain = "".join(map(str, digits)).lstrip("0")
    places = max(0, -int(exponent) - (len(plain) - len(plain.rstrip("0")))) if plain else 0
    whole = max(0, len(plain) + int(exponent))
    if places > AMOUNT_PLACES or whole > AMOUNT_DIGITS - AMOUNT_PLACES:
        raise Unreadable(
            f"has more digits than fit ({AMOUNT_DIGITS - AMOUNT_PLACES} before the point, "
            f"{AMOUNT_PLACES} after it): {shown(cell)}"
        )


def write_number(value: Decimal) -> str:
    """Without an exponent and without zeros at the end: 1E+2 is 100, 2.50 is 2.5, -0 is 0."""
    plain = format(value, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in ("-0", "") else plain


def _read_rate(cell: str) -> Decimal:
    rate = _read_number(cell)
    if rate <= 0:
        raise Unreadable(f"must be above 0: {shown(cell)}")
    return rate


def _read_whole(cell: str) -> int:
    if not _WHOLE.fullmatch(cell) or abs(int(cell)) > LARGEST_WHOLE:
        raise Unreadable(f"is not a whole number: {shown(cell)}")
    return int(cell)


def _read_flag(cell: str) -> bool:
    if cell not in ("0", "1"):
        raise Unreadable(f"is neither 1 nor 0: {shown(cell)}")
    return cell == "1"


def one_of(*words: str) -> Kind:
    """One of the words, as written here."""

    def read(cell: str) -> str:
        if cell not in words:
            raise Unreadable(f"is none of {', '.join(words)}: {shown(cell)}")
        return cell

    return Kind(read, empty="")


REFERENCE = text(LONGEST_REFERENCE)
DAY = Kind(_read_day, date.isoformat)
# The first day of what may have been so since ever: an empty cell.
SINCE = Kind(
    _read_day, lambda day: "" if day == SINCE_EVER else date.isoformat(day), empty=SINCE_EVER
)
INSTANT = Kind(_read_instant, _write_instant)
NUMBER = Kind(_read_number, write_number)
RATE = Kind(_read_rate, write_number)
WHOLE = Kind(_read_whole)
FLAG = Kind(_read_flag, lambda value: "1" if value else "0", empty=False)
