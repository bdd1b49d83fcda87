"""How a whole file writes days and amounts: found out from its rows, asked where they leave it open."""

import re
from collections.abc import Iterator
from itertools import islice
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from crm.lib.formatting import day, number
from crm.lib.parsing import DayOrder, Unreadable, parse_amount
from crm.lib.parsing.days import is_doubtful
from customers.importing.columns import Amount, Column, Day, Moment, Style, Whole
from customers.importing.importer import Importer
from customers.importing.limits import BadFile
from customers.importing.mapping import Mapping
from customers.importing.table import Table

_SAMPLE_ROWS = 20_000
_SLASHED = re.compile(r"(\d{1,2})[/\-](\d{1,2})[/\-](\d{2}|\d{4})\b")


def find_style(
    table: Table, mapping: Mapping, importer: Importer, *, zone: ZoneInfo, order: str, decimal: str
) -> Style:
    """What is said wins; what the rows cannot decide raises `BadFile` with a real value in both readings."""
    if table.reading.kind == "xlsx" and not decimal:
        # typed cells are no question, typed texts are read one by one
        return Style(zone, _order(table, mapping, importer, order))
    return Style(
        zone,
        _order(table, mapping, importer, order),
        decimal or _decimal(table, mapping, importer),
    )


def _order(table: Table, mapping: Mapping, importer: Importer, said: str) -> DayOrder:
    if said in ("dmy", "mdy", "ymd"):
        return said  # type: ignore[return-value]
    doubtful = ""
    for text in _texts(table, mapping, importer, (Day, Moment)):
        match = _SLASHED.match(text)
        if match is None:
            continue
        if int(match[1]) > 12:
            return "dmy"
        if int(match[2]) > 12:
            return "mdy"
        doubtful = doubtful or (text if is_doubtful(text) else "")
    both = is_doubtful(doubtful) if doubtful else None
    if both:
        raise BadFile(
            _("“%(value)s”: %(first)s or %(second)s? Say in which order the file writes dates."),
            value=doubtful,
            first=day(both[0]),
            second=day(both[1]),
        )
    return "dmy"


def _decimal(table: Table, mapping: Mapping, importer: Importer) -> str:
    """ "," or "."; empty where no amount has a sign that decides, or both occur."""
    decided: set[str] = set()
    doubtful = ""
    for text in _texts(table, mapping, importer, (Amount, Whole)):
        mark = _mark(text)
        if mark == "?":
            doubtful = doubtful or text
        elif mark:
            decided.add(mark)
    if len(decided) == 1:
        return decided.pop()
    if doubtful and not decided:
        small, large = (_read(doubtful, decimal) for decimal in _either(doubtful))
        raise BadFile(
            _("“%(value)s”: %(small)s or %(large)s? Say which is the decimal sign of the file."),
            value=doubtful,
            small=small,
            large=large,
        )
    return ""


def _mark(text: str) -> str:
    """The decimal sign that an amount shows; "?" if its one sign could be either; "" if it has none."""
    comma, point = text.count(","), text.count(".")
    if comma and point:
        return "," if text.rfind(",") > text.rfind(".") else "."
    if comma + point != 1:
        # twice the same sign groups digits, so the other one is the decimal sign
        return "." if comma > 1 else "," if point > 1 else ""
    mark = "," if comma else "."
    whole, _found, part = text.partition(mark)
    digits = re.sub(r"\D", "", whole)
    grouping = re.match(r"\d{3}(?!\d)", part) and 1 <= len(digits) <= 3 and int(digits) > 0
    return "?" if grouping else mark


def _either(text: str) -> tuple[str, str]:
    mark = "," if "," in text else "."
    return mark, "." if mark == "," else ","


def _read(text: str, decimal: str) -> str:
    try:
        return number(parse_amount(text, decimal=decimal))
    except Unreadable:
        return text


def _texts(
    table: Table, mapping: Mapping, importer: Importer, kinds: tuple[type[Column], ...]
) -> Iterator[str]:
    positions = [
        place
        for name, place in mapping.positions.items()
        if isinstance(importer.column(name), kinds)
    ]
    for _number, cells in islice(table.rows(), _SAMPLE_ROWS) if positions else ():
        yield from (cells[place] for place in positions if place < len(cells) and cells[place])
